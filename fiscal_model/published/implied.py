"""What a printed sum without counts tells of them."""

from __future__ import annotations

from fiscal_model.published.table import Published
from fiscal_model.published.world import Outcome
from fiscal_model.vocabulary import Text


def implied(of: Published, head: Outcome) -> Text | None:
    """How many beneficiaries a sum comes to at what one of them comes to (``head``); None where
    that is not known.
    """
    if not head.yuan:
        return None
    count = float(of.printed) / head.yuan
    return Text(
        f"按每个对象{head.yuan:,.0f}元，相当于{count:,.0f}人",
        f"at {head.yuan:,.0f} yuan each it comes to {count:,.0f} beneficiaries",
    )
