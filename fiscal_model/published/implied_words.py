"""In words, what a notice tells of beneficiaries and base amount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Final

from fiscal_model.engine.coefficients import CLOSE
from fiscal_model.published.inverse import Bounds, Case, Notice, Untold
from fiscal_model.standard.rules import Line, Standard
from fiscal_model.vocabulary import LANGS, Text, first_of, in_both, joined

YUAN: Final = Text("元", "yuan")
ALL_PAYERS: Final = Text("各方合计", "all payers together")
ASSUMED: Final = Text("所据标准或分担办法是假设", "the rate or the split is an assumption")
WHY: Final[Mapping[Untold, Text]] = {
    Untold.NO_RATE: Text(
        "推不出：该年没有补助标准，须先给出当地标准",
        "nothing can be told: no rate is known for the year, the local one is needed first",
    ),
    Untold.GRANTED: Text(
        "推不出：其中的补助是另行核定的金额，不随人数而定",
        "nothing can be told: a grant in it is an amount of its own that follows no count",
    ),
    Untold.BY_COUNT: Text(
        "推不出：分担比例随人数而变",
        "nothing can be told: the split is another for every count",
    ),
    Untold.OPEN: Text(
        "推不出：该支出项的分担比例未明确",
        "nothing can be told: no ratio is given for the line",
    ),
    Untold.BEARS_NOTHING: Text(
        "不承担该支出项：按本规则，这不是它的金额",
        "bears nothing of the line: by these rules the amount is not this line's",
    ),
    Untold.APART: Text(
        "推不出：其他支出项的人数与金额按本规则不能同时成立",
        "nothing can be told: by these rules counts and amounts of the other lines contradict"
        " each other",
    ),
    Untold.NO_COUNT: Text(
        "没有整数人数得出这一金额：按本规则，这不是该支出项的金额，或金额经过取整而末位单位未写明",
        "no whole count gives the amount: by these rules it is not this line's, or it is rounded to"
        " another digit than stated",
    ),
}


def words_of(case: Case, notice: Notice, standard: Standard, in_force: Mapping[str, str]) -> Text:
    """What one case tells, with the readings that it rests on: in full by those ``in_force``."""
    options = {case.reading: case.option} if case.reading else in_force
    if case.untold:
        told = [_why(case.untold, notice, standard)]
    elif case.reading:
        told = _shortly(case, notice, standard)
    else:
        told = [_counted(case, notice, standard), *_behind(case, notice, standard)]
    zh, en = (joined((each.to(lang) for each in told), lang) for lang in LANGS)
    by = in_both(f"{reading} {option}" for reading, option in options.items())
    return Text(f"按口径{by.zh}：{zh}", f"by reading {by.en}: {en}") if options else Text(zh, en)


def payers_of(notice: Notice, standard: Standard) -> Text:
    """Who gives the amount."""
    named = in_both(standard.payers[each].name for each in notice.payers)
    return named if notice.payers else ALL_PAYERS


def _why(untold: Untold, notice: Notice, standard: Standard) -> Text:
    """Why an amount tells nothing."""
    payer, why = payers_of(notice, standard), WHY[untold]
    return Text(f"{payer.zh}：{why.zh}", f"{payer.en}: {why.en}")


def _counted(case: Case, notice: Notice, standard: Standard) -> Text:
    """The bounds on the beneficiaries, with the part of the cost at each end."""
    assert case.count
    payer, unit = payers_of(notice, standard), _unit(standard.lines[notice.line], standard)
    small, large = sorted(case.covered, key=case.part)
    if case.part(large) - case.part(small) <= CLOSE * case.cost:
        (zh, en), share = _between(case.count, unit), _share(case, large, unit)
        return Text(f"{payer.zh}承担{share.zh}：{zh}", f"{payer.en} bearing {share.en}: {en}")
    ends = [
        _end(case, large, case.count.least, unit),
        _end(case, small, case.count.most, unit),
    ]
    zh, en = (joined((each.to(lang) for each in ends), lang) for lang in LANGS)
    return Text(f"{payer.zh}{zh}：在两者之间", f"{payer.en} {en}; it lies between the two")


def _shortly(case: Case, notice: Notice, standard: Standard) -> list[Text]:
    """The bounds alone."""
    assert case.count
    line = standard.lines[notice.line]
    base = [_base(case.base, line, standard)] if case.base else []
    return [_between(case.count, _unit(line, standard)), *base]


def _unit(line: Line, standard: Standard) -> Text:
    """What is counted."""
    return standard.beneficiaries[line.beneficiary].unit if line.beneficiary else YUAN


def _end(case: Case, covered: float, count: float, unit: Text) -> Text:
    """One end of the bounds."""
    by = _covering(covered)
    if not case.part(covered):
        return Text(f"不承担（{by.zh}）时没有上限", f"bearing nothing ({by.en}): no upper end")
    (zh, en), share = _quantity(count, unit), _share(case, covered, unit)
    return Text(f"承担{share.zh}（{by.zh}）时为{zh}", f"bearing {share.en}, {by.en}: {en}")


def _covering(covered: float) -> Text:
    """What part of what is due the base amount covers."""
    if covered == 0:
        return Text("基数为0", "base amount 0")
    if covered == 1:
        return Text("基数不低于应担数", "base amount not below what is due")
    return Text(f"基数为应担数的{covered:.2%}", f"base amount {covered:.2%} of what is due")


def _share(case: Case, covered: float, unit: Text) -> Text:
    """A part of the cost, and what it is of what is counted."""
    part = case.part(covered)
    percent = f"{100 * part / case.cost:.4g}%"
    if unit is YUAN:
        return Text(percent, percent)
    each = f"{part:,.2f}".removesuffix(".00")
    return Text(f"{percent}即每{unit.zh}{each}元", f"{percent}, {each} yuan each")


def _quantity(count: float, unit: Text) -> Text:
    figure = f"{count:,.2f}" if unit is YUAN else f"{count:,.0f}"
    return Text(f"{figure}{unit.zh}", f"{figure} {unit.en}")


def _between(bounds: Bounds, unit: Text) -> Text:
    """Both ends, or the one number that they are."""
    (zh, en), (least, most) = _quantity(bounds.least, unit), bounds
    if most == inf:
        return Text(f"至少{zh}", f"at least {en}")
    if least == most:
        return Text(zh, en)
    last = _quantity(most, unit)
    return Text(
        f"{zh.removesuffix(unit.zh)}至{last.zh}", f"{en.removesuffix(f' {unit.en}')} to {last.en}"
    )


def _behind(case: Case, notice: Notice, standard: Standard) -> Iterator[Text]:
    """What a count tells, and whether it can be at all; and the base amount."""
    assert case.count
    line = standard.lines[notice.line]
    count = notice.counts.get(line.beneficiary) if line.beneficiary else None
    if count is not None:
        zh, en = _quantity(count, _unit(line, standard))
        if not case.count.least <= count <= case.count.most:
            yield Text(
                f"{zh}不在其中：按本规则得不出这一金额",
                f"{en} is not among them: by these rules it does not give the amount",
            )
            return
        if case.borne is None:
            yield Text(f"{zh}与此相符", f"{en} fits")
            return
        payer, borne = standard.payers[case.limited].name, _between(case.borne, YUAN)
        yield Text(
            f"{zh}时{payer.zh}承担该支出项{borne.zh}",
            f"with {en} {borne.en} of the line is borne by {payer.en}",
        )
    if case.base:
        (zh, en), why = _base(case.base, line, standard), _one_sided(case, standard)
        yield Text(f"{zh}{why.zh}", f"{en}{why.en}")
    elif case.borne:
        yield Text("基数推不出", "nothing can be told of the base amount")


def _base(base: Bounds, line: Line, standard: Standard) -> Text:
    """The bounds on the base amount."""
    (zh, en), title = _between(base, YUAN), standard.base_amount
    return Text(f"第{line.item}项{title.zh}为{zh}", f"{title.en} of item {line.item}: {en}")


def _one_sided(case: Case, standard: Standard) -> Text:
    """Why the base amount has no upper end, if it has none."""
    if not (case.base and case.base.most == inf):
        return Text("", "")
    if not case.unknown:
        return Text("（可能不低于应担数，没有上限）", " (it may limit nothing: no upper end)")
    lines = first_of([standard.lines[each].name for each in case.unknown], Text("项", "lines"))
    return Text(
        f"（同项各支出项按同一比例，{lines.zh}未知，只有下限）",
        f" (a lower end only: it covers the same part of all lines of the item, and of {lines.en}"
        " nothing is known)",
    )
