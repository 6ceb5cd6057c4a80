"""The kinds of split, a file each. To add one, write its file and name it here."""

from fiscal_model.standard.kinds.base_amount import BaseAmount
from fiscal_model.standard.kinds.fund import Fund
from fiscal_model.standard.kinds.grant import Grant
from fiscal_model.standard.kinds.leaf import Leaf
from fiscal_model.standard.kinds.open import Open
from fiscal_model.standard.kinds.per_head import PerHead
from fiscal_model.standard.kinds.shares import Shares

Kinds = tuple[type[Leaf], ...]
KINDS: Kinds = (Shares, PerHead, BaseAmount, Grant, Fund, Open)
"""The first is that of a record whose keys name no other."""
