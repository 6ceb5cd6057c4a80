"""Binds nodes of a YAML file to records, whose fields say beside their type how they are written.

A field is read under its own name and by its type: a text, a Chinese and English pair, a flag, a
number, a record, ``tuple[X, ...]`` as a list, ``Mapping[str, X]`` as a mapping with free keys.
``Annotated`` says more: another :class:`Key`, a reader such as :class:`Number`, or that several
keys tell it (:class:`Told`). A field without a default must be there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from decimal import Decimal
from functools import cache
from inspect import get_annotations
from types import NoneType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    NamedTuple,
    Self,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from fiscal_model.records.node import Known, Node, text_of
from fiscal_model.vocabulary import Text, in_both

Reader = Callable[[Node, Any], Any]
"""Reads a value in a context, or gives None after noting what is wrong."""
Nodes = Mapping[str, Node]


class Key(NamedTuple):
    """The key of a field that is not its name, or must be there though the field has a default."""

    name: str
    required: bool = False


class Told(NamedTuple):
    """A field that several keys tell together, or that its own does not tell alone; with
    ``required`` each of them must be there.
    """

    keys: tuple[str, ...]
    read: Callable[[Node, Nodes, Any], Any]
    required: bool = False


class Part(NamedTuple):
    """A field of a record."""

    name: str
    told: Told
    has_default: bool


class Record:
    """What can be bound. ``one_of`` are keys of which just one is stated."""

    one_of: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @cache
    def parts(cls) -> tuple[Part, ...]:
        """Its fields, its own before those of what it is a kind of."""
        hints = get_type_hints(cls, include_extras=True)
        known = fields(cls)  # type: ignore[arg-type]
        defaults = {each.name: each.default is not MISSING for each in known}
        named = [name for each in cls.__mro__ for name in get_annotations(each) if name in defaults]
        # a field that a kind says anew stays where it was
        own = reversed(dict.fromkeys(reversed(named)))
        return tuple(
            Part(name, _told(name, hints[name], defaults[name]), defaults[name]) for name in own
        )

    @classmethod
    @cache
    def keys(cls) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The keys that must be there, and all."""
        every = [(key, part.told.required) for part in cls.parts() for key in part.told.keys]
        return tuple(key for key, required in every if required), tuple(key for key, _ in every)

    def check(self, node: Node, nodes: Nodes, context: Any) -> Self | None:
        """Holds its fields against one another, notes what is wrong: the record to go on with."""
        return self


AnyRecord = TypeVar("AnyRecord", bound=Record)


def texts(make: Callable[..., Any], *keys: str) -> Told:
    """What is made of the texts under some keys, each of which must be there."""

    def read(node: Node, nodes: Nodes, context: Any) -> Any:
        found = [nodes[key].text() for key in keys if key in nodes]
        return make(*found) if len(found) == len(keys) else None

    return Told(keys, read, required=True)


GIVEN: Final = Told((), lambda *_: None)
"""A field that no key tells: whoever binds the record gives it."""


class Number(NamedTuple):
    """A decimal number within limits, in a habit of the file for figures of this ``kind``."""

    least: Decimal | int
    most: Decimal | int
    kind: str = ""

    def __call__(self, node: Node, context: Any) -> Decimal | None:
        return node.number(self.least, self.most, self.kind)


class Whole(NamedTuple):
    """A whole number within limits."""

    least: int
    most: int
    kind: str = ""

    def __call__(self, node: Node, context: Any) -> int | None:
        return node.whole(self.least, self.most, self.kind)


class Name(NamedTuple):
    """The code or the name of something that the context knows; ``what`` says of what."""

    known: Callable[[Any], Known]
    what: Text

    def __call__(self, node: Node, context: Any) -> str | None:
        return node.one_of(self.known(context), self.what)


def bind(node: Node, cls: type[AnyRecord], context: Any, **given: Any) -> AnyRecord | None:
    """The record that a node states, with the values ``given`` besides; None after noting what is
    wrong with a part that it cannot be without. Of other parts what is wrong is noted and left out.
    """
    return bound(node, node.mapping(*cls.keys()), cls, context, **given)


def bind_all(
    nodes: Sequence[Node], cls: type[AnyRecord], context: Any, **given: Any
) -> tuple[AnyRecord, ...]:
    """The records of a list; what cannot be read is left out."""
    return tuple(found for node in nodes if (found := bind(node, cls, context, **given)))


def bound(
    node: Node, nodes: Nodes, cls: type[AnyRecord], context: Any, **given: Any
) -> AnyRecord | None:
    """As :func:`bind`, from the ``nodes`` of a mapping by key."""
    stated = [key for key in cls.one_of if key in nodes]
    whole = not cls.one_of or len(stated) == 1
    if not whole:
        node.fault("one-way-expected", ways=in_both(cls.one_of))
    said = True
    for part in (part for part in cls.parts() if part.name not in given):
        found = part.told.read(node, nodes, context)
        if found is not None:
            given[part.name] = found
        elif not part.has_default:
            whole = False
        elif not set(stated).isdisjoint(part.told.keys):
            said = False
    record = cls(**given).check(node, nodes, context) if whole else None
    return record if said else None


def _told(name: str, hint: Any, has_default: bool) -> Told:
    """What the type of a field says of how it is written."""
    said = getattr(hint, "__metadata__", ())
    if told := next((each for each in said if isinstance(each, Told)), None):
        return told
    key, required = next((each for each in said if isinstance(each, Key)), Key(name))
    read = _reader(hint)
    return Told(
        (key,),
        lambda _, nodes, context: read(nodes[key], context) if key in nodes else None,
        required or not has_default,
    )


_PLAIN: dict[Any, Callable[[Node], Any]] = {
    str: Node.text,
    Text: text_of,
    bool: Node.flag,
    Decimal: Node.number,
}


def _reader(hint: Any) -> Reader:
    """What reads a value of a type."""
    if get_origin(hint) is Annotated:
        own = next((each for each in hint.__metadata__ if callable(each)), None)
        return own or _reader(hint.__origin__)
    inner = [each for each in get_args(hint) if each is not NoneType]
    if get_origin(hint) is tuple:
        each = _reader(inner[0])
        return lambda node, context: tuple(
            found for part in node.items() if (found := each(part, context)) is not None
        )
    if get_origin(hint) is Mapping:
        each = _reader(inner[1])
        return lambda node, context: {
            name: found
            for name, part in node.entries().items()
            if (found := each(part, context)) is not None
        }
    if inner:
        return _reader(inner[0])
    if hint in _PLAIN:
        return lambda node, context: _PLAIN[hint](node)
    return lambda node, context: bind(node, hint, context)
