"""Columns of decoded records: names, kinds of values, values.

A record is a mapping of JSON values, perhaps nested, in which numbers are exact (`Decimal`, `int`
or their digits as a text). A column is one field of all records, in their order:

    {"id": 1, "exit": {"price": "2.5"}}    columns `id` and `exit.price`
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import compress
from types import NoneType
from typing import TypeVar

from perfkit.inference.table import shapes
from perfkit.inference.table.alike_records import column_of
from perfkit.inference.words.names import word_set, words

T = TypeVar("T")

SAMPLED_VALUES = 400
"""The kind of a column is decided from so many of its values."""
SAMPLED_RECORDS = 1_200
"""Names of columns are looked for in so many records."""
MOST_WORDS = 40
"""A column of words that say what kind of record it is has no more of them."""
MOST_COLUMNS = 400
MOST_LEVELS = 4

NUMBER, TIME, TEXT, BOOLEAN, CLOCK, EMPTY, OTHER = (
    *("number", "time", "text", "boolean", "clock", "empty", "other"),
)
_CENT = Decimal("0.01")
_PLAIN_TYPES = {str, int, Decimal, bool, NoneType}
_LONGEST_BOOLEAN = 10
"""No true or false is longer, blanks around it counted."""
_MOST = 0.9
_MOST_TIMES = 0.8
"""A column is of a kind if at least so many of its values are; of times, some may say `open`."""
_HELD = word_set("capital equity balance bankroll cash")
"""Words of amounts as large as the seconds since 1970: `capital_open`."""
_TIME_WORDS = word_set("time date at ts t when timestamp on entry exit open close")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_RESERVED = word_set("""
    and or not in is if else for lambda None True False await async class def del from global import
    nonlocal pass raise return try while with yield as assert break continue elif except finally
    """)


@dataclass(frozen=True, eq=False)
class Column:
    """One field of the records: its path, its value in each record, and what kind they are.

    `unit` is that of a time logged as a number, `layout` the `strptime` format of one that is no
    ISO 8601 text.
    """

    path: tuple[str, ...]
    values: Sequence[object]
    kind: str
    unit: str = ""
    layout: str = ""

    @property
    def name(self) -> str:
        """The names from the outside in, with dots."""
        return ".".join(self.path)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the innermost name."""
        return words(self.path[-1])

    @property
    def expression(self) -> str:
        """The column as an expression of a dialect."""
        first, *inner = self.path
        return _in_expression(first) + "".join(map(_inner, inner))

    @cached_property
    def present(self) -> list[bool]:
        """For each record, whether it has a value."""
        return shapes.are_there(self.values)

    @cached_property
    def filled(self) -> int:
        """How many records have a value."""
        return sum(self.present)

    @cached_property
    def numbers(self) -> list[Decimal | None]:
        """The values as numbers; None where one is missing or not a number.

        Beside a decimal comma, as in 0,5, the point of 1.234 separates thousands.
        """
        texts = [value for value in self.sample if isinstance(value, str)]
        if any(map(shapes.is_decimal_comma, texts)):
            return _each_once(shapes.number_with_comma, self.values)
        return _each_once(shapes.number, self.values)

    @cached_property
    def step(self) -> Decimal:
        """The unit of the last digit that the numbers show, at most 0.01: for 1.5 and 3.255 0.001.

        A log that shows whole numbers has seldom rounded them to that.
        """
        sizes = [size for size in map(shapes.number, self.sample) if size is not None]
        exponents = [size.as_tuple().exponent for size in sizes]
        return (
            Decimal(1)
            .scaleb(min((e for e in exponents if isinstance(e, int)), default=0))
            .min(_CENT)
        )

    @cached_property
    def instants(self) -> list[int | None]:
        """The values as microseconds since 1970; None where one is missing or not a time."""
        return [shapes.instant(value, self.unit, self.layout) for value in self.values]

    @cached_property
    def labels(self) -> list[str]:
        """The values as words in lower case; empty where one is missing."""
        return _each_once(_label, self.values)

    @cached_property
    def distinct(self) -> dict[str, int]:
        """How often each of `labels` comes."""
        return Counter(self.labels)

    @cached_property
    def has_few_words(self) -> bool:
        """Whether few different values come again and again, as a look at some of them shows."""
        return len({_label(value) for value in self.sample}) <= MOST_WORDS

    def instant(self, row: int) -> int | None:
        """The time of one record."""
        return shapes.instant(self.values[row], self.unit, self.layout)

    @cached_property
    def sample(self) -> list[object]:
        """Some of the values that are there, from the whole column."""
        return _first_values(self.values)


