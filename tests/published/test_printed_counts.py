"""What the printed counts alone decide, whoever reads them: no growth of a scenario, no share that
nobody has stated, no agreement with data that were made from the figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

import fiscal_model as fm
from fiscal_model.errors import FiscalModelError
from fiscal_model.published.confront import Row
from fiscal_model.published.read import published
from fiscal_model.published.words import reason
from fiscal_model.standard.printed import SEEN
from fiscal_model.standard.read import load_standard

DATA = {
    "beneficiaries": pd.DataFrame(
        [
            ("nutrition_national_pupil", "653100", 2022, 1_000),
            ("primary_pupil", "652300", 2022, 100),
        ],
        columns=["beneficiary", "place", "year", "count"],
    )
}


def row(scenario: Any = "as_written", inputs: Mapping[str, Any] = DATA, **cells: Any) -> Row:
    """1.00 of a million yuan for the meals of Kashgar in 2022, but for some cells."""
    given = {
        **{"id": "A", "figure": 100, "unit": "万元", "digits": 0, "stage": "executed"},
        **{"payer": "", "item": "", "line": "nutrition_national", "place": "653100"},
        **{"year": 2022, "counts": "", "document": "", "seen": "press", "note": "", **cells},
    }
    [found] = fm.confront(scenario, pd.DataFrame([given]), inputs).rows
    return found


def reform(**changes: Any) -> dict[str, Any]:
    return {"name": "reform", "title": "reform", "extends": "as_written", **changes}


@pytest.mark.smoke
def test_a_scenario_changes_what_printed_beneficiaries_get_and_not_how_many_they_were() -> None:
    """1,000 pupils at 4 yuan on 200 days; half as many again on the data; at 5 yuan a million."""
    more = reform(beneficiaries=[{"beneficiary": "nutrition_national_pupil", "factor": 1.5}])
    found = row(more, counts=1_000)
    assert (found.on_counts, found.on_data) == (800_000, 1_200_000)
    dearer = reform(rates=[{"line": "nutrition_national", "from": 2022, "rate": 5}])
    assert row(dearer, counts=1_000).on_counts == 1_000_000
    assert row(dearer, counts=1_000).verdict == "agrees"


def test_pooled_prefecture_and_county_are_not_told_apart() -> None:
    """Public funds of the north: central 8 of 10, region and prefecture 3 and 7 of ten of the rest:
    650 × 0.2 × 0.7 = 91 yuan a pupil, of which nobody says whose, until a county share does.
    """
    of = {"line": "pubfund_primary", "place": "652300"}
    assert row(**of, payer="prefecture").on_data == pytest.approx(9_100)
    apart = row(**of, payer="county_level", counts=100)
    assert apart.on_counts is None
    assert apart.on_data is None
    assert "县级" in reason(apart).zh
    share = pd.DataFrame([("", "652300", 0.25)], columns=["item", "place", "county_share"])
    shared = row(inputs={**DATA, "local_split": share}, **of, payer="county_level")
    assert shared.on_data == pytest.approx(2_275)


def test_who_bears_nothing_is_told() -> None:
    """Central alone pays the national pilot."""
    for counts in ("", 1_000):
        found = row(payer="region", counts=counts)
        assert found.ours == 0
        assert (found.percent, found.verdict) == (-100, "differs")
        assert "不承担" in reason(found).zh
        assert "nothing" in reason(found).en


def test_a_figure_has_no_more_decimals_than_were_printed() -> None:
    with pytest.raises(FiscalModelError) as caught:
        row(figure=10.391, digits=2)
    [fault] = caught.value.faults
    assert fault.message.code == "published-digits-too-few"


def test_a_note_stands_beside_what_agrees_on_the_data() -> None:
    """1,000 pupils are 800,000 yuan; a figure that the data were made from is no second witness."""
    made = {"figure": 80, "note": "数据按此数编制"}
    assert row(**made).verdict == "agrees"
    assert reason(row(**made)).zh == made["note"]
    assert reason(row(figure=80)).zh == ""
    assert reason(row(**made, counts=1_000)).zh == ""


def test_how_every_shipped_figure_was_seen_is_stated_or_left_open() -> None:
    rows = published(None, load_standard()).rows
    assert {each.seen for each in rows} <= {*SEEN, ""}
    assert len({each.id for each in rows}) == len(rows)
