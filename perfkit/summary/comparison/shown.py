"""A comparison as a person reads it: verdicts first, then figure by figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from perfkit.core.formatting import NOTHING, aligned, escaped, plain, table
from perfkit.summary.comparison.compare import TESTED
from perfkit.summary.comparison.shape import TOO_FEW, ComparedFigure, ComparisonShape, SideShape
from perfkit.summary.filters import conditions_in_words
from perfkit.summary.labels import Cash, cash_of, in_sentence, label_of, shown, shown_difference
from perfkit.summary.shown import (
    PublicNames,
    as_html,
    bundle,
    markdown_with_readings,
    text_with_readings,
    with_note,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from perfkit.summary.shown import Printer

LONGEST_REASON = 1_000
NOTHING_TO_COMPARE = "Nothing to compare:"
HEADER = ["", "Base", "Other", "Difference", "95 % interval"]


class Comparison(PublicNames, ComparisonShape):
    """Two selections compared, which JupyterLab and a terminal show as tables."""

    data_up_to: date | None = None
    why_empty: tuple[str, ...] = ()
    """Sentences that say why a side has no trade."""
    readings: tuple[str, ...] = ()
    """How logs that no workspace describes are likely to be read."""

    def __str__(self) -> str:
        return text_with_readings(comparison_text(self, self.why_empty), self.readings)

    @property
    def markdown(self) -> str:
        """The comparison as Markdown."""
        return markdown_with_readings(comparison_markdown(self, self.why_empty), self.readings)

    def _repr_html_(self) -> str | None:
        return as_html(self.markdown, self.data_up_to)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(str(self), self.markdown, self.data_up_to)

    def _repr_pretty_(self, printer: Printer, _: object) -> None:
        """The text as IPython asks for it; of a tuple it would show the fields."""
        printer.text(with_note(str(self), self.data_up_to))


def comparison_text(found: ComparisonShape, why_empty: Sequence[str] = ()) -> str:
    """The comparison for a terminal; of an empty side only why it is empty."""
    if why_empty:
        return "\n".join([*_sides(found, plain), "", NOTHING_TO_COMPARE, *why_empty, ""])
    parts = [*_sides(found, plain), "", *_verdicts(found), ""]
    return "\n".join(parts) + "\n" + aligned(HEADER, _rows(found))


def comparison_markdown(found: ComparisonShape, why_empty: Sequence[str] = ()) -> str:
    """The comparison as Markdown."""
    sides = "\n".join(f"- {line}" for line in _sides(found, escaped))
    if why_empty:
        reasons = "".join(f"- {escaped(one, LONGEST_REASON)}\n" for one in why_empty)
        return f"{sides}\n\n{NOTHING_TO_COMPARE}\n\n{reasons}"
    verdicts = "\n".join(f"- {line}" for line in _verdicts(found))
    return f"{sides}\n\n{verdicts}\n\n{table(HEADER, _rows(found))}"


def _sides(found: ComparisonShape, clean: Callable[[str], str]) -> list[str]:
    """Which trades each side has."""
    return [
        f"{name}: {side_text(side, clean)}"
        for name, side in (("Base", found.base), ("Other", found.other))
    ]


def side_text(side: SideShape, clean: Callable[[str], str]) -> str:
    """The days and the filter of a side."""
    window = side.window
    days = f"{window.first_day} to {window.last_day}"
    if window.first_day == window.last_day:
        days = f"{window.first_day}"
    where = ", ".join(conditions_in_words(side.where, clean))
    return f"{days} where {where}" if where else days


def _verdicts(found: ComparisonShape) -> list[str]:
    """A sentence for each figure that is tested."""
    cash = cash_of_both(found)
    lines = []
    for one in found.figures:
        if one.verdict is None:
            continue
        label = label_of(one.metric)
        if one.verdict == TOO_FEW:
            lines.append(f"{label}: {TOO_FEW} ({_change(one, cash)}; {_within(one, cash)})")
        else:
            lines.append(
                f"{label}: other is {one.verdict} ({_change(one, cash)}; {_within(one, cash)})"
            )
    missing = [name for name in TESTED if found.figure(name).verdict is None]
    if missing:
        names = " and ".join(map(in_sentence, missing))
        lines.append(f"No verdict on {names}: a side has no trade with a value")
    return lines


def _change(one: ComparedFigure, cash: Cash) -> str:
    assert one.difference is not None
    return shown_difference(one.metric, one.difference, cash)


def _within(one: ComparedFigure, cash: Cash) -> str:
    return f"95 % interval {interval_text(one, cash)}"


def interval_text(one: ComparedFigure, cash: Cash) -> str:
    """Both ends of the interval of a difference; blank without one."""
    if one.low is None or one.high is None:
        return ""
    low, high = (shown_difference(one.metric, end, cash) for end in (one.low, one.high))
    return f"{low} to {high}"


def _rows(found: ComparisonShape) -> list[list[str]]:
    cash = cash_of_both(found)
    return [
        [
            label_of(one.metric),
            shown(one.metric, one.base, cash),
            shown(one.metric, one.other, cash),
            NOTHING if one.difference is None else _change(one, cash),
            interval_text(one, cash),
        ]
        for one in found.figures
        if one.base is not None or one.other is not None
    ]


def cash_of_both(found: ComparisonShape) -> Cash:
    """As many decimals as the finer side needs."""
    sides = (
        {one.metric: getattr(one, side) for one in found.figures} for side in ("base", "other")
    )
    return max((cash_of(side, found.currency) for side in sides), key=lambda cash: cash.places)
