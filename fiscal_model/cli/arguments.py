"""argparse in the chosen language: what it prints and what it says of a command line that it cannot
read.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, NoReturn

from fiscal_model.messages.message import MARK, Arg, Message, message
from fiscal_model.text import width
from fiscal_model.vocabulary import Lang, Text, joined, listed

METAVARS: Final = {
    "SCENARIO": "情景",
    "PATH": "路径",
    "YEAR": "年份",
    "YEARS": "年份",
    "YYYY-MM-DD": "年-月-日",
    "ITEM": "服务项目",
    "ITEMS": "服务项目",
    "PLACE": "地区",
    "PLACES": "地区",
    "PAYER": "承担主体",
    "ACCOUNT": "账目",
    "DIMENSIONS": "维度",
    "GROUPS": "原因",
    "WHAT": "变动项",
    "PART": "幅度",
    "SHARE": "比例",
    "YUAN": "金额",
    "VALUE": "值",
    "WORD": "词",
    "FILE": "文件",
    "FILE.csv": "文件.csv",
    "FILE.docx": "文件.docx",
    "FILE.xlsx": "文件.xlsx",
    "FOLDER": "文件夹",
    "LIST": "清单",
}
"""What stands for a value in Chinese help."""
HEADINGS: Final = {"positional arguments": "参数", "options": "选项"}
COMMAND: Final = Text("命令", "COMMAND")


class Once(argparse.Action):
    """Stores a value; an option that is written twice is refused, or the first value would be lost.
    Notes which options are written at all.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: Any,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Stores the value."""
        given: tuple[str, ...] = getattr(namespace, "given", ())
        if option_string and self.dest in given and isinstance(parser, Parser):
            parser.refuse(message("option-twice", option="/".join(self.option_strings)))
        setattr(namespace, self.dest, values)
        if option_string:
            namespace.given = (*given, self.dest)


class Parser(argparse.ArgumentParser):
    """A parser that speaks ``lang``. A type that raises FiscalModelError is quoted in it, and what
    is unknown is answered with the nearest known.
    """

    def __init__(self, lang: Lang, **settings: Any) -> None:
        self.lang = lang
        shown = ChineseHelp if lang == "zh" else argparse.HelpFormatter
        self.conditions: list[tuple[str, Callable[[Any], bool], Message]] = []
        self.examples: Sequence[str | Text] = ()
        super().__init__(**settings, allow_abbrev=False, formatter_class=shown)
        # also -5% is a value that a type refuses, and no option
        self._negative_number_matcher = re.compile(r"-\.?\d")
        for action in (None, "store"):
            self.register("action", action, Once)

    def only(self, option: str, acts: Callable[[Any], bool], why: Message) -> None:
        """An option is refused, and why is said, where it would do nothing."""
        self.conditions.append((option, acts, why))

    def add_argument(self, *names: str, **settings: Any) -> argparse.Action:
        """As argparse, in the language: words may be given in both."""
        settings = {
            name: value.to(self.lang) if isinstance(value, Text) else value
            for name, value in settings.items()
        }
        if settings.get("action") == "help":
            settings["help"] = Text("显示帮助后退出", "show this help and exit").to(self.lang)
        if self.lang == "zh" and "metavar" in settings:
            settings["metavar"] = METAVARS.get(settings["metavar"], settings["metavar"])
        if isinstance(words := settings.get("help"), str):
            # argparse fills in what follows a single one
            settings["help"] = words.replace("%", "%%")
        if "type" in settings:
            settings["type"] = _quoted(settings["type"], self.lang)
        return super().add_argument(*names, **settings)

    def format_help(self) -> str:
        """As argparse, and command lines to start from."""
        lines = (each if isinstance(each, str) else each.to(self.lang) for each in self.examples)
        heading = Text("示例：", "examples:").to(self.lang)
        shown = "".join(f"  {_folded(f'fiscal-model {line}')}\n" for line in lines)
        return super().format_help() + (f"\n{heading}\n{shown}" if shown else "")

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """As argparse; but a command refuses itself what it does not know, so that its own usage is
        shown.
        """
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            from fiscal_model.errors import nearest

            hint = nearest(
                unknown[0], [name for name in self._option_string_actions if name.startswith("--")]
            )
            self.refuse(message("arguments-unknown", words=" ".join(unknown), hint=hint))
        given = {
            f"--{dest.replace('_', '-')}"
            for dest in (
                *getattr(found, "given", ()),
                *(
                    key
                    for key, value in vars(found).items()
                    if value is True or type(value) is list
                ),
            )
        }
        idle = [why for option, acts, why in self.conditions if option in given and not acts(found)]
        if idle:
            self.refuse(*idle)
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Says what argparse finds malformed, and leaves with 2."""
        named = re.fullmatch(r"argument ([^:]+): (.*)", message, re.DOTALL)
        name, what = named.groups() if named else ("", message)
        if what.startswith(MARK):
            self._leave(f"{name}: {what}")
        self.refuse(_said(name, what), where="" if name in COMMAND else name)

    def refuse(self, *why: Message, where: str = "") -> NoReturn:
        """Says what is malformed, of an argument say, and leaves with 2."""
        from fiscal_model.errors import Fault

        self._leave(joined((Fault(where, each).to(self.lang) for each in why), self.lang))

    def _leave(self, said: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{Text('错误：', f'{self.prog}: error: ').to(self.lang)}{said}\n")


def _folded(line: str) -> str:
    """A command line that a terminal of 80 columns holds and a shell still reads: what is too much
    goes below, from an option on.
    """
    head, rest = line, ""
    while width(head) > (76 if rest else 78):
        head, _, last = head.rpartition(" --")
        rest = f" --{last}{rest}"
    return f"{head} \\\n     {rest}" if rest else head


def _quoted(read: Callable[[str], Any], lang: Lang) -> Callable[[str], Any]:
    """A type whose faults argparse passes on."""

    @wraps(read)
    def convert(written: str) -> Any:
        from fiscal_model.errors import FiscalModelError

        try:
            return read(written)
        except FiscalModelError as error:
            raise argparse.ArgumentTypeError(error.text(lang)) from None

    return convert


def _said(name: str, what: str) -> Message:
    """What argparse says of an argument in English, as a message; what is not known here stays as
    it is.
    """
    if choice := re.fullmatch(r"invalid choice: '?(.*?)'? \(choose from (.*)\)", what, re.DOTALL):
        return _unknown(name, choice[1], [word.strip("' ") for word in choice[2].split(",")])
    if missing := re.fullmatch("the following arguments are required: (.*)", what):
        return message("arguments-missing", names=_listed(missing[1].split(", ")))
    if number := re.fullmatch("invalid int value: '(.*)'", what, re.DOTALL):
        return message("argument-not-whole", word=number[1])
    if what.startswith("expected"):
        return message("argument-without-value")
    if extra := re.fullmatch("ignored explicit argument '(.*)'", what, re.DOTALL):
        return message("argument-takes-no-value", word=extra[1])
    return message("argument-wrong", said=what)


def _unknown(name: str, word: str, known: Sequence[str]) -> Message:
    """A command or a choice that does not exist."""
    from fiscal_model.errors import nearest

    hint: Arg = nearest(word, known)
    if name in COMMAND:
        return message("command-unknown", word=word, hint=hint, known=_listed(known))
    return message("choice-unknown", word=word, hint=hint, known=_listed(known))


def _listed(words: Sequence[str]) -> Text:
    return Text(listed(words, "zh"), listed(words, "en"))


class ChineseHelp(argparse.HelpFormatter):
    """Help with Chinese headings, wrapped and aligned by the columns that Chinese characters
    take.
    """

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """The usage under its Chinese name."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """A section under its Chinese heading."""
        super().start_section(HEADINGS.get(heading or "", heading))

    def format_help(self) -> str:
        """The whole, with a Chinese colon after headings."""
        return super().format_help().replace(":\n", "：\n")

    def _format_action(self, action: argparse.Action) -> str:
        """An option and its help; argparse counts characters, so what Chinese ones take beyond is
        taken off the gap between them.
        """
        head = self._format_action_invocation(action)
        wider = width(head) - len(head)
        return super()._format_action(action).replace(f"{head}{' ' * (wider + 2)}", f"{head}  ", 1)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return _wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}" for line in _wrapped(text, width - len(indent)))


def _wrapped(text: str, columns: int) -> list[str]:
    """A text in lines of so many columns; Latin words stay whole, and no line starts with a closing
    mark.
    """
    lines = [""]
    for part in re.findall(r"[!-~]+ *|[^!-~] *", text):
        if (
            lines[-1]
            and width(lines[-1] + part.rstrip()) > columns
            and part[0] not in "，。、；：）”"
        ):
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]
