"""The catalogue of a standard as text."""

from __future__ import annotations

from collections.abc import Sequence

from fiscal_model.standard.clause import Clause
from fiscal_model.standard.rules import Item, Standard
from fiscal_model.standard.words import (
    cited_split,
    clause_words,
    department_names,
    item_title,
    may_be_in_words,
    rate_words,
)
from fiscal_model.vocabulary import CLASSES, Lang, Text, labelled, listed


def selected(standard: Standard, written: str | None) -> list[Item]:
    """Some items by number, name, list or span; or all.

    Raises:
        FiscalModelError: there is no such item.

    """
    if written is None:
        return list(standard.items.values())
    return [standard.items[number] for number in standard.names.items(written)]


def catalogue_text(standard: Standard, items: Sequence[Item], lang: Lang, full: bool) -> str:
    """A line an item, or every rule with its citation."""
    if full:
        return "\n\n".join("\n".join(_full(item, standard, lang)) for item in items)
    return "\n".join(
        f"{item_title(item, lang)} · {CLASSES[item.responsibility].to(lang)} ·"
        f" {_prices(item, standard, lang)}"
        for item in items
    )


def added_words(base: Standard, standard: Standard, items: Sequence[Item], lang: Lang) -> list[str]:
    """A line for every item, line and beneficiary of ``standard`` that ``base`` lacks; of ``items``
    only, unless they are all.
    """
    lines = [line for item in items for line in item.lines]
    used = (
        standard.beneficiaries
        if len(items) == len(standard.items)
        else {line.beneficiary: None for line in lines}
    )
    new, item_word = Text("新增", "Added").to(lang), Text("第{}项", "item {}").to(lang)
    named = [
        *(
            (Text("服务项目", "item"), item_title(item, lang))
            for item in items
            if item.number not in base.items
        ),
        *(
            (
                Text("支出项", "line"),
                f"{line.name.to(lang)} ({line.code}) · {item_word.format(line.item)}",
            )
            for line in lines
            if line.code not in base.lines
        ),
        *(
            (
                Text("受益对象", "beneficiary"),
                f"{each.name.to(lang)} ({code}) · {each.unit.to(lang)}",
            )
            for code, each in standard.beneficiaries.items()
            if code not in base.beneficiaries and code in used
        ),
    ]
    space = Text("", " ").to(lang)
    return [labelled(f"{new}{space}{what.to(lang)}", words, lang) for what, words in named]


def _prices(item: Item, standard: Standard, lang: Lang) -> str:
    supplied = Text("由使用者填报", "supplied by the user").to(lang)
    prices = dict.fromkeys(
        rate_words(line, rate, standard, lang) for line in item.lines for rate in line.rates
    )
    return listed(prices, lang) or supplied


def _full(item: Item, standard: Standard, lang: Lang) -> list[str]:
    domain, section = standard.sections[item.section]
    out = [
        item_title(item, lang),
        (
            f"{standard.domains[domain].to(lang)} / {section.to(lang)} ·"
            f" {department_names(standard, item.departments).to(lang)}"
        ),
        labelled(Text("服务对象", "For").to(lang), item.target.to(lang), lang),
        labelled(Text("服务内容", "Service").to(lang), item.service.to(lang), lang),
        labelled(
            Text("支出责任", "Responsibility").to(lang), CLASSES[item.responsibility].to(lang), lang
        ),
    ]
    if item.paid_in:
        paid = Text(f"在第{item.paid_in.item}项中列支", f"paid in item {item.paid_in.item}").to(
            lang
        )
        out.append(labelled(paid, item.paid_in.why.to(lang), lang))
    if item.may_be_in:
        out.append(may_be_in_words(item, lang))
    for line in item.lines:
        out.append(
            f"• {line.name.to(lang)} ({line.code})"
            + (f" · {line.note.to(lang)}" if line.note else "")
        )
        if line.beneficiary:
            named = f"{standard.beneficiaries[line.beneficiary].name.to(lang)} ({line.beneficiary})"
            out.append("    " + labelled(Text("受益对象", "beneficiary").to(lang), named, lang))
        for rate in line.rates:
            times = f" × {line.times}" if line.times != 1 else ""
            since = Text(f"，自 {rate.start} 起", f", from {rate.start}").to(lang)
            out.append(
                f"    {rate_words(line, rate, standard, lang)}{times}{since}"
                f" [{clause_words(rate.clause, lang)}]"
            )
        for number, what in (
            (line.raised, Text("其中提高标准", "of it a raise")),
            (line.counted, Text("计入比例", "counted")),
        ):
            if number:
                options = listed(
                    (f"{value:f} ({name})" for name, value in number.options.items()), lang
                )
                out.append(
                    "    "
                    + labelled(
                        what.to(lang), f"{options} [{clause_words(number.clause, lang)}]", lang
                    )
                )
        if not line.rates:
            out.append(
                f"    {Text('金额或标准由使用者填报', 'the user supplies the amount or rate').to(lang)}"
            )
    out.append(Text("分担办法：", "Split:").to(lang))
    out += [
        f"    {words} [{cited}]" if cited else f"    {words}"
        for words, cited in cited_split(item.split, standard, lang)
    ]
    for reading in item.readings:
        cited = f" [{clause_words(reading.clause, lang)}]" if reading.clause else ""
        out.append(
            labelled(
                f"{Text('口径', 'Reading').to(lang)} {reading.code}",
                f"{reading.question.to(lang)}{cited}",
                lang,
            )
        )
        out += [
            "    "
            + labelled(name, option.to(lang), lang)
            + (Text("（默认）", " (default)").to(lang) if name == reading.default else "")
            for name, option in reading.options.items()
        ]
    out += _beside(item, lang)
    out += [labelled(Text("注", "Note").to(lang), note.to(lang), lang) for note in item.notes]
    if item.documents:
        out.append(
            labelled(
                Text("引用文件", "Documents cited").to(lang), listed(item.documents, lang), lang
            )
        )
    return out


def _beside(item: Item, lang: Lang) -> list[str]:
    """The counts that the text states, and its other figures that no rule uses, each with the
    reason.
    """
    out = [
        labelled(
            Text("原文所列数量", "Stated count").to(lang),
            f"{stated.what.to(lang)} {stated.count:,f} {stated.unit.to(lang)}"
            f" [{clause_words(stated.clause, lang)}] · {stated.why.to(lang)}",
            lang,
        )
        for stated in item.stated_counts
    ]
    label = Text("未采用的数字", "Figure not used").to(lang)
    return out + [
        labelled(
            label,
            f"{clause_words(Clause('text', left.field, left.phrase), lang)} · {left.why.to(lang)}",
            lang,
        )
        for left in item.left_out
    ]
