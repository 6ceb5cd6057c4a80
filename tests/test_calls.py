"""Nothing that an analyst finds under Tab fails with a raw TypeError: wrong calls are told in a
sentence, and faults of the program stay what they are.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from matplotlib.axes import Axes

import fiscal_model as fm
from fiscal_model.calls import answered
from fiscal_model.vocabulary import LANGS

WRONG: tuple[Any, ...] = (
    None,
    5,
    2.5,
    True,
    "zzz",
    "",
    [],
    {},
    [None],
    object(),
    (1, 2),
    ["a", "b"],
    b"x",
    float("nan"),
)
GOOD: dict[str, Any] = {
    "item": 11,
    "place": "652800",
    "year": 2024,
    "lang": "zh",
    "payer": "central",
    "reading": "11a",
    "option": "fixed",
}


@pytest.fixture(scope="module")
def held() -> dict[str, Any]:
    """Everything that a session may hold: results, their charts and what they give."""
    data = {
        "beneficiaries": pd.DataFrame(
            {
                "beneficiary": ["primary_pupil"] * 2,
                "place": ["653100", "652800"],
                "year": [2024] * 2,
                "count": [1000, 200],
            }
        ),
        "bases_2015": pd.DataFrame(
            {"item": [11, 12], "place": ["653100"] * 2, "amount": [10_000, 20_000]}
        ),
    }
    budget = fm.simulate("baseline", data, 2024)
    reform = {
        "name": "reform",
        "extends": "baseline",
        "rates": [{"line": "pubfund_primary", "from": 2022, "rate": 900}],
    }
    allotted, applied = fm.allotment(budget, 2024), fm.apply("baseline", data, 2024)
    found: dict[str, Any] = {
        "budget": budget,
        "part": budget.sel(item=11),
        "comparison": fm.compare(budget, reform),
        "sensitivity": fm.sensitivity("baseline", data, 2024),
        "readings": fm.reading_spread("baseline", data, 2024),
        "ledger": budget.ledger,
        "explanation": budget.explain(11, "653100", 2024),
        "allotment": allotted,
        "settlement": fm.settlement(allotted, budget),
        "applied": applied,
        "log": applied.log,
        "solution": fm.solve("baseline", "rate:pubfund_primary", "central", 1e5, 2024, inputs=data),
        "chart": budget.plot.payers(),
        "implied": fm.implied("pubfund_primary", "653131", 2024, "70.06万", "region"),
    }
    plots = {f"{name}.plot": found[name].plot for name in ("budget", "comparison", "sensitivity")}
    return found | plots


NAMES = (
    *("budget", "part", "comparison", "sensitivity", "readings", "ledger", "explanation"),
    *("allotment", "settlement", "applied", "log", "solution", "chart", "implied"),
    *("budget.plot", "comparison.plot", "sensitivity.plot"),
)


def spoken(error: fm.FiscalModelError) -> None:
    """It can be told in both languages."""
    for lang in LANGS:
        assert "FM-" in error.text(lang)


def calls(function: Any) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Ways to call a function that are wrong, or just short of an argument."""
    parameters = list(inspect.signature(function).parameters.values())
    needed = {
        each.name: GOOD.get(each.name, "here.csv")
        for each in parameters
        if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
    }
    yield (), {}
    yield (), {"nothing": 1}
    yield tuple(range(20)), {}
    for value in WRONG:
        yield (value,), {}
        for each in parameters:
            if each.kind is not each.VAR_POSITIONAL:
                yield (), {**needed, each.name: value}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_under_tab_fails_with_a_raw_error(
    held: dict[str, Any], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one public method, called with arguments that are wrong, missing or too many."""
    monkeypatch.chdir(tmp_path)
    thing = held[name]
    tried = 0
    for member in dir(type(thing)):
        inherited = name == "chart" and hasattr(Axes, member)
        if member.startswith("_") or inherited:
            continue
        try:
            method = getattr(thing, member)
        except fm.FiscalModelError:
            continue
        if not inspect.ismethod(method):
            continue
        for args, named in calls(method):
            tried += 1
            try:
                found = method(*args, **named)
                if inspect.isgenerator(found):
                    next(found, None)
            except fm.FiscalModelError as error:
                spoken(error)
            except Exception as error:
                pytest.fail(f"{name}.{member}(*{args}, **{named}): {error!r}")
    assert tried > 16


PUBLIC = [
    name
    for name in fm.__all__
    if name not in ("Budget", "FiscalModelError", "__version__", "explore", "set_language")
]


@pytest.mark.parametrize("name", PUBLIC)
def test_nor_does_a_public_function(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for args in ((object(),), (5, 5), (None, object()), tuple(range(20))):
        try:
            getattr(fm, name)(*args)
        except fm.FiscalModelError as error:
            spoken(error)
    with pytest.raises(fm.FiscalModelError, match="FM-call-not-so"):
        getattr(fm, name)(nothing=1)


@pytest.mark.smoke
def test_the_sentence_says_how_the_function_is_called() -> None:
    @answered
    def paid(item: int, place: str = "all", *, year: int | None = None) -> str:
        return place.upper() + str(year or item + 1)

    assert paid(1) == "ALL2"
    assert paid(1, year=5) == "ALL5"
    for call in (lambda: paid(), lambda: paid(1, 2, 3), lambda: paid(1, month=3)):  # type: ignore[call-arg,misc]
        with pytest.raises(fm.FiscalModelError) as caught:
            call()
        said = "paid(item, place='all', *, year=None)"
        assert caught.value.text("en") == f"FM-call-not-so these arguments do not fit: {said}"
    with pytest.raises(fm.FiscalModelError, match=r"place: int"):
        paid(1, 5)  # type: ignore[arg-type]


def test_a_fault_of_the_program_is_not_dressed_up() -> None:
    """Whoever calls rightly sees what failed."""

    @answered
    def broken(item: int, names: Sequence[str], lang: Literal["zh", "en"] = "zh") -> None:
        raise TypeError("inside")

    with pytest.raises(TypeError, match="inside"):
        broken(1, ["a"])
    for wrong in ({"item": "x"}, {"names": [1]}, {"names": 5}, {"lang": "fr"}):
        with pytest.raises(fm.FiscalModelError, match="FM-argument-of-other-type"):
            broken(**{"item": 1, "names": ["a"], **wrong})  # type: ignore[arg-type]


def test_methods_keep_their_words_and_signatures() -> None:
    assert "step by step" in (fm.Budget.explain.__doc__ or "")
    assert list(inspect.signature(fm.Budget.explain).parameters)[1:] == [
        "item",
        "place",
        "year",
        "payer",
    ]
