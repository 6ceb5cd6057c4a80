"""Blocks stand on a screen and on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

import fiscal_model as fm
from fiscal_model.blocks import (
    Block,
    Heading,
    Note,
    Paragraph,
    Shown,
    Table,
    Verbatim,
    markdown,
    page,
    screen,
)
from fiscal_model.vocabulary import Lang, Text


def test_a_line_is_indented_by_its_depth_and_escaped_on_a_page_alone() -> None:
    assert screen([Paragraph("a < b", 2)]) == "    a < b"
    assert Paragraph("a < b", 2).html() == '<div style="margin-left:2em">a &lt; b</div>'
    assert Paragraph("a < b").html() == "<div>a &lt; b</div>"


def test_every_block_escapes_what_it_holds() -> None:
    script = "<script>"
    for each in (
        *(kind(script) for kind in (Heading, Paragraph, Note, Verbatim)),
        Table([script], [[script]]),
    ):
        assert script not in each.html()
        assert "&lt;script&gt;" in each.html()


def test_markdown_has_a_title_sections_and_tables_and_finds_no_sign_in_words() -> None:
    table = Table(("a|b", "n"), [("<x>", "1*2"), ("y_z", "3")], numbers=[1])
    blocks = [Heading("Title"), Paragraph(""), Note("1 # 2"), Heading("More"), table]
    assert markdown([*blocks, Verbatim("a_b")]) == (
        "# Title\n\n1 \\# 2\n\n## More\n\n"
        "| a\\|b | n |\n| --- | --: |\n| \\<x\\> | 1\\*2 |\n| y\\_z | 3 |\n\n```\na_b\n```\n"
    )


def test_an_empty_line_sets_apart_on_a_screen_and_is_nothing_on_a_page() -> None:
    blocks = [Heading("a"), Paragraph(""), Heading("b")]
    assert screen(blocks) == "a\n\nb"
    assert page(blocks).count("<div") == 3  # the page itself, and two headings


def test_a_note_stands_on_a_page_alone() -> None:
    assert screen([Heading("a"), Note("示例数据")]) == "a"
    assert "示例数据" in page([Heading("a"), Note("示例数据")])


def test_a_table_stands_in_columns_or_is_told() -> None:
    """Wide characters take two columns; figures stand to the right."""
    columns, rows = ("地区", "万元"), [("喀什", "1.00"), ("昌吉市", "12.00")]
    assert screen([Table(columns, rows, numbers=[1])]).splitlines() == [
        "地区     万元",
        "喀什     1.00",
        "昌吉市  12.00",
    ]
    told = Table(columns, rows, told=["喀什 1.00"])
    assert screen([told]) == "喀什 1.00"
    assert told.html() == Table(columns, rows).html()
    assert told.html().count("<tr>") == 3


def test_no_label_of_a_table_breaks_between_its_characters() -> None:
    """Cells stay on one line whatever the page around them says; headings break between words."""
    page = Table(("地区", "金额 依据"), [("喀什", "1.00"), ("昌吉市", "12.00")]).html()
    cells = re.findall(r"<(td|th) style=\"([^\"]*)\"", page)
    assert [tag for tag, _ in cells] == ["th", "th", "td", "td", "td", "td"]
    for tag, style in cells:
        wanted = "white-space:nowrap" if tag == "td" else "word-break:keep-all"
        assert wanted in style.split(";"), (tag, style)


def test_columns_of_words_stand_left_where_a_table_says_which_hold_figures() -> None:
    page = Table(("项目", "状态", "万元"), [("a", "b", "1")], numbers=[2]).html()
    assert re.findall(r"<td style=\"text-align:(\w+)", page) == ["left", "left", "right"]
    page = Table(("项目", "甲", "乙"), [("a", "1", "2")]).html()
    assert re.findall(r"<td style=\"text-align:(\w+)", page) == ["left", "right", "right"]


class Cost(Shown):
    """A result of one line."""

    def blocks(self, lang: Lang) -> Iterable[Block]:
        return [Heading(Text("资金 & 需求", "Cost & need").to(lang))]


def test_what_is_shown_follows_the_language_asked_for_or_set() -> None:
    assert repr(Cost()) == str(Cost()) == Cost().text() == "资金 & 需求"
    assert Cost().text("en") == "Cost & need"
    assert "Cost &amp; need" in Cost().html("en")
    fm.set_language("en")
    try:
        assert repr(Cost()) == "Cost & need"
        assert Cost()._repr_html_() == Cost().html("en")
    finally:
        fm.set_language("zh")


def test_a_page_is_smaller_in_print() -> None:
    """On paper nothing is scrolled, so that a wide table would be cut."""
    shown = page([Heading("a")])
    assert "<style>@media print {.fiscal-model {overflow: visible !important; zoom: 0.6}}" in shown
    assert '<div class="fiscal-model" style="overflow-x:auto">' in shown
