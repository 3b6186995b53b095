"""Stand-ins for parts of the standard library that take long to import.

`typing.NamedTuple` compiles the annotation of every field and a constructor for every class, and
`typing` itself takes time to load: together a sixth of an alert run with news. The one here looks
the same to a type checker, does not look at annotations, and all its classes share a constructor.
BLAKE2b comes from where Python keeps it: that module loads in a tenth of the time of `hashlib`.
So does what reads JSON, and a `Pattern` is compiled when first used: `json` and `re`, which `json`
needs, would be another tenth of an alert run that has a single plain line to read. `datetime` makes
its classes twice before Python 3.12, first without C; what it ends with is taken at once.
"""

from __future__ import annotations

from functools import cached_property

try:
    from _blake2 import blake2b
except ImportError:  # pragma: no cover  where Python keeps it elsewhere
    from hashlib import blake2b

__all__ = [
    "UTC",
    "JsonReader",
    "NamedTuple",
    "Pattern",
    "blake2b",
    "date",
    "datetime",
    "time",
    "timedelta",
    "tzinfo",
]

MOST_FIELDS = 32

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect
    import re
    from collections.abc import Callable, Iterable, Iterator
    from datetime import UTC, date, datetime, time, timedelta, tzinfo
    from typing import Any, NamedTuple

else:
    try:
        from _datetime import UTC, date, datetime, time, timedelta, tzinfo
    except ImportError:  # pragma: no cover  where Python has it without C
        from datetime import UTC, date, datetime, time, timedelta, tzinfo

    try:
        from _collections import _tuplegetter as item_at
    except ImportError:  # pragma: no cover  where Python has it without C
        from operator import itemgetter

        def item_at(place: int, doc: str) -> property:
            return property(itemgetter(place), doc=doc)

    _GETTERS = [item_at(place, f"Field number {place}.") for place in range(MOST_FIELDS)]
    """What reads the item of a tuple at a place, as a field; the same for every class."""

    class _Maker(type):
        """Makes a tuple class of a class statement, as `typing.NamedTuple` does."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            given = [field in body for field in fields]
            if sorted(given) != given:
                raise TypeError(f"{name}: a field without a default follows one with a default")
            if len(fields) > MOST_FIELDS:
                raise TypeError(f"{name}: more than {MOST_FIELDS} fields")
            if any(field.startswith("_") for field in fields):
                raise ValueError(f"{name}: the name of a field starts with an underscore")
            defaults = {field: body[field] for field in fields if field in body}

            members = {**body, **dict(zip(fields, _GETTERS, strict=False)), "__slots__": ()}
            members |= {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            return type(name, (_Fields,), members)

    def _others(cls: type, placed: int, named: dict[str, Any]) -> Iterable[Any]:
        """The values of the fields after those given by their place."""
        left = cls._fields[placed:]
        try:
            if placed + len(named) == len(cls._fields):
                return [named[field] for field in left]
        except KeyError:
            pass
        if placed > len(cls._fields):
            raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {placed}")
        wrong = named.keys() - set(left)
        if wrong:
            given = ", ".join(sorted(wrong))
            raise TypeError(f"{cls.__name__}: {given} is not a field, or is given twice")
        values = {**cls._field_defaults, **named}
        missing = [field for field in left if field not in values]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")
        return map(values.__getitem__, left)

    class _Signature:
        """What `inspect.signature` shows of such a class, and of those that inherit from it."""

        def __get__(self, one: object, cls: type) -> inspect.Signature:
            if cls.__new__ is not _Fields.__new__:
                raise AttributeError("a class with a constructor of its own")
            from inspect import Parameter, Signature

            types: dict[str, Any] = {}
            for base in reversed(cls.__mro__):
                types |= vars(base).get("__annotations__", {})
            return Signature(
                [
                    Parameter(
                        field,
                        Parameter.POSITIONAL_OR_KEYWORD,
                        default=cls._field_defaults.get(field, Parameter.empty),
                        annotation=types.get(field, Parameter.empty),
                    )
                    for field in cls._fields
                ]
            )

    class _Fields(tuple):
        """What all these classes share."""

        __slots__ = ()
        __signature__ = _Signature()

        def __new__(cls, /, *values: Any, **named: Any) -> tuple[Any, ...]:
            if named or len(values) != len(cls._fields):
                values = (*values, *_others(cls, len(values), named))
            return tuple.__new__(cls, values)

        @classmethod
        def _make(cls, values: Iterable[Any]) -> tuple[Any, ...]:
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changes: Any) -> tuple[Any, ...]:
            made = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            shown = ", ".join(
                f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True)
            )
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    class NamedTuple(metaclass=_Maker):
        """Base of the class statement of a tuple with named fields."""


class Pattern:
    """A regular expression for texts: `re.compile(text)`, done when it is first asked."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        import re

        return re.compile(self.text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._compiled.fullmatch(text)

    def match(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(text)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        return self._compiled.search(text, start)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(text)


class JsonReader:
    """Reads JSON as `json.loads` does with these functions for numbers, NaN and infinities.

    >>> JsonReader(str, int, str).read('{"price": 1.50, "quantity": 3, "pnl": NaN}')
    {'price': '1.50', 'quantity': 3, 'pnl': 'NaN'}
    """

    strict = True
    object_hook = object_pairs_hook = None

    def __init__(
        self,
        parse_float: Callable[[str], Any],
        parse_int: Callable[[str], Any],
        parse_constant: Callable[[str], Any],
    ) -> None:
        self.parse_float, self.parse_int = parse_float, parse_int
        self.parse_constant = parse_constant
        self._scan = self._scanner()

    def _scanner(self) -> Callable[[str, int], tuple[Any, int]]:
        try:
            from _json import make_scanner
        except ImportError:  # where Python keeps it elsewhere
            from json import JSONDecoder

            return JSONDecoder(
                parse_float=self.parse_float,
                parse_int=self.parse_int,
                parse_constant=self.parse_constant,
            ).raw_decode
        return make_scanner(self)  # type: ignore[arg-type]

    def read(self, text: str) -> Any:
        """The value; raises `ValueError` for what is not JSON."""
        bare = text.strip(" \t\n\r")
        try:
            value, end = self._scan(bare, 0)
        except (StopIteration, SystemError):  # the latter by Python 3.11, if `json` is not loaded
            raise ValueError("not JSON") from None
        if end != len(bare):
            raise ValueError("more than one value")
        return value