def _each_once(convert: Callable[[object], T], values: Sequence[object]) -> list[T]:
    """Converts values, each text that comes again only once."""
    if set(map(type, values)) <= {str, NoneType}:
        return list(map({value: convert(value) for value in set(values)}.__getitem__, values))
    return list(map(convert, values))


def sampled(values: Sequence[object], most: int = SAMPLED_VALUES) -> list[object]:
    """At most so many of some values, spread evenly over them."""
    if len(values) <= most:
        return list(values)
    return [values[n * len(values) // most] for n in range(most)]


def columns_of(records: Sequence[Mapping[str, object]]) -> list[Column]:
    """The columns of some records, in the order in which their fields first come."""
    looked_at = list(records)
    if len(records) > SAMPLED_RECORDS:
        half = SAMPLED_RECORDS // 2
        looked_at = [*records[:half], *sampled(records[half:], half)]  # type: ignore[list-item]
    paths: dict[tuple[str, ...], None] = {}
    known: set[tuple[str, ...]] = set()
    for record in looked_at:
        names = tuple(record)
        if names not in known or not {*map(type, record.values())} <= _PLAIN_TYPES:
            _collect(record, (), paths)
            known.add(names)
    return [_column(path, records) for path in list(paths)[:MOST_COLUMNS]]


def _collect(
    record: Mapping[str, object], above: tuple[str, ...], paths: dict[tuple[str, ...], None]
) -> None:
    for name, value in record.items():
        path = (*above, str(name))
        if isinstance(value, Mapping) and value:
            if len(path) < MOST_LEVELS:
                _collect(value, path, paths)
        else:
            paths.setdefault(path)


def _column(path: tuple[str, ...], records: Sequence[Mapping[str, object]]) -> Column:
    values: Sequence[object]
    if len(path) == 1:
        values = column_of(records, path[0])
    else:
        values = [_at(record, path) for record in records]
    return column_of_values(path, values)


def column_of_values(path: tuple[str, ...], values: Sequence[object]) -> Column:
    """The column of some values, of the kind that most of them are."""
    kind, unit, layout = _kind(words(path[-1]), values)
    return Column(path, values, kind, unit, layout)


def _at(record: object, path: tuple[str, ...]) -> object:
    for name in path:
        if not isinstance(record, Mapping):
            return None
        record = record.get(name)
    return record


def _kind(parts: tuple[str, ...], values: Sequence[object]) -> tuple[str, str, str]:
    """The kind of a column, the unit of its numeric times, the format of its odd ones."""
    sample = _first_values(values)
    if not sample:
        return EMPTY, "", ""
    most = _MOST * len(sample)
    if sum(isinstance(value, list | dict) for value in sample) > len(sample) - most:
        return OTHER, "", ""
    if sum(map(_is_true_or_false, sample)) >= most:
        return BOOLEAN, "", ""
    if shapes.is_iso(sample[0]) and _are_iso(sample):  # first, as they are looked at fast
        return TIME, "", _format_of_rest(sample)
    numbers = [size for size in map(shapes.number, sample) if size is not None]
    if len(numbers) >= most:
        unit, layout = _time_of_numbers(parts, numbers, sample)
        return (TIME if unit or layout else NUMBER), unit, layout
    if sum(map(shapes.clock_time, sample)) >= most:
        return CLOCK, "", ""
    if _are_iso(sample):
        return TIME, "", _format_of_rest(sample)
    layouts = _layouts(sample)
    layout = max(set(layouts), key=layouts.count) if layouts else ""
    if layout and layouts.count(layout) >= _MOST_TIMES * len(sample):
        return TIME, "", _month_first(layout, sample)
    return TEXT, "", ""


def _time_of_numbers(
    parts: tuple[str, ...], numbers: Sequence[Decimal], sample: Sequence[object]
) -> tuple[str, str]:
    """The unit of numbers that are times, or the format of their digits; both empty for others."""
    if not set(parts) & _TIME_WORDS:
        return "", ""
    units = [shapes.epoch_unit(size) for size in numbers if size]
    unit = max(set(units), key=units.count) if units else ""
    if all(units) and len(set(units)) > 1:
        unit = shapes.ANY_UNIT
    is_epoch = unit == shapes.ANY_UNIT or units.count(unit) >= _MOST * len(units)
    if unit and is_epoch and not set(parts) & _HELD:
        return unit, ""
    return "", shapes.format_of_digits(sample)


def _are_iso(sample: Sequence[object]) -> bool:
    """Whether values are times in ISO 8601; some may be none."""
    return sum(map(shapes.is_iso, sample)) >= _MOST_TIMES * len(sample)


def _layouts(sample: Sequence[object]) -> list[str]:
    """The formats of texts; May is the name of a month in full where others are."""
    layouts = [(shapes.time_format(value), value) for value in sample if isinstance(value, str)]
    if not any("%B" in layout for layout, _ in layouts):
        return [layout for layout, _ in layouts]
    return [
        layout.replace("%b", "%B") if "may" in value.lower() else layout
        for layout, value in layouts
    ]


def _format_of_rest(sample: Sequence[object]) -> str:
    """The format of times that are not ISO 8601, beside those that are: 10-Mar-26, 2026/03/10.

    Only one whose order of year, month and day is in no doubt counts.
    """
    others = [value for value in sample if isinstance(value, str) and not shapes.is_iso(value)]
    layouts = {shapes.time_format(value) for value in others} - {""}
    layout = layouts.pop() if len(layouts) == 1 else ""
    is_clear = "%b" in layout or "%B" in layout or layout.startswith("%Y")
    return layout if is_clear else ""


def _first_values(values: Sequence[object]) -> list[object]:
    """Up to so many values that are there, from places spread over the column."""
    found = _without_missing(sampled(values, 4 * SAMPLED_VALUES)) or _without_missing(values)
    return sampled(found)


def _without_missing(values: Sequence[object]) -> list[object]:
    return list(compress(values, shapes.are_there(values)))


def _month_first(layout: str, sample: Sequence[object]) -> str:
    """The format with its month before its day where a value above 12 says so."""
    if not layout.startswith("%d") or "%b" in layout or "%B" in layout:
        return layout
    groups = [re.findall("[0-9]+", value) for value in sample if isinstance(value, str)]
    if max((int(one[1]) for one in groups if len(one) > 1), default=0) > 12:
        return layout.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    return layout


def _is_true_or_false(value: object) -> bool:
    if isinstance(value, str):
        return len(value) < _LONGEST_BOOLEAN and _label(value) in ("true", "false")
    return isinstance(value, bool)


def _label(value: object) -> str:
    if isinstance(value, str):
        return "" if value in shapes.MISSING else value.strip().lower()
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _in_expression(name: str) -> str:
    """One name as an expression has it: in quotes unless it is an identifier."""
    if _PLAIN_NAME.fullmatch(name) and name not in _RESERVED:
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _inner(name: str) -> str:
    """A name inside an object: `.price`, or `["exit price"]`."""
    written = _in_expression(name)
    return f".{written}" if written == name else f"[{written}]"


def names_of(columns: Sequence[Column]) -> list[str]:
    """The names of columns that have a value somewhere."""
    return [column.name for column in columns if column.filled]


def rows_equal(columns: Sequence[Column], rows: Sequence[int]) -> int:
    """How many of some records repeat an earlier one of them in every column."""
    taken = [[column.values[row] for row in rows] for column in columns]
    records = list(zip(*taken, strict=True))
    try:
        return len(records) - len(set(records))
    except TypeError:  # lists among the values
        return len(records) - len(set(map(repr, records)))
