"""Faults and warnings: call sites, arguments and the words of both languages agree, and the list of
messages says what to do about each.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest
from build_messages import FILES, FOLDER, page

from fiscal_model.errors import Fault, FiscalModelError
from fiscal_model.messages.message import catalogue, message
from fiscal_model.vocabulary import LANGS, Lang, Text

PACKAGE = Path(__file__).parents[2] / "fiscal_model"
TELLERS = frozenset({"add", "note", "fault", "message", "refuse", "BadCell", "_bad"})
"""Functions that take a code and its arguments."""
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")
CHINESE = re.compile(r"[\u3400-\u9fff]")


class Site(NamedTuple):
    """Where a message is told, with the names of its arguments."""

    at: str
    code: str
    args: frozenset[str]


def sites_in(code: str, name: str) -> Iterator[Site]:
    """The messages that a file tells by a literal code."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        teller, said = last_name(node.func), node.args[-1]
        if teller not in TELLERS or not isinstance(said, ast.Constant):
            continue
        alone = teller in ("add", "note") and len(node.args) != 2
        if isinstance(said.value, str) and CODE.fullmatch(said.value) and not alone:
            args = frozenset(each.arg or "**" for each in node.keywords)
            if args or said.value in catalogue("en") or receiver(node.func) == "faults":
                yield Site(f"{name}:{node.lineno}", said.value, args)


def last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def receiver(node: ast.AST) -> str:
    return last_name(node.value) if isinstance(node, ast.Attribute) else ""


@cache
def sites() -> tuple[Site, ...]:
    return tuple(
        site
        for path in sorted(PACKAGE.rglob("*.py"))
        for site in sites_in(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix())
    )


def placeholders(words: str) -> tuple[set[str], set[str]]:
    """The arguments that a text shows, and those that only choose a word of it."""
    shown, chosen = set[str](), set[str]()
    for _, name, spec, _ in Formatter().parse(words):
        if name is not None:
            assert re.fullmatch("[a-z_]+", name), words
            (chosen if "|" in (spec or "") else shown).add(name)
    return shown, chosen


def test_both_languages_have_the_same_messages() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert list(zh) == list(en) == sorted(zh)
    for code in zh:
        assert CODE.fullmatch(code)
        assert bool(zh[code].do) == bool(en[code].do), code
        assert placeholders(zh[code].text)[0] == placeholders(en[code].text)[0], code


def test_every_call_gives_just_the_arguments_that_its_words_show() -> None:
    wrong = []
    for site in sites():
        entries = [catalogue(lang).get(site.code) for lang in LANGS]
        if None in entries:
            wrong.append(f"{site.at}: no message {site.code}")
            continue
        found = [placeholders(entry.text) for entry in entries if entry]
        shown, chosen = (set.union(*each) for each in zip(*found, strict=True))
        if shown | chosen != site.args:
            wrong.append(
                f"{site.at}: {site.code} takes {sorted(shown | chosen)}, not {set(site.args)}"
            )
    assert wrong == []


def test_every_message_is_told_somewhere() -> None:
    assert {site.code for site in sites()} == catalogue("en").keys()


def test_no_words_of_a_fault_stand_at_its_call() -> None:
    """A teller takes codes, and arguments that are names: no sentence in either language."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or last_name(node.func) not in TELLERS:
                continue
            wrong += [
                f"{path.relative_to(PACKAGE)}:{part.lineno}: {part.value}"
                for each in node.args
                for part in ast.walk(each)
                if isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and CHINESE.search(part.value)
            ]
    assert wrong == []


def test_the_test_sees_what_it_looks_for() -> None:
    code = 'faults.add(at, "no-such-code", item=1)\nraise fault("", "unreadable", whi=2)\nwords.add("alike")\n'
    assert [site[1:] for site in sites_in(code, "x.py")] == [
        ("no-such-code", {"item"}),
        ("unreadable", {"whi"}),
    ]
    assert placeholders("{rows:,} {rows:row|rows} of {file}{n:|s}") == (
        {"rows", "file"},
        {"rows", "n"},
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_of_messages_is_the_one_of_the_catalogues(lang: Lang) -> None:
    """Written anew by ``python tests/builders/build_messages.py``."""
    assert (FOLDER / FILES[lang]).read_text(encoding="utf-8") == page(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_what_to_do_is_one_sentence_and_no_copy_of_the_message(lang: Lang) -> None:
    for code, entry in catalogue(lang).items():
        if entry.do:
            assert entry.do.endswith("。" if lang == "zh" else "."), code
            assert entry.do.rstrip("。.") != entry.text.rstrip("。."), code
            assert bool(CHINESE.search(entry.do)) == (lang == "zh"), code


@pytest.mark.smoke
def test_a_fault_is_shown_with_its_code_after_the_position() -> None:
    fault = Fault("a.yaml:3:5", message("unreadable", why="gone"))
    assert fault.to("en") == "a.yaml:3:5: FM-unreadable cannot be read: gone"
    assert fault.to("zh") == "a.yaml:3:5: FM-unreadable 无法读取：gone"
    assert str(FiscalModelError([Fault("", message("unreadable", why="gone"))])).startswith("FM-")


def test_messages_nest_and_count() -> None:
    near = message("nearest", names=Text("“甲”", "'A'"), known=1)
    many = message("nearest", names=Text("“甲”、“乙”", "'A', 'B'"), known=2)
    said = message("arguments-unknown", words="x", hint=near)
    assert said.to("zh") == "不认识的参数：x，最接近的是“甲”"
    assert said.to("en") == "unknown arguments: x; the nearest known is 'A'"
    assert many.to("en") == "; the nearest known are 'A', 'B'"
    assert said.plus(message("alike", times=1200)).to("en").endswith(" (1,200 alike)")
