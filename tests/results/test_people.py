"""By how many people amounts are divided where places change."""

from __future__ import annotations

import numpy as np
import pytest

from fiscal_model.results.people import of_places
from fiscal_model.standard.read import load_standard

HOTAN, PISHAN, HEKANG = "653200", "653223", "653228"


def test_a_prefecture_has_the_people_of_its_counties_of_the_time() -> None:
    """Hotan has 8 counties of 100 persons; 和康县 came out of 皮山县 in December 2024: in 2023 it is
    not there, in 2024 it has 40 of the 100; 和安县 is counted with 和田县 throughout. 800 both years,
    whether the new counties are shown or not.
    """
    places = load_standard().places
    old = [code for code in places.leaves(HOTAN) if code not in places.lives]
    assert len(old) == 8
    persons = np.full((len(places), 2), np.nan)
    persons[places.at(old)] = 100
    persons[places.index[PISHAN]] = 100, 60
    persons[places.index[HEKANG]] = np.nan, 40
    for shown in (places.leaves(HOTAN), old, (HOTAN,)):
        assert of_places(persons, places, HOTAN, shown).tolist() == pytest.approx([800, 800])
