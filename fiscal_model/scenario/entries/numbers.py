"""Numbers of entries, as they are read and said."""

from __future__ import annotations

from decimal import Decimal

MOST_YUAN, MOST_PERSONS, LARGEST_FACTOR = 10**15, 10**10, 1000
LEAST_GROWTH, MOST_GROWTH = Decimal("-0.99"), 1


def percent(growth: Decimal) -> str:
    """Growth a year as a percentage with its sign."""
    return f"{growth * 100:+f}".rstrip("0").rstrip(".") + "%"
