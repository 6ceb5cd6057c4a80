"""What a notice tells that prints an amount and no count.

Item 11 in the south: central bears 80% of a primary pupil's rate, prefecture and county 14% up to
the base amount of the item, the region the rest: 20% where the base amount is 0, 6% where it limits
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from naive import World
from naive import simulate as exactly

import fiscal_model as fm
from fiscal_model.published.implied import Implied, between
from fiscal_model.published.inverse import Bounds, Case, Notice, Untold, case
from fiscal_model.published.unit_world import UnitWorld, unit_worlds
from fiscal_model.scenario.read import load_scenario

TASHKURGAN, URUMQI_COUNTY = "653131", "650121"
ITEM_11 = (
    "primary_pupil",
    "junior_pupil",
    "compulsory_boarder",
    "special_education_pupil",
    "primary_small_school_gap",
    "junior_small_school_gap",
)


def asked(**more: Any) -> Implied:
    """A notice on primary pupils by the text, unless something else is said."""
    found: Implied = fm.implied(
        **{
            "line": "pubfund_primary",
            "place": TASHKURGAN,
            "year": 2023,
            "payer": "region",
            "scenario": "as_written",
            **more,
        }
    )
    return found


def first(**more: Any) -> Case:
    """By the readings in force."""
    return asked(**more).cases[0]


@pytest.mark.smoke
def test_a_printed_notice_bounds_the_pupils_of_a_county() -> None:
    """At 720 yuan the region bears 144 (20%) or 43.20 (6%): 700,550 to 700,650 yuan are 4,864.9 to
    4,865.6 pupils or 16,216.4 to 16,218.8.
    """
    found = asked(year=2024, amount="70.06万", scenario="baseline")
    assert found.count == (4865, 16218)
    assert found.cases[0].parts == pytest.approx((144, 43.2))
    assert (
        "自治区本级承担20%即每人144元（基数为0）时为4,865人；承担6%即每人43.20元"
        "（基数不低于应担数）时为16,218人：在两者之间"
    ) in found.words.zh
    assert "20%, 144 yuan each, base amount 0: 4,865 persons" in found.words.en
    # by the other reading the county pays its base amount whatever its share: up to all of the 20%
    assert found.in_force == {"11a": "lesser_of"}
    other = found.cases[1]
    assert (other.reading, other.option, other.count) == ("11a", "fixed", (4865, inf))
    assert "按口径11a fixed：至少4,865人" in found.words.zh


def test_a_count_tells_what_the_county_bears_and_a_lower_end_of_its_base_amount() -> None:
    """8,000 pupils cost 5,760,000 yuan, of which 20% are 1,152,000; less 700,600 that is 451,400,
    half a unit of 100 yuan more or less. Of the other lines nothing is known.
    """
    found = asked(year=2024, amount="70.06万", scenario="baseline", count=8000)
    told = found.cases[0]
    assert told.borne == (451350, 451450)
    assert told.base == found.base == (451350, inf)
    assert len(told.unknown) == 5
    assert "8,000人时地县承担该支出项451,350.00至451,450.00元" in found.words.zh
    assert "等 5 项未知，只有下限" in found.words.zh
    assert "a lower end only" in found.words.en


def test_amounts_of_all_lines_close_the_base_amount() -> None:
    """1,000 pupils of each level: 91,000 and 119,000 are due. The region gives 84,500 and 110,500:
    45,500 of the 130,000 and 59,500 of the 170,000 are borne by the county, half of what is due,
    105,000. Half a unit is 50 yuan of the 119,000 of which half are kept: 0.042% of 210,000.
    """
    nobody = dict.fromkeys(ITEM_11[2:], 0)
    both = {"amount": "8.45万", "amounts": {"pubfund_junior": "11.05万"}, "count": 1000}
    told = first(**both, counts=nobody | {"junior_pupil": 1000})
    assert told.covered == pytest.approx((0.5 - 50 / 119_000, 0.5 + 50 / 119_000))
    assert told.base == pytest.approx((105_000 - 88.24, 105_000 + 88.24), abs=0.01)
    assert not told.unknown
    # without the count of juniors its amount tells it, as the part covered is the same
    least, most = first(**both, counts=nobody).base or (0.0, 0.0)
    assert least < 105_000 < most < 105_500
    # and it bounds the pupils of this line, told by the other one: 84,500 at 65 and 19.5 yuan each
    found = first(amount="8.45万", amounts=both["amounts"], counts={"junior_pupil": 1000})
    assert found.count == (999, 1001)


def test_what_contradicts_the_rules_is_told() -> None:
    assert (
        "20,000人不在其中：按本规则得不出这一金额" in asked(amount="8.45万", count=20000).words.zh
    )
    apart = first(
        amount="8.45万",
        amounts={"pubfund_junior": "11.05万", "pubfund_special": "3万"},
        counts={"junior_pupil": 1000, "special_education_pupil": 1},
    )
    assert apart.untold is Untold.APART  # 3万 a pupil of 6,000 yuan
    assert first(amount=700.0, place=URUMQI_COUNTY).untold is Untold.NO_COUNT  # 39 yuan each


def test_where_no_base_amount_acts_there_is_one_interval() -> None:
    """6% of 650 are 39 yuan: 39,000 yuan for 1,000 pupils, 50 yuan are 1.3 pupils."""
    found = asked(amount="3.90万", place=URUMQI_COUNTY)
    assert found.count == (999, 1001)
    assert found.words.zh == "自治区本级承担6%即每人39元：999至1,001人"
    assert len(found.cases) == 1  # reading 11a is of the south


def test_one_payer_bears_all_or_nothing() -> None:
    """200 days of 4 yuan are 800 yuan a pupil of the national pilot, all central."""
    pilot = {"line": "nutrition_national", "amount": "80.00万"}
    assert asked(**pilot, payer="central").count == (1000, 1000)
    nothing = asked(**pilot)
    assert nothing.cases[0].untold is Untold.BEARS_NOTHING
    assert nothing.count is None
    assert "不承担该支出项：按本规则，这不是它的金额" in nothing.words.zh


def test_sums_per_head_and_the_payer_of_the_remainder() -> None:
    """Of 2,670 yuan a child the region bears 2,154, prefecture and county 516; meals are 1,450 of
    them. So 1,169.78 and 280.22 a child for 100 children.
    """
    meals = {"line": "preschool_meals"}
    assert asked(**meals, amount="11.70万").count == (100, 100)
    found = asked(**meals, amount="2.80万", payer="prefecture")
    assert found.count == (100, 100)
    assert found.cases[1].untold is Untold.OPEN  # by reading 10a nobody need bear the remainder


def test_of_grants_and_open_splits_nothing_can_be_told_but_of_the_whole_cost(
    tables: Callable[..., Path],
) -> None:
    dibao = {"line": "dibao_urban", "amount": "60.00万"}
    assert first(**dibao).untold is Untold.NO_RATE
    rated = tables(
        rates=[["dibao_urban", TASHKURGAN, 2020, 500]],
        beneficiaries=[["dibao_urban_person", TASHKURGAN, 2023, 1]],
    )
    assert first(**dibao, inputs=rated, payer="central").untold is Untold.GRANTED
    assert first(**dibao, inputs=rated, payer="region").untold is Untold.GRANTED
    assert first(**dibao, inputs=rated, payer=None).count == (100, 100)  # 6,000 a year
    reward = {"line": "family_reward", "amount": "9.60万"}
    assert first(**reward).untold is Untold.OPEN
    whole = asked(**reward, payer=None)
    assert whole.count == (100, 100)  # 12 months of 80 yuan
    assert [each.count for each in whole.cases[1:]] == [(200, 200)]  # half a couple each: 45a
    split = {"item": 45, "split": {"central": 80, "region": 20}, "basis": "assumption"}
    split["source"] = "a guess"
    assumed = asked(**reward, scenario={"name": "t", "splits": [split]}, payer="central")
    assert assumed.count == (125, 125)  # 768 yuan each
    assert "所据标准或分担办法是假设" in assumed.words.zh
    assert "assumption" not in whole.words.en


def test_a_rate_that_changes_within_the_year() -> None:
    """Six of ten school months at 650 and four at 850 are 730 yuan, the region's 6% 43.80."""
    raised = {"rates": [{"line": "pubfund_primary", "from": "2023-09", "rate": 850}]}
    found = first(amount="4.38万", place=URUMQI_COUNTY, scenario={"name": "t"} | raised)
    assert found.cost == pytest.approx(730)
    assert found.count == (999, 1001)  # 43,750 to 43,850 yuan


