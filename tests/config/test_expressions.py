"""Expressions read as Python reads them, and are as exact as fractions are."""

import json
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.config.compile import compile_dialect, parsed
from perfkit.config.expressions import Call, Constant, ExpressionError, Field, Formula
from perfkit.core.exact import decimal_places
from perfkit.core.numbers import Numbers
from perfkit.desk.desk import open as open_desk
from perfkit.logs.combine import combined
from perfkit.logs.file_log import Start
from perfkit.logs.formulas import evaluated
from perfkit.logs.reader import pieces
from tests.conftest import WriteWorkspace

A, B, C = Field(("a",)), Field(("b",)), Field(("c",))

CONFIG = """\
sources:
  - name: bot
    path: logs/bot.jsonl
    currency: USD
    dialect:
      fields: {{closed_at: t, net_pnl: {pnl}, symbol: {symbol}}}
"""
RECORD = {
    "t": "2026-04-06T11:00:00Z",
    "pnl": "1.50",
    "a": "7",
    "b": "-2.5",
    "c": 4,
    "Net P&L": "8",
    "P/L": "9",
    "Size (qty)": "10",
    "order.id": "11",
    "pair": "BTC/USDT",
    "date": "2026-04-06",
    "exits": [{"pnl": "0.1"}, {"pnl": 0.2}, {"pnl": None}],
    "fills": [{"p": 1}, {"p": 2}, {"p": 3}],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a.b.c", Field(("a", "b", "c"))),
        ("from", Field(("from",))),
        ("a - b", Formula("-", (A, B))),
        ("a - b - c", Formula("-", (Formula("-", (A, B)), C))),
        ("a - (b - c)", Formula("-", (A, Formula("-", (B, C))))),
        ("a - b * c", Formula("-", (A, Formula("*", (B, C))))),
        ("a or b", Formula("or", (A, B))),
        ("-a", Formula("or", (Field(("-a",)), Formula("neg", (A,))))),
        ("- a", Formula("neg", (A,))),
        ("abs(a) / 2.50", Formula("/", (Formula("abs", (A,)), Constant(Decimal("2.50"))))),
        ("= LIVE", Constant("LIVE")),
        ("a or = two words", Formula("or", (A, Constant("two words")))),
        ("Net P&L", Field(("Net P&L",))),
        ("Trade #", Field(("Trade #",))),
        ('"#1"', Field(("#1",))),
        ('a - "Fee #2"', Formula("-", (A, Field(("Fee #2",))))),
        ('"Size (qty)"', Field(("Size (qty)",))),
        ('"order.id" - 1', Formula("-", (Field(("order.id",)), Constant(Decimal(1))))),
        ("fills[-1].p", Field(("fills", -1, "p"))),
        ('join(date, "at time")', Call("join", (Field(("date",)), Field(("at time",))))),
        ('before(pair, "/")', Call("before", (Field(("pair",)),), "/")),
        ("sum(exits[*].pnl)", Call("sum", (Field(("exits", "*", "pnl")),))),
        ('where(a, b, "WIN")', Call("where", (A, B), "WIN")),
    ],
)
def test_an_expression_reads_as_in_python(text: str, tree: object) -> None:
    assert parsed(text) == tree


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("(a - b", "is not an expression"),
        ("a - ", "is not an expression"),
        ("a # b - c", "is not an expression"),
        ("open(a)", r"open\(\) is unknown"),
        ("__import__('os')", r"__import__\(\) is unknown"),
        ("(lambda: 1)()", "is not a field"),
        ("[a for a in b]", "is not a field"),
        ("a ** b", "is not a field"),
        ("(a if b else c)", "is not a field"),
        ("sum(a)", "needs a list"),
        ("join(a)", "has 1 arguments"),
        ("before(a, b)", "needs a separator"),
        ("where(a, b, c)", "needs a word"),
        ("where(a, b)", "has 2 arguments"),
        ("a * 1e31", "exponent"),
        ("a * (" + "(" * 500 + "b" + ")" * 500 + ")", "is not an expression"),
        ("a or", "is not an expression"),
    ],
)
def test_anything_else_is_refused_and_never_run(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError, match=problem):
        parsed(text)


def net_pnl(root: Path) -> Decimal | None:
    book = open_desk(root).book
    assert not book.errors
    return book.closed[0].net_pnl


