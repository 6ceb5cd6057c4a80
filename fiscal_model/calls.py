"""What is said of a call that cannot be: a sentence in the place of Python's TypeError."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, TypeVar

from fiscal_model.errors import fault
from fiscal_model.vocabulary import in_both

Thing = TypeVar("Thing", bound=type | Callable[..., Any])
FAILURES = (TypeError, AttributeError, ValueError, LookupError)
"""What Python raises of arguments that are of another type than a function expects."""


def answered(thing: Thing) -> Thing:
    """A function, or the public methods that a class defines itself, for callers who are analysts:
    arguments that do not fit the signature, or the types that it states, are told in a sentence.

    Types are looked at only after a call has failed. What fails with arguments of the right types
    is a fault of the program, and stays what it is.
    """
    if isinstance(thing, type):
        for name, member in list(vars(thing).items()):
            if name.startswith("_"):
                continue
            if isinstance(member, types.FunctionType):
                setattr(thing, name, _answered(member))
            elif isinstance(member, classmethod):
                setattr(thing, name, classmethod(_answered(member.__func__)))
        return thing
    return typing.cast(Thing, _answered(thing))


def _answered(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        try:
            found = function(*args, **named)
        except FAILURES as error:
            _tell(function, args, named)
            raise error from None
        return watched(found, args, named) if isinstance(found, types.GeneratorType) else found

    def watched(
        found: Iterator[Any], args: tuple[Any, ...], named: dict[str, Any]
    ) -> Iterator[Any]:
        """What fails only while it is gone through."""
        try:
            yield from found
        except FAILURES as error:
            _tell(function, args, named)
            raise error from None

    return call


def _tell(function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Says what is wrong with the arguments, if anything is.

    Raises:
        FiscalModelError: they do not fit.

    """
    known = signature(function)
    try:
        bound = known.bind(*args, **named)
    except TypeError:
        raise fault("", "call-not-so", form=_form(function.__name__, known)) from None
    wrong = [
        f"{name}: {type(value).__name__}"
        for name, parameter, value in _given(known, bound.arguments)
        if not _fits(value, _hint(parameter, function))
    ]
    if wrong:
        form = _form(function.__name__, known)
        raise fault("", "argument-of-other-type", given=in_both(wrong), form=form) from None


def _given(known: Signature, arguments: dict[str, Any]) -> Iterator[tuple[str, Parameter, Any]]:
    """Each value with its parameter, those of ``*args`` one by one."""
    for name, value in arguments.items():
        parameter = known.parameters[name]
        several = parameter.kind is Parameter.VAR_POSITIONAL
        yield from ((name, parameter, each) for each in (value if several else (value,)))


def _form(name: str, known: Signature) -> str:
    """How a function is called: names, and values by default."""
    shown = [
        parameter.replace(annotation=Parameter.empty)
        for parameter in known.parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    return f"{name}{Signature(shown)}"


def _hint(parameter: Parameter, function: Callable[..., Any]) -> Any:
    """The type that a parameter states; any where it is known to a type checker only."""
    if not isinstance(parameter.annotation, str):
        return object
    try:
        return eval(parameter.annotation, function.__globals__)  # of our own source
    except (NameError, AttributeError):
        return object


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type; where that cannot be said, it is."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in typing.get_args(hint))
    if origin is typing.Literal:
        return value in typing.get_args(hint)
    if hint is None:
        return value is None
    if hint is Any:
        return True
    kind = origin or hint
    if not isinstance(kind, type) or getattr(kind, "_is_protocol", False):
        return True
    if isinstance(value, bool | bytes) and kind not in (bool, bytes, object):
        return False
    if kind is float:
        return isinstance(value, int | float) or hasattr(value, "__float__")
    if kind is int:
        return hasattr(value, "__index__")
    inner = typing.get_args(hint)
    whole = isinstance(value, kind)
    if whole and inner and isinstance(value, list | tuple | set) and issubclass(kind, Iterable):
        return all(_fits(each, inner[0]) for each in value)
    return whole