def test_a_line_that_is_an_amount() -> None:
    """The region bears nine tenths of local textbooks: 90,000 yuan are of 100,000, give or take
    50 / 0.9.
    """
    found = asked(line="local_textbooks", amount="9.00万")
    assert found.count == (99944.44, 100055.56)
    assert found.words.zh == "自治区本级承担90%：99,944.44至100,055.56元"


def test_every_reading_that_makes_a_difference_is_named() -> None:
    """A day pupil's 625 yuan hold a raise of 125 that the region's levels bear alone: theirs are
    375, 7 of 10 the region's; without it 312.50, with 250 of raise 437.50.
    """
    found = asked(line="living_day_primary", amount="26.25万")
    ends = {
        (each.reading, each.option): tuple(round(part, 3) for part in each.parts)
        for each in found.cases
    }
    assert ends == {
        ("", ""): (375, 262.5),
        ("13a", "whole_rate"): (312.5, 218.75),
        ("13b", "boarders_only"): (312.5, 218.75),
        ("13b", "all_pupils"): (437.5, 306.25),
        ("13c", "fixed"): (375, 0),
    }
    assert found.count == (700, 1000)
    chosen = asked(
        line="living_day_primary",
        amount="26.25万",
        scenario={"name": "t", "readings": {"13a": "whole_rate"}},
    )
    assert chosen.in_force["13a"] == "whole_rate"
    assert chosen.count == (840, 1200)