@pytest.mark.parametrize(
    ("pnl", "expected"),
    [
        ("a - b", "9.5"),
        ("(a - b) * c", "38"),
        ("-(a - b) / 3", "-3.166666666667"),
        ("c / 8", "0.5"),
        ("a / (c - 4) or pnl", "1.5"),
        ("nothing * a or = 0.25", "0.25"),
        ("abs(b)", "2.5"),
        ("sign(b) * 3", "-3"),
        ("sign(c - 4)", "0"),
        ("Net P&L", "8"),
        ("P/L", "9"),
        ("a/c", "1.75"),
        ('"Size (qty)" + "order.id"', "21"),
        ("sum(exits[*].pnl)", "0.3"),
        ('where(a, pair, "ETH/USDT") or -where(b, pair, "BTC/USDT")', "2.5"),
        ('where(a, c, "4")', "7"),
        ("fills[0].p + fills[-1].p", "4"),
        ("fills[3].p or pnl", "1.5"),
        ("1.50 * c", "6"),
    ],
)
def test_it_gives_the_exact_number(workspace: WriteWorkspace, pnl: str, expected: str) -> None:
    root = workspace(
        CONFIG.format(pnl=json.dumps(pnl), symbol="pair"),
        {"logs/bot.jsonl": json.dumps(RECORD) + "\n"},
    )
    assert net_pnl(root) == Decimal(expected)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ('before(pair, "/")', "BTC"),
        ('after(pair, "/")', "USDT"),
        ('before(pair, "-")', "BTC/USDT"),
        ('after(pair, "-") or = none', "none"),
        ("join(pair, date)", "BTC/USDT 2026-04-06"),
        ("join(pair, nothing) or pair", "BTC/USDT"),
    ],
)
def test_texts_are_parted_and_joined(workspace: WriteWorkspace, symbol: str, expected: str) -> None:
    root = workspace(
        CONFIG.format(pnl="pnl", symbol=json.dumps(symbol)),
        {"logs/bot.jsonl": json.dumps(RECORD) + "\n"},
    )
    assert open_desk(root).book.closed[0].symbol == expected


def test_date_and_time_of_two_fields_are_one_time(workspace: WriteWorkspace) -> None:
    config = CONFIG.replace("closed_at: t", 'closed_at: "join(d, u)"')
    record = json.dumps({"d": "2026-04-06", "u": "11:30:00", "pnl": 1})
    root = workspace(config.format(pnl="pnl", symbol="pair"), {"logs/bot.jsonl": record + "\n"})
    assert str(open_desk(root).book.closed[0].closed_at) == "2026-04-06 11:30:00+00:00"


NUMBERS = st.decimals(
    min_value=-1000, max_value=1000, allow_nan=False, allow_infinity=False, places=3
)


def trees() -> st.SearchStrategy[str]:
    names = st.sampled_from(["a", "b", "c"])
    leaves = names | NUMBERS.map(lambda number: f"{abs(number):f}")
    return st.recursive(
        leaves,
        lambda inner: (
            st.tuples(inner, st.sampled_from("+-*"), inner).map(
                lambda three: f"({three[0]} {three[1]} {three[2]})"
            )
            | inner.map(lambda one: f"(- {one})")
            | inner.map(lambda one: f"abs({one})")
        ),
        max_leaves=6,
    )


def evaluated_once(expression: str, values: dict[str, str]) -> Decimal | None:
    """The net P&L of one record, read as a log is."""
    fields = {"closed_at": "t", "net_pnl": expression}
    dialect = compile_dialect("test", {"fields": fields}, ValueError)
    line = json.dumps({"t": RECORD["t"], **values}).encode() + b"\n"
    (log,) = pieces(BytesIO(line), "log", dialect, Start())
    assert not log.errors
    records = combined([log], dialect)
    column = evaluated(records.slots, len(records.line), dialect)["net_pnl"]
    assert isinstance(column, Numbers)
    return column.decimal(0)


@given(tree=trees(), values=st.tuples(NUMBERS, NUMBERS, NUMBERS), over=NUMBERS)
@settings(deadline=None)
def test_sums_and_products_are_exact_and_a_quotient_is_rounded_once(
    tree: str, values: tuple[Decimal, ...], over: Decimal
) -> None:
    named = {name: f"{value:f}" for name, value in zip("abc", values, strict=True)}
    text = f"({tree}) / ({over:f})" if over else f"{tree} + 0"
    exact = eval(
        _fractional(tree),
        {"abs": abs, "F": Fraction},
        {name: Fraction(value) for name, value in named.items()},
    )
    found = evaluated_once(text, named)
    assert found is not None
    if over:
        assert abs(Fraction(found) - exact / Fraction(over)) <= Fraction(1, 2 * 10**12)
        assert decimal_places(found.normalize()) <= 12
    else:
        assert Fraction(found) == exact


def _fractional(tree: str) -> str:
    """The same tree, its numbers as fractions."""
    words = tree.replace("(", "( ").replace(")", " )").split()
    return " ".join(f"F('{word}')" if word[0].isdigit() else word for word in words)
