"""A simulation of drawdowns as a person reads it: what it says, and how little, then the table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from perfkit.core.exact import canonical, decimal_places
from perfkit.core.formatting import aligned, escaped, fixed, plain, table
from perfkit.summary.comparison.shape import SideShape
from perfkit.summary.comparison.shown import side_text
from perfkit.summary.labels import LEAST_PLACES
from perfkit.summary.shown import (
    PublicNames,
    as_html,
    bundle,
    markdown_with_readings,
    text_with_readings,
    with_note,
)
from perfkit.summary.simulation.shape import MonteCarloShape, SimulatedDrawdowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from perfkit.summary.shown import Printer

HEADER = ["Drawdown not exceeded in", "50 % of runs", "95 %", "99 %", "Deeper than as traded"]
NO_TRADES = "No closed trade with a P&L: nothing to draw from."
TOGETHER = (
    "At most 1 % of random orders fall as deep as the trades did: losses came closer together than "
    "chance makes likely."
)
LIMITS = (
    "The runs assume that trades are independent. If losses follow losses, or the market changes, "
    "drawdowns can be deeper."
)


class MonteCarlo(PublicNames, MonteCarloShape):
    """Simulated drawdowns, which JupyterLab and a terminal show as a table."""

    data_up_to: date | None = None
    readings: tuple[str, ...] = ()
    """How logs that no workspace describes are likely to be read."""

    def __str__(self) -> str:
        return text_with_readings(simulation_text(self), self.readings)

    @property
    def markdown(self) -> str:
        """The simulation as Markdown."""
        return markdown_with_readings(simulation_markdown(self), self.readings)

    def _repr_html_(self) -> str | None:
        return as_html(self.markdown, self.data_up_to)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(str(self), self.markdown, self.data_up_to)

    def _repr_pretty_(self, printer: Printer, _: object) -> None:
        """The text as IPython asks for it; of a tuple it would show the fields."""
        printer.text(with_note(str(self), self.data_up_to))


def simulation_text(found: MonteCarloShape) -> str:
    """The simulation for a terminal."""
    lines = "\n".join(_lines(found, plain)) + "\n"
    rows = _rows(found)
    return f"{lines}\n{aligned(HEADER, rows)}" if rows else lines


def simulation_markdown(found: MonteCarloShape) -> str:
    """The simulation as Markdown."""
    lines = "".join(f"- {line}\n" for line in _lines(found, escaped))
    rows = _rows(found)
    return f"{lines}\n{table(HEADER, rows)}" if rows else lines


def finding_of(found: MonteCarloShape) -> str:
    """What the resampled runs say, and whether it is too early to say it."""
    if found.resampled is None:
        return NO_TRADES
    deep = cash(found, found.resampled.in_95_pct)
    if not found.is_enough:
        trades = "1 trade" if found.trades == 1 else f"{found.trades} trades"
        return f"Too few trades to say how deep a drawdown may get: {trades}"
    return f"Drawn at random, 95 % of runs fall no deeper than {deep}"


def cash(found: MonteCarloShape, drawdown: Decimal) -> str:
    """A drawdown with its currency, with as many decimals as the smallest of the table needs."""
    return f"{fixed(drawdown, _places(found))} {found.currency}".rstrip()


def _places(found: MonteCarloShape) -> int:
    """Decimals that show three digits of the smallest drawdown, and no more than there are."""
    of_runs = [one.in_50_pct for one in (found.shuffled, found.resampled) if one is not None]
    some = [one for one in (found.max_drawdown, *of_runs) if one]
    if not some:
        return LEAST_PLACES
    exact = max(decimal_places(canonical(one)) for one in some)
    return max(LEAST_PLACES, min(exact, 2 - max(some).adjusted()))


def _lines(found: MonteCarloShape, clean: Callable[[str], str]) -> list[str]:
    side = side_text(SideShape(found.window, found.where, found.digest), clean)
    trades = "1 trade" if found.trades == 1 else f"{found.trades:,} trades"
    unknown = f"; no P&L logged for {found.without_pnl:,}" if found.without_pnl else ""
    lines = [f"{side}: {trades} with a P&L{unknown}"]
    if found.max_drawdown is None:
        return [*lines, NO_TRADES]
    lines += [f"Drawdown as traded: {cash(found, found.max_drawdown)}", f"{finding_of(found)}."]
    if found.is_enough and found.shuffled and found.max_drawdown < found.shuffled.in_99_pct:
        lines.append(TOGETHER)
    return [*lines, LIMITS]


def _rows(found: MonteCarloShape) -> list[list[str]]:
    named = (
        ("The same trades in random order", found.shuffled),
        ("As many drawn at random from them", found.resampled),
    )
    return [_row(found, name, one) for name, one in named if one is not None]


def _row(found: MonteCarloShape, name: str, one: SimulatedDrawdowns) -> list[str]:
    amounts = [cash(found, amount) for amount in (one.in_50_pct, one.in_95_pct, one.in_99_pct)]
    return [name, *amounts, f"{one.deeper:,} of {found.runs:,}"]
