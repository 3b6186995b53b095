"""The explorer shows what the lines of Python beside it give."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit import Desk, MissingExtraError, NoTradesError, UsageError
from perfkit.desk.explore.explorer import Explorer
from perfkit.desk.explore.pickers import FIGURES, charts
from tests.conftest import WriteWorkspace


def line(number: int, day: str, pnl: str, symbol: str, action: str) -> str:
    record = {"order_id": str(number), "timestamp": f"{day}T09:00:00Z", "net_profit_loss": pnl}
    more = {"symbol": symbol, "action": action, "strategy_name": "<b>", "execution_mode": "LIVE"}
    return json.dumps({**record, **more, "exit_timestamp": f"{day}T10:0{number}:00Z"}) + "\n"


LOG = (
    line(1, "2026-04-06", "5", "BTC", "BUY")
    + line(2, "2026-04-07", "-2", "ETH", "SELL")
    + line(3, "2026-04-08", "1.5", "BTC", "SELL")
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = tmp_path_factory.mktemp("explored")
    (root / "config").mkdir()
    (root / "config/perfkit.yaml").write_text(
        "sources:\n  - {name: bot, path: bot.jsonl, currency: USD}\n"
    )
    (root / "bot.jsonl").write_text(LOG)
    return perfkit.open(root)


def controls(explorer: Explorer) -> dict[str, Any]:
    """The controls by their labels."""
    rows = [one for one in explorer.widget.children if hasattr(one, "children")]
    found = [one for row in rows for one in row.children]
    return {one.description: one for one in found if one.description}


def shown(explorer: Explorer) -> str:
    """All HTML that is shown."""

    def html(box: Any) -> list[str]:
        inner = getattr(box, "children", ())
        return [box.value] if type(box).__name__ == "HTML" else [t for b in inner for t in html(b)]

    return "\n".join(html(explorer.widget))


def asked_again(desk: Desk, explorer: Explorer) -> list[Any]:
    return [eval(code, {"desk": desk}) for code in explorer.code.splitlines()]


def test_begins_with_what_it_is_asked_and_the_newest_day(desk: Desk) -> None:
    explorer = desk.explore("weekly", where="symbol=BTC", by="side", chart="none")
    assert explorer.code.splitlines() == [
        'desk.summary("weekly", "2026-04-08", where={"symbol": "BTC"})',
        'desk.breakdown("side", "weekly", "2026-04-08", where={"symbol": "BTC"})',
    ]
    assert str(explorer.summary and explorer.summary.metrics["net_pnl"]) == "6.5"
    assert explorer.chart is None
    assert "+6.50 USD" in shown(explorer)
    assert "Data up to Wednesday, 2026-04-08." in shown(explorer)


@given(
    st.lists(
        st.sampled_from(
            [
                *(("Window", kind) for kind in ("daily", "weekly", "last-7d", "all", "range")),
                *(("Symbol", one) for one in ("", "BTC", "ETH")),
                *(("Side", one) for one in ("", "long", "short")),
                *(("Breakdown", one) for one in ("symbol", "hour", "none")),
                ("◀", None),
                ("▶", None),
            ]
        ),
        max_size=6,
    )
)
def test_whatever_is_picked_the_lines_beside_give_what_is_shown(
    desk: Desk, picks: list[tuple[str, str | None]]
) -> None:
    explorer = desk.explore(chart="none")
    for label, value in picks:
        control = controls(explorer)[label]
        if value is None:
            control.click()
        else:
            control.value = value
    summary, *parts = asked_again(desk, explorer)
    assert explorer.summary == summary
    assert [one.markdown for one in parts] == (
        [explorer.breakdown.markdown] if explorer.breakdown else []
    )
    last = {label: value for label, value in picks if value is not None}
    assert {label: controls(explorer)[label].value for label in last} == last


def test_chart_is_drawn_anew_only_for_another_question(desk: Desk) -> None:
    explorer = desk.explore("all")
    first = explorer.chart
    assert first is not None
    assert f'alt="{first.alt}"'.replace("&", "&amp;") in shown(explorer)
    assert asked_again(desk, explorer)[2].png() == first.png()
    controls(explorer)["Breakdown"].value = "side"
    assert explorer.chart is first
    controls(explorer)["Side"].value = "long"
    assert explorer.chart is not first
    controls(explorer)["Chart"].value = "none"
    assert explorer.chart is None
    assert "<img" not in shown(explorer)


def test_dates_are_offered_as_the_window_needs_them(desk: Desk) -> None:
    explorer = desk.explore("weekly", chart="none")
    picked = controls(explorer)

    def offered() -> set[str]:
        dates = ("Date", "From", "To", "◀", "▶")
        return {name for name in dates if picked[name].layout.display != "none"}

    assert offered() == {"Date", "◀", "▶"}
    picked["Window"].value = "range"
    assert offered() == {"From", "To"}
    assert explorer.code.startswith('desk.summary(start="2026-04-06", end="2026-04-12")')
    picked["From"].value = None
    assert explorer.code.startswith('desk.summary(end="2026-04-12")')
    picked["To"].value = None
    assert explorer.code.startswith('desk.summary(start="2026-04-06", end="2026-04-12")')
    picked["Window"].value = "all"
    assert offered() == set()


def test_only_what_trades_differ_in_is_offered_as_a_filter(desk: Desk) -> None:
    explorer = desk.explore(chart="none")
    assert {"Symbol", "Side"} <= controls(explorer).keys()
    assert not {"Source", "Strategy", "Execution mode", "Account"} & controls(explorer).keys()
    options = controls(explorer)["Symbol"].options
    assert options == (("any", ""), ("BTC", "BTC"), ("ETH", "ETH"))
    kept = desk.explore("all", where={"strategy": ["<b>"]}, chart="none")
    assert controls(kept)["Strategy"].value == '"<b>"'
    assert "<b>" not in shown(kept)


def test_question_without_an_answer_is_answered_by_a_sentence(desk: Desk) -> None:
    explorer = desk.explore(start="2026-04-07", end="2026-04-08", chart="none")
    controls(explorer)["To"].value = controls(explorer)["To"].value.replace(day=1)
    assert "perfkit-error" in shown(explorer)
    assert "2026-04-07" in shown(explorer)
    assert (explorer.summary, explorer.breakdown) == (None, None)
    controls(explorer)["To"].value = controls(explorer)["From"].value
    assert "perfkit-error" not in shown(explorer).replace(".perfkit-error", "")
    assert explorer.summary == asked_again(desk, explorer)[0]


def test_sources_of_two_currencies_are_shown_one_at_a_time(workspace: WriteWorkspace) -> None:
    config = (
        "sources:\n  - {name: a, path: a.jsonl, currency: USD}\n"
        "  - {name: b, path: b.jsonl, currency: EUR}\n"
    )
    desk = perfkit.open(workspace(config, {"a.jsonl": LOG, "b.jsonl": LOG}))
    explorer = desk.explore("all", chart="none")
    assert explorer.code.startswith('desk.summary("all", where={"source": "a"})')
    source = controls(explorer)["Source"]
    assert [name for name, _ in source.options] == ["a", "b"]
    source.value = "b"
    assert "EUR" in shown(explorer)


def test_sees_trades_that_were_logged_since(workspace: WriteWorkspace) -> None:
    root = workspace(logs={"logs/trades/2026-04-08.jsonl": LOG})
    desk = perfkit.open(root)
    explorer = desk.explore("all", chart="none")
    with (root / "logs/trades/2026-04-08.jsonl").open("a") as log:
        log.write(line(4, "2026-04-09", "100", "BTC", "BUY"))
    controls(explorer)["Breakdown"].value = "side"
    assert "+104.50 USD" in shown(explorer)
    assert "Data up to Thursday, 2026-04-09." in shown(explorer)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"window": "wekly"}, "did you mean weekly"),
        ({"by": "strategi"}, "did you mean strategy"),
        ({"chart": "eqity"}, "no chart 'eqity'; did you mean equity"),
        ({"where": "symbl=BTC"}, "did you mean symbol"),
    ],
)
def test_wrong_argument_is_one_sentence(desk: Desk, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        desk.explore(**arguments)


def test_logs_without_a_trade_are_an_error(workspace: WriteWorkspace) -> None:
    with pytest.raises(NoTradesError):
        perfkit.open(workspace()).explore()


def test_offers_public_names_alone_and_shows_as_its_code(desk: Desk) -> None:
    explorer = desk.explore(chart="none")
    assert dir(explorer) == ["breakdown", "chart", "code", "summary", "widget"]
    shown = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert shown["text/plain"] == repr(explorer) == explorer.code


def test_without_ipywidgets_a_sentence_names_the_extra(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.startswith("perfkit.desk.explore")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingExtraError, match=r"PERFKIT\[lab\]'` installs what desk\.explore"):
        desk.explore()


def test_charts_to_pick_are_those_of_one_window() -> None:
    names = charts(perfkit.open(Path(perfkit.__file__).parents[1]))
    assert names[0] == "equity"
    assert not {"comparison", "monte_carlo"} & set(names)


def test_figures_of_a_likely_reading_say_so_once(tmp_path: Path) -> None:
    days = enumerate(("5", "0", "-2.5", "0", "0", "1.25"), 1)
    lines = [
        {"closed_at": f"2026-04-0{n}T10:00:00Z", "symbol": "A", "net_pnl": pnl} for n, pnl in days
    ]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    explorer = perfkit.read(tmp_path / "t.jsonl", quiet=True).explore("all", by="symbol")
    for figures in FIGURES:
        controls(explorer)["Figures"].value = figures
        assert shown(explorer).count("they broke even") == 1, figures