def test_several_payers_together_and_the_payer_that_is_limited() -> None:
    """Region and prefecture bear 20% whatever the base amount. What the county itself gives is what
    the base amount covers: at least so much is it.
    """
    both = first(amount="13.00万", payer=["region", "prefecture"])
    assert both.count == (1000, 1000)  # 130 yuan each
    county = first(amount="4.55万", payer="prefecture")
    assert county.count == (500, inf)  # at most 91 yuan each
    assert county.base == (45450, inf)


def test_base_amounts_that_a_scenario_changes_or_ends() -> None:
    """Doubled, the amount in force is two of 2015; abolished, only the ratio acts; of one that ends
    over five years a fifth of the 14% is borne in the first in any case: 17.2% are left at most.
    """

    def under(**base: Any) -> Case:
        entry = {"item": 11, "where": "south4", "from": 2023, **base}
        return first(amount="8.45万", count=1000, scenario={"name": "t", "bases": [entry]})

    assert under(factor=2).base == (22725, inf)  # 130,000 less 84,500, half of it
    ended = under(abolish=True)
    assert ended.parts == pytest.approx((39, 39))
    assert ended.base is None
    going = under(phase_out=5)
    assert going.parts == pytest.approx((0.172 * 650, 39))
    # of 72,800 between 111,800 and 39,000 the county bears 27,300: 37.5% of what is still limited
    assert going.base == (pytest.approx(91_000 * 27_250 / 72_800, abs=0.01), inf)
    stated = under(amount=5000)
    assert (stated.count, stated.base) == ((650, 2167), None)


def test_a_split_that_rests_on_what_is_not_known_is_no_ground() -> None:
    """A sum per head is of all lines of a child, of which one has no rate. A base amount that has
    begun to end keeps another part of lines that divide otherwise: their counts would be needed.
    """
    bus = {"item": 10, "line": "bus", "name": "车", "beneficiary": "preschool_child"}
    more = {"name": "t", "new": {"lines": [bus | {"per": "年", "accrual": "calendar_year"}]}}
    assert first(line="preschool_meals", amount="11.70万", scenario=more).untold is Untold.NO_RATE

    ratio = {"central": 8, "rest": 2, "of_rest": {"region": 3, "prefecture": 7}}
    limited = {"base_amount": "prefecture", "increases": "region", "due": ratio}
    other = limited | {"due": ratio | {"of_rest": {"prefecture": 1}}, "ratio": ratio}
    cases = [{"lines": ["pubfund_primary"], "split": limited}, {"split": other}]
    south = {"item": 11, "where": "south4"}
    by_line: dict[str, Any] = {"name": "t", "splits": [south | {"split": {"cases": cases}}]}
    assert first(amount="8.45万", scenario=by_line).count == (650, 2167)
    by_line["bases"] = [south | {"from": 2023, "phase_out": 5}]
    assert first(amount="8.45万", scenario=by_line).untold is Untold.BY_COUNT


