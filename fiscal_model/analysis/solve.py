"""Solving backwards: the rate, share, base amount or growth with which a payer's burden meets a
ceiling.
Burdens move one way and mostly in straight lines with each of these, so the value is found between
a value that meets the ceiling and one that does not. What is tried is the text of a scenario entry,
read by the reader of scenario files: the entry of the answer brings about just what was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import cycle
from math import isfinite
from typing import Final

from fiscal_model.analysis.levers import KIND_NAMES, KINDS, MAKE, NEEDS, Lever
from fiscal_model.analysis.partial import Ground
from fiscal_model.blocks import Block, Heading, Paragraph, Shown, Verbatim
from fiscal_model.calls import answered
from fiscal_model.errors import Faults, noted
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.source import Source
from fiscal_model.inputs.written import figure, money
from fiscal_model.messages.message import Arg
from fiscal_model.names import Unknown
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR, one_year
from fiscal_model.records.node import parse_yaml
from fiscal_model.results.accounts import account_of, is_booked
from fiscal_model.results.result import Result
from fiscal_model.run import result_of
from fiscal_model.scenario.entries import KINDS as ENTRY_KINDS
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import ScenarioSource, load_scenario
from fiscal_model.scenario.read_entries import read_entry
from fiscal_model.spelling import ordinary
from fiscal_model.standard.names import AREA, PAYER, PLACE
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import COVERED, GENERAL, Lang, Text, in_both, labelled, together

NEAR: Final = 0.01
"""Yuan: how close to the ceiling the burden comes where the value can be fine enough."""
TO_PASTE: Final = Text("可写入情景文件（尚未写出）", "to put in a scenario file (not written)")


@dataclass(frozen=True)
class Burden:
    """Whose burden is asked for: the payers together, in some year, place (with all below it), item
    (None is all) and account.
    """

    payer: str
    year: int
    place: str | None
    item: int | None
    account: str
    within: frozenset[str] | None

    def of(self, budget: Result, without: frozenset[int] = frozenset()) -> float:
        """Yuan in a budget of the year, leaving some items out."""
        asked = budget.standard.payers.within(self.payer)
        payers = [k for k, payer in enumerate(budget.payers) if payer in asked]
        lines = [
            i
            for i, line in enumerate(budget.lines)
            if is_booked(line, self.account)
            and line.item not in without
            and self.item in (None, line.item)
        ]
        places = [
            p for p, code in enumerate(budget.places) if self.within is None or code in self.within
        ]
        return float(budget.amounts[payers][:, lines][:, :, places].sum())

    def words(self, standard: Standard, lang: Lang) -> str:
        """Payer, year, place and item, and the account where it is not the general public
        budget.
        """
        parts = [
            standard.payers[self.payer].name.to(lang),
            together((self.year,), lang),
        ]
        parts += [standard.places.label(self.place).to(lang)] if self.place else []
        parts += [Text(f"第{self.item}项", f"item {self.item}").to(lang)] if self.item else []
        parts += [COVERED[self.account].to(lang)] if self.account != GENERAL else []
        return " · ".join(parts)


@answered
@dataclass(frozen=True, repr=False)
class Solution(Shown):
    """Whether a value meets the ceiling, which, and the entry that brings it about.

    ``value`` is the present one where the burden meets the ceiling already (None if places differ
    in it), and where none does the end of the range at which the burden comes nearest; ``at_value``
    is the burden there, in yuan. ``tried`` holds both ends of the range with the burden at each.
    ``section`` is the list of a scenario file that ``entry`` belongs to: a line an entry, empty
    where nothing need change or nothing helps.
    """

    standard: Standard
    vary: str
    label: Text
    burden: Burden
    ceiling: float
    found: bool
    already: bool
    present_value: float | None
    present: float
    value: float | None
    at_value: float
    tried: tuple[tuple[float, float], ...]
    resolution: float
    section: str
    entry: str

    def blocks(self, lang: Lang) -> Iterator[Block]:
        """What was asked, the answer, and the entry to paste as it stands in a scenario file."""
        asked, *found = self._lines(lang)
        yield Heading(asked)
        yield from map(Paragraph, found)
        if self.entry:
            entries = (f"  - {each}" for each in self.entry.splitlines())
            yield Paragraph(labelled(TO_PASTE.to(lang), "", lang).rstrip())
            yield Verbatim("\n".join([f"{self.section}:", *entries]))

    def _lines(self, lang: Lang) -> list[str]:
        """What was asked, the answer, and what was tried."""

        def say(zh: str, en: str) -> str:
            return Text(zh, en).to(lang)

        now, limit, at = (f"{yuan:,.2f}" for yuan in (self.present, self.ceiling, self.at_value))
        asked = say(f"现为 {now} 元，上限 {limit} 元", f"now {now} yuan, ceiling {limit} yuan")
        present = (
            say("各地不一或未设", "not one value everywhere")
            if self.present_value is None
            else _shown(self.present_value)
        )
        head = f"{self.label.to(lang)}{say(' ', ': ')}{present}"
        out = [labelled(self.burden.words(self.standard, lang), asked, lang)]
        if self.already:
            return [*out, f"{head} {say('已不超过上限，无须改变', 'meets the ceiling already')}"]
        (low, at_low), (high, at_high) = self.tried
        if self.found:
            out.append(
                f"{head} →"
                f" {_shown(self.value)}{say(f'（此时负担 {at} 元）', f' (the burden is then {at} yuan)')}"
            )
        elif abs(at_high - at_low) < NEAR:
            out.append(
                f"{head}{say('：变动它不改变这项负担', '; the burden does not depend on it')}"
            )
        else:
            out.append(
                head
                + say(
                    f"，范围内没有一个值能使负担不超过上限；取 {_shown(self.value)} 时最接近，"
                    f"仍为 {at} 元",
                    f"; no value in the range meets the ceiling; nearest at {_shown(self.value)},"
                    f" still {at} yuan",
                )
            )
        ends = [
            say(f"取 {_shown(end)} 时 {yuan:,.2f} 元", f"{yuan:,.2f} yuan at {_shown(end)}")
            for end, yuan in ((low, at_low), (high, at_high))
        ]
        return [*out, labelled(say("试算范围", "range tried"), say("，", ", ").join(ends), lang)]


def _shown(value: float | None) -> str:
    return "" if value is None else f"{Decimal(repr(value)).normalize():f}"


@answered
def solve(
    scenario: ScenarioSource,
    vary: str,
    payer: str,
    ceiling: float | str,
    year: int | str,
    place: str | None = None,
    item: int | str | None = None,
    inputs: Source | None = None,
    where: str | Sequence[str] | None = None,
    low: float | str | None = None,
    high: float | str | None = None,
    account: str | None = None,
) -> Solution:
    """The value with which a burden comes as near to a ceiling as it can without exceeding it, by
    an entry on top of a scenario.

    Args:
        scenario: a shipped scenario's name, the path of a scenario file, or a mapping of what such
            a file holds.
        vary: ``rate:LINE`` (yuan, from the year on); ``share:ITEM:PAYER`` (the payer's part, 0 to
            1, of its own tier of the shares in force in the
            year, from then on; the others of the tier keep their proportions); ``base:ITEM`` (a
            factor on the base amounts in force, from the year on); or ``growth:BENEFICIARY`` (a
            year, after the last supplied year).
        payer: a payer, code or name; ``prefecture`` is prefecture and county however they are
            divided.
        ceiling: yuan in the year: a number, or a text such as ``"30亿"``.
        year: the year of the burden.
        place: a place, code or name, with all below it; everywhere when left out.
        item: one item, number or name; all when left out.
        inputs: as :func:`fiscal_model.simulate`; the embedded illustrative data when left out.
        where: the places that the entry holds for (a place, a group or several); everywhere when
            left out.
        low: the lowest value tried, a number or a text such as ``"5%"``; by default 0 for a rate, a share and a factor, -0.5 for growth.
        high: the highest value tried; by default the highest rate in force, 1 for a share, 10 for a
            factor, 0.5 for growth.
        account: the account of the burden, as :meth:`fiscal_model.Budget.by` takes it of the lines
            asked for.

    Raises:
        FiscalModelError: as :func:`fiscal_model.simulate`; also with every argument that cannot be
            used.

    """
    loaded, standard = load_scenario(scenario)
    data = load_inputs(inputs, standard)
    year, faults = one_year(year), Faults()
    limit = noted(lambda: money(ceiling), faults, "ceiling") or 0.0
    lowest, highest = (
        None if given is None else noted(partial(figure, given), faults, end)
        for end, given in (("low", low), ("high", high))
    )
    burden = _burden(standard, payer, limit, year, place, item, account, faults)
    reach = noted(lambda: standard.names.among(AREA).several(where or ()), faults, "where") or ()
    kind, names = _names(vary, standard, faults)
    _check_range(kind, lowest, highest, faults)
    faults.raise_if_any()
    base = result_of(standard, loaded, data, (year,))
    if burden.within is not None and not burden.within & set(base.places):
        label = standard.places.label(str(burden.place))
        faults.add("place", "place-without-data", place=label)
    if (
        burden.payer
        in (base if item is None else base.sel(item=item)).covered(burden.account).elsewhere
    ):
        whose, name = standard.payers[burden.payer].name, COVERED[burden.account]
        faults.add("account", "payer-not-in-account", payer=whose, account=name)
    ground = Ground.of(base)
    lever = noted(lambda: MAKE[kind](base, names, reach), faults, "vary")
    faults.raise_if_any()
    assert lever is not None
    present = burden.of(base)

    asked = Solution(
        standard,
        vary,
        lever.label,
        burden,
        limit,
        found=True,
        already=True,
        present_value=lever.present,
        present=present,
        value=lever.present,
        at_value=present,
        tried=(),
        resolution=10.0**-lever.digits,
        section="",
        entry="",
    )
    if present <= limit:
        return asked
    trial = _Trial(ground, burden, lever, burden.of(base, without=ground.touched(lever.items)))
    first, last = sorted(
        trial.steps(given if given is not None else own)
        for given, own in ((lowest, lever.low), (highest, lever.high))
    )
    asked = replace(
        asked,
        already=False,
        tried=tuple((float(trial.value(end)), trial(end)) for end in (first, last)),
    )
    found = _meeting(trial, first, last, limit)
    if found is None:
        value, at_value = min(asked.tried, key=lambda pair: pair[1])
        return replace(asked, found=False, value=value, at_value=at_value)
    entry = "\n".join(lever.entries(trial.value(found)))
    return replace(
        asked,
        value=float(trial.value(found)),
        at_value=trial(found),
        section=lever.section,
        entry=entry,
    )


class _Trial:
    """The burden as a function of the value in whole steps of its resolution; what no entry can
    touch is counted once.
    """

    def __init__(self, ground: Ground, burden: Burden, lever: Lever, untouched: float) -> None:
        self.ground, self.burden, self.lever, self.untouched = ground, burden, lever, untouched
        self.known: dict[int, float] = {}

    def steps(self, value: float) -> int:
        """A value in whole steps."""
        return int(Decimal(str(value)).scaleb(self.lever.digits).to_integral_value())

    def value(self, steps: int) -> Decimal:
        """Whole steps as a value."""
        return Decimal(steps).scaleb(-self.lever.digits)

    def __call__(self, steps: int) -> float:
        if steps not in self.known:
            changed = on_top(
                self.ground.scenario, {self.lever.section: self.lever.entries(self.value(steps))}
            )
            self.known[steps] = self.untouched + self.burden.of(
                self.ground.part(self.lever.items, scenario=changed)
            )
        return self.known[steps]


def on_top(scenario: Scenario, sections: Mapping[str, Sequence[str]]) -> Scenario:
    """A scenario that extends another by entries given as text, by the list of a scenario file that
    they belong to.
    """
    faults = Faults()
    own = [
        read_entry(parse_yaml(text, kind.section, faults), kind, scenario.standard)
        for kind in ENTRY_KINDS
        for text in sections.get(kind.section, ())
    ]
    faults.raise_if_any()
    return replace(
        scenario,
        parent=scenario,
        shipped=False,
        readings={},
        entries=tuple(each for each in own if each),
        years=None,
        horizon=None,
        projection="",
    )


def _meeting(trial: _Trial, low: int, high: int, ceiling: float) -> int | None:
    """The step between two at which the burden meets the ceiling as closely as it can; None where
    neither end does.
    """
    meets, fails = (low, high) if trial(low) <= trial(high) else (high, low)
    if trial(meets) > ceiling:
        return None
    if trial(fails) <= ceiling:
        return fails
    # A straight line is hit at once, a little below the ceiling and a little above; halving in turn
    # bounds the rest. Both sides must come close: where a burden has gone flat at the ceiling, the
    # least change that brings it there is wanted.
    aims = cycle((-NEAR / 2, NEAR / 2, None))
    while abs(fails - meets) > 1 and max(ceiling - trial(meets), trial(fails) - ceiling) > NEAR:
        aim = next(aims)
        part = (
            0.5 if aim is None else (ceiling + aim - trial(meets)) / (trial(fails) - trial(meets))
        )
        step = min(max(round(abs(fails - meets) * part), 1), abs(fails - meets) - 1)
        middle = meets + (step if fails > meets else -step)
        meets, fails = (middle, fails) if trial(middle) <= ceiling else (meets, middle)
    return _round(trial, meets, abs(fails - meets), ceiling)


def _round(trial: _Trial, found: int, slack: int, ceiling: float) -> int:
    """The roundest value within ``slack`` steps that is as good as the one found."""
    gap = max(NEAR, ceiling - trial(found))
    for digits in range(trial.lever.digits):
        near = int(round(trial.value(found), digits).scaleb(trial.lever.digits))
        if abs(near - found) <= slack and 0 <= ceiling - trial(near) <= gap:
            return near
    return found


def _burden(
    standard: Standard,
    payer: str,
    ceiling: float,
    year: int,
    place: str | None,
    item: int | str | None,
    account: str | None,
    faults: Faults,
) -> Burden:
    """The burden asked for, with every fault of its parts."""
    whose = noted(lambda: standard.names.code(payer, PAYER), faults, "payer") or payer
    if not (isfinite(ceiling) and ceiling >= 0):
        faults.add("ceiling", "ceiling-not-amount", ceiling=ceiling)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        faults.add("year", "year-beyond-limits", year=year, first=FIRST_YEAR, last=LAST_YEAR)
    code = (
        noted(lambda: standard.names.code(place, PLACE), faults, "place")
        if place is not None
        else None
    )
    number = _item(item, standard, faults, "item") if item is not None else None
    within = frozenset(standard.places.below(code)) if code else None
    lines = standard.lines.values() if number is None else standard.items[number].lines
    covered = noted(lambda: account_of(lines, account), faults, "") or GENERAL
    return Burden(whose, year, code, number, covered, within)


def _item(item: int | str, standard: Standard, faults: Faults, at: str) -> int | None:
    """The number of an item that has lines of its own."""
    number = noted(lambda: standard.names.item(item), faults, at)
    if number and (carrier := standard.items[number].paid_in) is not None:
        faults.add(at, "item-paid-in-another", item=number, carrier=carrier.item)
    return number


def _names(vary: str, standard: Standard, faults: Faults) -> tuple[str, tuple[str, ...]]:
    """What to vary: a kind and the names it needs, each held against what is known."""
    vary = str(vary)
    kind, *rest = ordinary(vary).split(":", 1)
    asked = KIND_NAMES.find(kind)
    needs = () if isinstance(asked, Unknown) else KINDS[asked.code].needs
    written = [name for each in rest for name in each.rsplit(":", len(needs) - 1)]
    if isinstance(asked, Unknown) or len(written) != len(needs):
        hint: Arg = KIND_NAMES.hint(kind) if isinstance(asked, Unknown) else ""
        forms = in_both(
            Text(
                ":".join((form, *(NEEDS[need][0].zh for need in each.needs))),
                ":".join((form, *each.needs)),
            )
            for form, each in KINDS.items()
        )
        faults.add("vary", "lever-unknown", written=vary, hint=hint, forms=forms)
        return "", ()
    found: list[str] = []
    for need, name in zip(needs, written, strict=True):
        if need == "ITEM":
            found.append(str(_item(name, standard, faults, "vary")))
        else:
            read = partial(standard.names.code, name, NEEDS[need][1])
            found.append(noted(read, faults, "vary") or "")
    return asked.code, tuple(found)


def _check_range(kind: str, low: float | None, high: float | None, faults: Faults) -> None:
    """The ends of the range lie in order and within what an entry may state."""
    if low is not None and high is not None and not low < high:
        faults.add("low", "range-ends-swapped", low=low, high=high)
    if kind:
        least, most = KINDS[kind].least, KINDS[kind].most
        for name, value in (("low", low), ("high", high)):
            if value is not None and not least <= value <= most:
                faults.add(name, "range-end-not-allowed", value=value, least=least, most=most)
