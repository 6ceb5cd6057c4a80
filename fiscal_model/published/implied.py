"""What a notice tells that prints what a payer gives for a line, place and year, and no count: how
many beneficiaries stand behind it and, given these, what the base amount is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf, isfinite

from fiscal_model.blocks import Block, Heading, Paragraph, Shown
from fiscal_model.calls import answered
from fiscal_model.errors import Faults, FiscalModelError, fault, noted
from fiscal_model.inputs.model import Inputs
from fiscal_model.inputs.read import load_inputs
from fiscal_model.inputs.source import Source
from fiscal_model.inputs.written import money
from fiscal_model.periods import FIRST_YEAR, LAST_YEAR, one_year
from fiscal_model.published.implied_words import ASSUMED, payers_of, words_of
from fiscal_model.published.inverse import Bounds, Case, Notice, case
from fiscal_model.published.unit_world import UnitWorld, unit_worlds
from fiscal_model.rounding import FEN
from fiscal_model.scenario.model import Scenario
from fiscal_model.scenario.read import ScenarioSource, load_scenario
from fiscal_model.standard.kinds.leaf import BASE
from fiscal_model.standard.names import BENEFICIARY, LINE, PLACE
from fiscal_model.standard.rules import Standard
from fiscal_model.vocabulary import LANGS, Lang, Text


@answered
@dataclass(frozen=True, repr=False)
class Implied(Shown):
    """What a notice tells: ``cases`` by the readings in force, then by each other option of a
    reading that makes a difference, each taken alone; ``in_force`` are the options of these that
    the scenario chooses, ``basis`` is the weakest that rate and split rest on. Where the rules
    cannot be asked ``refused`` says why.
    """

    standard: Standard
    notice: Notice
    cases: tuple[Case, ...] = ()
    in_force: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    refused: Text | None = None

    @property
    def count(self) -> Bounds | None:
        """The bounds on the beneficiaries (on the yuan of a line that is an amount) by the readings
        in force; None where nothing can be told or no count gives the amount.
        """
        return self.cases[0].count if self.cases else None

    @property
    def base(self) -> Bounds | None:
        """The bounds on the base amount of the item, in yuan, by the readings in force; None where
        nothing can be told.
        """
        return self.cases[0].base if self.cases else None

    @property
    def words(self) -> Text:
        """All of it, a sentence a case."""
        told = [*self._told()]
        return Text("。".join(each.zh for each in told), ". ".join(each.en for each in told))

    def _told(self) -> Iterator[Text]:
        if self.refused:
            yield self.refused
        for each in self.cases:
            yield words_of(each, self.notice, self.standard, self.in_force)
        if self.basis == "assumption" and self.count:
            yield ASSUMED

    def blocks(self, lang: Lang) -> Iterator[Block]:
        """What was asked, and a line a case."""
        notice = self.notice
        low, high = (f"{yuan:,.2f}" for yuan in notice.amounts[notice.line])
        asked = [
            self.standard.lines[notice.line].name,
            self.standard.places.label(notice.place),
            Text(f"{notice.year}年", str(notice.year)),
            payers_of(notice, self.standard),
            Text(f"{low}至{high}元", f"{low} to {high} yuan"),
        ]
        yield Heading(" · ".join(each.to(lang) for each in asked))
        yield from (Paragraph(each.to(lang)) for each in self._told())


@answered
def implied(
    line: str,
    place: str | int,
    year: int | str,
    amount: float | str,
    payer: str | Sequence[str] | None = None,
    scenario: ScenarioSource = "baseline",
    count: int | None = None,
    digit: float | str | None = None,
    counts: Mapping[str, int] | None = None,
    amounts: Mapping[str, float | str] | None = None,
    inputs: Source | None = None,
) -> Implied:
    """What an amount that a notice prints for a line tells of the beneficiaries behind it, and what
    these tell of the base amount.

    Args:
        line: a line, code or name.
        place: one place, code or name. Its base amount is taken as one for all of it; where it is
            one of its prefecture, as its part of that.
        year: the year that the amount is for.
        amount: yuan, or as it is printed: ``"70.06万"`` is rounded to its last digit.
        payer: who gives it, code or name, or several together; the whole cost when left out.
        scenario: as :func:`fiscal_model.simulate`; what it makes of counts is left out.
        count: the beneficiaries of the line, where they are known.
        digit: a unit of the last printed digit, yuan or a text such as ``"0.01万"``; when left out
            as ``amount`` is written, a fen for a number.
        counts: those known of the item's other beneficiaries.
        amounts: what the same payer gives for other lines of the item.
        inputs: data of which local rates and minimum wages count; none when left out.

    Raises:
        FiscalModelError: a name, year or figure cannot be used, or the scenario or inputs cannot.

    """
    loaded, standard = load_scenario(scenario)
    given = None if inputs is None else load_inputs(inputs, standard)
    faults, names = Faults(), standard.names
    code = noted(lambda: names.code(line, LINE), faults, "line")
    where = noted(lambda: names.code(place, PLACE), faults, "place")
    when = noted(lambda: one_year(year), faults, "year") or FIRST_YEAR
    if not FIRST_YEAR <= when <= LAST_YEAR:
        faults.add("year", "year-beyond-limits", year=when, first=FIRST_YEAR, last=LAST_YEAR)
    payers = noted(lambda: standard.payers.rule_names.several(payer or ()), faults, "payer")
    sums = {code: noted(lambda: between(amount, digit), faults, "amount")}
    for word, printed in (amounts or {}).items():
        other = noted(partial(_of_item, standard, code, word), faults, "amounts")
        sums[other] = noted(partial(between, printed, digit), faults, f"amounts.{word}")
    people: dict[str, int | None] = {}
    for word, persons in (counts or {}).items():
        named = noted(partial(names.code, word, BENEFICIARY), faults, "counts")
        people[named or ""] = noted(partial(_whole, persons), faults, f"counts.{word}")
    if count is not None and code:
        counted = noted(partial(_beneficiary, standard, code), faults, "count")
        people[counted or ""] = noted(lambda: _whole(count), faults, "count")
    faults.raise_if_any()
    notice = Notice(
        code or "",
        where or "",
        when,
        payers or (),
        {each: bounds for each, bounds in sums.items() if each and bounds},
        {each: persons for each, persons in people.items() if persons is not None},
    )
    return told_by(standard, loaded, given, notice)


def told_by(
    standard: Standard, scenario: Scenario, given: Inputs | None, notice: Notice
) -> Implied:
    """The same of what has been loaded already; see :func:`implied`."""
    try:
        worlds = worlds_of(standard, scenario, given, notice)
    except FiscalModelError as error:
        told = error.faults[0]
        return Implied(standard, notice, refused=Text(*(told.words(lang) for lang in LANGS)))
    found, basis = cases(worlds, notice), worlds[0].basis(notice.line, notice.payers)
    differing = dict.fromkeys(each.reading for each in found[1:])
    in_force = {code: scenario.reading(code, standard.readings[code].default) for code in differing}
    return Implied(standard, notice, found, in_force, basis)


def worlds_of(
    standard: Standard, scenario: Scenario, given: Inputs | None, notice: Notice
) -> list[UnitWorld]:
    """The unit worlds of the item of a line; of the line alone where the other lines follow
    different rules below the place, and it has nothing in common with them.

    Raises:
        FiscalModelError: the line itself does, or the place was not there in that year.

    """
    line = standard.lines[notice.line]
    asked = standard, scenario, notice.place, notice.year, given
    try:
        return list(unit_worlds(standard.items[line.item].lines, *asked))
    except FiscalModelError:
        alone = list(unit_worlds((line,), *asked))
        leaf = alone[0].leaf(line.code)
        if leaf.needs_heads or leaf.held(BASE):
            raise
        return alone


def cases(worlds: Iterable[UnitWorld], notice: Notice) -> tuple[Case, ...]:
    """What a notice tells by the readings in force, then by the other options that differ."""
    first, *others = (case(world, notice) for world in worlds)
    same = replace(first, reading="", option="")
    return (
        first,
        *(each for each in others if replace(each, reading="", option="") != same),
    )


def between(amount: float | str, digit: float | str | None = None) -> Bounds:
    """Between what an amount in yuan lies that is printed to units of ``digit``: to those of the
    last digit of a text, to a fen where nothing is said.

    Raises:
        FiscalModelError: it is no amount, or negative.

    """
    yuan = money(amount)
    if digit is None:
        digit = _one_unit(amount) if isinstance(amount, str) else FEN
    step = money(digit)
    for written, value in ((amount, yuan), (digit, step)):
        if not (isfinite(value) and value >= 0):
            raise fault("", "figure-out-of-range", written=str(written), bounds=f"0–{inf}")
    return Bounds(max(0.0, yuan - step / 2), yuan + step / 2)


def _one_unit(written: str) -> str:
    """A unit of the last digit of a figure: 00.01万 of 70.06万."""
    last = max(n for n, sign in enumerate(written) if sign.isdigit())
    return re.sub(r"\d", "0", written[:last]) + "1" + written[last + 1 :]


def _of_item(standard: Standard, line: str | None, word: str) -> str:
    """A line of the same item as another."""
    code = standard.names.code(word, LINE)
    if line and standard.lines[code].item != standard.lines[line].item:
        raise fault("", "line-of-other-item", line=code, item=standard.lines[line].item)
    return code


def _beneficiary(standard: Standard, line: str) -> str:
    beneficiary = standard.lines[line].beneficiary
    if beneficiary is None:
        raise fault("", "line-counts-nobody", line=line)
    return beneficiary


def _whole(count: int) -> int:
    if count != int(count) or count < 0:
        raise fault("", "count-not-whole", written=str(count))
    return int(count)