def test_a_place_with_several_rules_is_refused_but_for_lines_that_have_one() -> None:
    region = {"place": "650000", "amount": "13.00万"}
    refused = asked(**region)
    assert refused.count is None
    assert "不能按新疆维吾尔自治区（650000）整体填报" in refused.words.zh
    assert asked(line="preschool_readers", **region).count == (1000, 1000)  # all the region's 130


def test_faults_of_a_call_come_together() -> None:
    with pytest.raises(fm.FiscalModelError) as error:
        asked(
            line="pubfund_primry",
            place="nowhere",
            year=23,
            payer="regin",
            amount=-1,
            counts={"primary_pupil": 1.5},
        )
    assert {each.where for each in error.value.faults} >= {
        *("line", "place", "year", "payer", "amount", "counts.primary_pupil")
    }
    for more, code in (
        ({"amounts": {"living_day_primary": 1}}, "line-of-other-item"),
        ({"line": "local_textbooks", "count": 1}, "line-counts-nobody"),
    ):
        with pytest.raises(fm.FiscalModelError) as error:
            asked(amount=1, **more)
        assert [each.message.code for each in error.value.faults] == [code]


@pytest.mark.parametrize(
    ("written", "digit", "least", "most"),
    [
        ("70.06万", None, 700_550, 700_650),
        ("70.1万元", None, 700_500, 701_500),
        ("1,200.50元", None, 1200.495, 1200.505),
        ("3亿", None, 250e6, 350e6),
        (700_600, 100, 700_550, 700_650),
        (700_600, "0.01万", 700_550, 700_650),
        ("0.00万", None, 0, 50),
        (12.5, None, 12.495, 12.505),
    ],
)
def test_a_printed_figure_lies_within_half_a_unit(
    written: float | str, digit: float | str | None, least: float, most: float
) -> None:
    assert between(written, digit) == pytest.approx((least, most))


# Two hundred made-up counties whose truth is known, from the exact engine on the rule files.

COUNTIES = 200
NO_LIMIT = 10**12
"""A base amount that limits nothing."""
SOUTH, OTHERS = (("653131", "652922"), ("650121", "654202"))
"""Places in the four southern prefectures, and others."""
SHARED_45 = {"central": "80", "region": "6", "prefecture": "14"}
WORLDS: tuple[tuple[int, dict[str, str]], ...] = (
    (10, {"10a": "prefecture"}),
    (11, {"11a": "lesser_of"}),
    (11, {"11a": "fixed"}),
    (12, {"12a": "all_books"}),
    (13, {"13a": "raise_in_region_part", "13b": "boarders_and_special", "13c": "lesser_of"}),
    (13, {"13a": "whole_rate", "13b": "boarders_only", "13c": "lesser_of"}),
    (13, {"13a": "raise_in_region_part", "13b": "all_pupils", "13c": "fixed"}),
    (14, {"14c": "region"}),
    (45, {}),
)


def items() -> dict[int, dict[str, Any]]:
    """The items as the rule files write them."""
    files = (Path(fm.__path__[0]) / "standard" / "xinjiang_2021").glob("[24]_*.yaml")
    read = [yaml.load(each.read_text("utf-8"), yaml.BaseLoader) for each in files]
    return {int(each["item"]): each for file in read for each in file["items"]}


def exact_world(
    item: dict[str, Any], readings: dict[str, str], draw: Random, codes: tuple[str, ...], many: int
) -> World:
    """Made-up counties, each a part of its own of a real place, with counts of every line and a base
    amount from nothing to more than is due.
    """
    split = SHARED_45 if item["item"] == "45" else item["split"]
    lines = {
        line["line"]: line
        | {
            "times": int(line.get("times", 1)),
            "rates": [{"from": "2021"} | rate for rate in line.get("rates", [])],
        }
        for line in item["lines"]
    }
    places = {f"{code}-{n}": code for n, code in enumerate(draw.choices(codes, k=many))}
    south = [f"{code[:4]}00" for code in SOUTH]
    parent: dict[str, str | None] = {"650000": None}
    for code in codes:
        parent |= {f"{code[:4]}00": "650000", code: f"{code[:4]}00"}
    world = World(parent | places, {"south4": south}, lines, split, readings, years=(2023,))
    counted = dict.fromkeys(line["beneficiary"] for line in lines.values() if "beneficiary" in line)
    for place in places:
        for name in counted:
            world.counts[name, place, 2023] = draw.choice((0, draw.randrange(1, 30000)))
        for name in (each for each, line in lines.items() if "beneficiary" not in line):
            world.amounts[name, place, 2023] = draw.randrange(1, 3_000_000)
        world.bases[place] = draw.choice((0, draw.randrange(1, 10**7), NO_LIMIT))
    return world


def printed(yuan: Fraction) -> Bounds:
    """What a notice prints in 万元 with two decimals, halves up, and between what that lies."""
    return between(f"{int(yuan / 100 + Fraction(1, 2)) / 100:.2f}万")


def made_up() -> Iterator[tuple[UnitWorld, World, dict[Any, Fraction], str]]:
    """Each county with the unit world of its place, and what everyone pays there exactly."""
    draw, rules = Random(2024), items()
    for n, (item, readings) in enumerate(WORLDS):
        many = COUNTIES // len(WORLDS) + (n < COUNTIES % len(WORLDS))
        codes = SOUTH[n % 2], OTHERS[n % 2]
        world = exact_world(rules[item], readings, draw, codes, many)
        paid = exactly(world)
        splits = [{"item": 45, "split": {k: int(v) for k, v in SHARED_45.items()}}]
        content: dict[str, Any] = {"name": "t", "readings": readings}
        scenario, standard = load_scenario(content | ({"splits": splits} if item == 45 else {}))
        units = {
            code: next(
                unit_worlds(standard.items[item].lines, standard, scenario, code, 2023, None)
            )
            for code in codes
        }
        for place in world.bases:
            yield units[place[:6]], world, paid, place


def test_the_truth_of_made_up_counties_lies_within_the_bounds() -> None:
    """True counts lie within; with some or all counts or amounts known true base amounts do; and at
    either end of the base amount the truth is that end, within the rounding.
    """
    draw, seen, met = Random(7), 0, dict.fromkeys(("none", "huge", "closed"), 0)
    for unit, world, paid, place in made_up():
        seen += 1
        payer = draw.choice(("region", "region", "prefecture", "central"))
        sums = {
            line: printed(paid.get((line, place, payer, 2023), Fraction(0))) for line in world.lines
        }
        known = {name: count for (name, at, _), count in world.counts.items() if at == place}
        line = draw.choice([each for each in sums if sums[each].most > 50] or [*sums])
        beneficiary = world.lines[line].get("beneficiary")
        truth = known[beneficiary] if beneficiary else world.amounts[line, place, 2023]
        alone = Notice(line, place[:6], 2023, (payer,), {line: sums[line]}, {})
        told = case(unit, alone)
        if told.untold:
            assert told.untold is Untold.BEARS_NOTHING
            assert not paid.get((line, place, payer, 2023))
            continue
        assert told.count
        assert told.count.least <= truth <= told.count.most, (line, place, payer)
        with_others = replace(alone, amounts=sums, counts=known)
        for notice in (
            replace(alone, counts=known),
            replace(alone, amounts=sums),
            replace(with_others, counts={k: v for k, v in known.items() if k == beneficiary}),
            with_others,
        ):
            found, base = case(unit, notice), world.bases[place]
            assert found.count, (line, place, payer)
            assert found.count.least <= truth <= found.count.most
            if found.base:
                assert found.base.least <= base <= found.base.most, (line, place, payer, notice)
                met["closed"] += found.base.most < inf
        if unit.limited(line) and truth:
            step, (small, large) = 100, sorted(told.parts)
            ends = {0: told.parts[0], NO_LIMIT: told.parts[1]}
            part = ends.get(world.bases[place])
            if part == large:
                assert truth - told.count.least <= step / large + 1
            elif part == small and small:
                assert told.count.most - truth <= step / small + 1
            met["none"] += world.bases[place] == 0
            met["huge"] += world.bases[place] == NO_LIMIT
    assert seen == COUNTIES
    assert min(met.values()) >= 10
