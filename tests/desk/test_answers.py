"""What the answers to a question give, and readings that are likely and not certain."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.alerts.backtest import Backtest
from perfkit.cli.main import main
from perfkit.core.errors import UndecidedError
from perfkit.desk import answers
from perfkit.desk.desk import Desk
from perfkit.desk.reading import inferred
from perfkit.inference.doubts import Answer, Doubt
from perfkit.inference.found import Found
from perfkit.inference.source import answered, with_likely_answers
from perfkit.inference.source_yaml import in_one_sentence, source_yaml
from perfkit.summary.shown import reading_sentence

HALF_ZEROS = ("5", "0", "-2.5", "0", "0", "1.25")
SAID = (
    "3 of 6 records have a net_pnl of 0; are they trades? Likely: yes, they broke even, as the P&L "
    "is the same in any case (6 closed trades, net P&L +3.75 money); `--answer zeros=2`: no "
    "(3 closed trades, net P&L +3.75 money)"
)


def log(path: Path, pnls: tuple[str, ...] = HALF_ZEROS, **more: object) -> str:
    lines = [
        {"closed_at": f"2026-04-0{n}T10:00:00Z", "symbol": "A", "net_pnl": pnl, **more}
        for n, pnl in enumerate(pnls, 1)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def fee_log(path: Path) -> str:
    path.write_text(Path(log(path, ("5", "-2.5"), fee="0.5")).read_text().replace("net_pnl", "pnl"))
    return str(path)


class TestALikelyReading:
    def test_figures_are_given_and_say_so(self, tmp_path: Path) -> None:
        summary = perfkit.read(log(tmp_path / "t.jsonl"), quiet=True).summary("all")
        assert summary.metrics["closed_trades"] == 6
        first = summary.data.findings[0]
        said = f"as first read: {SAID}"
        assert (first.code, first.count, first.message) == ("likely_reading", 1, said)

    def test_the_yaml_says_so(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        perfkit.read(log(tmp_path / "t.jsonl"))
        assert f"  # likely: {SAID}\n" in capsys.readouterr().out

    def test_so_do_the_text_and_the_json_of_a_summary(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = log(tmp_path / "t.jsonl")
        assert main(["summary", path, "--window", "all"]) == 0
        assert f"! {SAID}\n" in capsys.readouterr().out
        assert main(["summary", path, "--window", "all", "--json"]) == 0
        (found,) = json.loads(capsys.readouterr().out)["data"]["findings"]
        assert found == {"code": "likely_reading", "count": 1, "message": SAID}

    def test_so_do_the_glance_and_the_quality_of_a_notebook(self, tmp_path: Path) -> None:
        desk = perfkit.read(log(tmp_path / "t.jsonl"), quiet=True)
        assert "they broke even" in str(desk.glance("all"))
        assert "they broke even" in str(desk.quality("all"))

    @pytest.mark.parametrize(
        "asked",
        [
            lambda desk: desk.figures("all"),
            lambda desk: desk.targets("all"),
            lambda desk: desk.breakdown("symbol", "all"),
            lambda desk: desk.changes("all"),
            lambda desk: desk.drawdowns("all"),
            lambda desk: desk.streaks("all"),
            lambda desk: desk.trade_list("all"),
            lambda desk: desk.explain("net_pnl", "all"),
            lambda desk: desk.compare("net_pnl>0", "net_pnl<0"),
            lambda desk: desk.monte_carlo(),
            lambda desk: desk.backtest("win-rate-20"),
            lambda desk: desk.glance("all"),
            lambda desk: desk.quality("all"),
            lambda desk: desk.summary("all"),
        ],
    )
    def test_so_does_all_that_shows_figures_in_a_notebook_once(
        self, tmp_path: Path, asked: Callable[[Desk], object]
    ) -> None:
        desk = perfkit.read(log(tmp_path / "t.jsonl"), quiet=True)
        shown = asked(desk)
        assert "they broke even" in getattr(shown, "markdown", str(shown))
        assert str(shown).count("As first read") + str(shown).count("as first read") == 1
        if isinstance(shown, Backtest):
            forms = {"text/markdown": shown._repr_markdown_()}
        else:
            bundle: Any = shown._repr_mimebundle_()  # type: ignore[attr-defined]
            forms = bundle[0] if isinstance(bundle, tuple) else bundle
        assert all("they broke even" in form for form in forms.values())
        certain = asked(perfkit.read(log(tmp_path / "c.jsonl", ("5", "-2", "4")), quiet=True))
        assert "ikely" not in str(certain)

    def test_so_do_frames(self, tmp_path: Path) -> None:
        desk = perfkit.read(log(tmp_path / "t.jsonl"), log(tmp_path / "u.jsonl"), quiet=True)
        said = [f"in {name}: as first read: {SAID}" for name in "tu"]
        parts = desk.breakdown("symbol", "all").frame()
        for frame in (desk.trades(), desk.open_trades(), desk.daily(), parts):
            assert frame.attrs["likely_reading"] == said
        assert desk.trades(where="source=u").attrs["likely_reading"] == said[1:]
        certain = perfkit.read(log(tmp_path / "c.jsonl", ("5", "-2")), quiet=True).trades()
        assert "likely_reading" not in certain.attrs

    def test_so_do_the_trades_that_a_command_prints_or_exports(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = log(tmp_path / "t.jsonl")
        for more in ([], ["--format", "csv"], ["--json"], ["--output", str(tmp_path / "o.csv")]):
            assert main(["trades", path, *more]) == 0
            out, err = capsys.readouterr()
            assert "broke even" not in out
            assert f"perfkit: {SAID}.\n" in err

    def test_a_reading_of_many_words_is_not_cut(self) -> None:
        said = "are they trades? " * 40 + "`--answer zeros=2`: no"
        assert reading_sentence(said).endswith("`--answer zeros=2`: no.")

    def test_so_do_figures_of_trades_chosen_in_a_frame(self, tmp_path: Path) -> None:
        desk = perfkit.read(log(tmp_path / "t.jsonl"), quiet=True)
        summary = desk.summary_of(desk.trades())
        assert [one.code for one in summary.data.findings] == ["likely_reading"]

    def test_of_several_logs_it_says_which_and_only_of_those_that_count(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        paths = [log(tmp_path / "a.jsonl"), log(tmp_path / "b.jsonl", ("5", "-2"))]
        paths.append(log(tmp_path / "c.jsonl"))
        summary = perfkit.read(*paths, quiet=True).summary("all")
        assert [one.message for one in summary.data.findings] == [
            f"in {name}: as first read: {SAID}" for name in "ac"
        ]
        for chosen, expected in (("c", ["c"]), ("b", []), ("!=a", ["c"])):
            summary = perfkit.read(*paths, quiet=True).summary("all", where={"source": chosen})
            said = [one.message for one in summary.data.findings]
            assert said == [f"in {name}: as first read: {SAID}" for name in expected]
        assert main(["summary", *paths, "--where", "source=b"]) == 0
        assert "! in" not in capsys.readouterr().out

    def test_money_is_in_the_currency_that_is_given(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        rows = (
            "1,ETHUSDT,long,100,103,1,3",
            "2,ETHUSDT,long,50,49,2,-2",
            "3,ETHUSDT,long,60,72,1,20",
        )
        path.write_text(
            "exit_time,symbol,side,entry_price,exit_price,quantity,pnl_pct\n"
            + "".join(f"2026-04-0{row}\n" for row in rows)
        )
        (found,) = inferred([str(path)], "EUR", {})
        (doubt,) = found.reading.likely
        money, per_cent = doubt.answers
        assert found.reading.source["currency"] == "EUR"
        assert (money.gives[-3:], per_cent.gives[-2:]) == ("EUR", " %")

    def test_so_does_a_check(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = log(tmp_path / "t.jsonl")
        main(["check", path])
        assert f"# likely: {SAID}" in capsys.readouterr().out
        main(["check", path, "--json"])
        assert SAID in json.loads(capsys.readouterr().out)[0]["warnings"]

    def test_a_new_workspace_says_so_once_and_what_to_write_for_another_answer(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = tmp_path / "trading"
        assert main(["init", str(folder), "--from", log(tmp_path / "t.jsonl")]) == 0
        assert f"\n  - t: {SAID}\n" in capsys.readouterr().out
        config = folder / "config/perfkit.yaml"
        text = config.read_text()
        assert f"  # likely: {SAID}\n  # if no: only: {{net_pnl: {{not: 0}}}}\n" in text
        assert perfkit.open(folder).summary("all").metrics["closed_trades"] == 6
        other = "dialect: {only: {net_pnl: {not: 0}}, fields:"
        config.write_text(text.replace("dialect: {fields:", other))
        assert perfkit.open(folder).summary("all").metrics["closed_trades"] == 3

    def test_a_new_workspace_without_a_likely_answer_has_nothing_to_check(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = log(tmp_path / "t.jsonl", ("5", "-2"))
        assert main(["init", str(tmp_path / "trading"), "--from", path]) == 0
        assert "likely" not in capsys.readouterr().out

    def test_what_another_answer_changes_takes_back_the_one_that_was_taken(
        self, tmp_path: Path
    ) -> None:
        first = Answer("points", {"currency": "points", "fields.quantity": "= 1", "only.a": [1, 2]})
        second = Answer("money", {"only.a": [1], "only.b": {"not": 0}})
        (found,) = inferred([log(tmp_path / "c.jsonl", ("5", "-2"))], "EUR", {})
        doubt = Doubt(
            "unit", "Which?", (first, second, Answer("no results", {}, "results")), "so it is"
        )
        asked = found._replace(reading=found.reading._replace(doubts=(doubt,)))
        taken = with_likely_answers(asked)
        (likely,) = taken.reading.likely
        reading = taken.reading._replace(doubts=(likely,))
        for number in (1, 2):
            again = answered(taken._replace(reading=reading), "unit", number)
            assert again.source() == answered(asked, "unit", number).source()
        assert (
            "\n  # if money: currency: EUR; without fields.quantity; "
            "only: {a: [1], b: {not: 0}}\n  # if no results: there are no results\n"
        ) in source_yaml(taken)

    def test_another_answer_can_be_given(self, tmp_path: Path) -> None:
        path = log(tmp_path / "t.jsonl")
        summary = perfkit.read(path, answers={"zeros": 2}, quiet=True).summary("all")
        assert summary.metrics["closed_trades"] == 3
        assert summary.data.findings == ()

    def test_given_as_an_answer_it_is_certain(self, tmp_path: Path) -> None:
        (found,) = inferred([log(tmp_path / "t.jsonl")], None, {"zeros": 1})
        assert found.reading.likely == ()

    def test_of_two_questions_only_the_other_one_is_asked(self, tmp_path: Path) -> None:
        path = log(tmp_path / "t.jsonl", fee="0.1")
        said = Path(path).read_text().replace("net_pnl", "pnl")
        Path(path).write_text(said.replace('"pnl": "0", "fee": "0.1"', '"pnl": "0", "fee": "0"'))
        with pytest.raises(UndecidedError) as raised:
            inferred([path], None, {})
        assert "costs=2" in str(raised.value)
        assert "zeros" not in str(raised.value)
        (found,) = inferred([path], None, {"costs": 2})
        (doubt,) = found.reading.likely
        assert "6 closed trades, net P&L +3.45 money" in in_one_sentence(doubt)


class TestWhatAnAnswerGives:
    def test_questions_say_it(self, tmp_path: Path) -> None:
        with pytest.raises(UndecidedError) as raised:
            inferred([fee_log(tmp_path / "t.jsonl")], None, {})
        said = str(raised.value)
        assert "net_pnl: pnl; gives 2 closed trades, net P&L +2.50 money\n" in said
        assert "net_pnl: pnl - fee; gives 2 closed trades, net P&L +1.50 money\n" in said

    @pytest.mark.parametrize("number", [1, 2])
    def test_it_is_what_follows_from_the_answer(self, tmp_path: Path, number: int) -> None:
        path = fee_log(tmp_path / "t.jsonl")
        total = perfkit.read(path, answers={"costs": number}, quiet=True).summary("all")
        assert total.metrics["net_pnl"] == (Decimal("2.5"), Decimal("1.5"))[number - 1]

    def test_that_there_are_no_results_gives_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "t.jsonl"
        lines = [{"time": f"2026-04-0{n}T10:00", "pnl": str(n - 3)} for n in range(1, 8)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        with pytest.raises(UndecidedError) as raised:
            inferred([str(path)], None, {})
        assert "no: there are no results\n" in f"{raised.value}\n"

    def test_each_reading_is_read_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read: list[Found] = []
        figures = answers._figures

        def counted(known: Found, desk_of: Callable[[Found], Desk]) -> str:
            read.append(known)
            return figures(known, desk_of)

        monkeypatch.setattr(answers, "_figures", counted)
        path = log(tmp_path / "t.jsonl", fee="0.1")
        Path(path).write_text(Path(path).read_text().replace("net_pnl", "pnl"))
        with pytest.raises(UndecidedError) as raised:
            inferred([path], None, {})
        assert (str(raised.value).count("; gives "), len(read)) == (4, 3)

    def test_without_amounts_it_gives_trades_alone(self, tmp_path: Path) -> None:
        path = log(tmp_path / "t.jsonl", tuple("56789"), symbol="A")
        lines = [json.loads(line) for line in Path(path).read_text().splitlines()]
        lines = [{**one, "result": "win" if n % 2 else "loss"} for n, one in enumerate(lines)]
        Path(path).write_text("".join(json.dumps(line) + "\n" for line in lines))
        with pytest.raises(UndecidedError) as raised:
            inferred([path], None, {})
        assert "values.outcome: {}; gives 5 closed trades without a P&L\n" in str(raised.value)

    def test_of_several_questions_it_is_said_how_the_others_are_answered(
        self, tmp_path: Path
    ) -> None:
        said = (
            "\n  The figures of an answer are those with the first answer to the other questions.\n"
        )
        paths = [fee_log(tmp_path / "t.jsonl"), str(tmp_path / "u.jsonl")]
        lines = [
            {"closed_at": f"0{n}/05/2026", "symbol": "A", "pnl": str(n - 2), "fee": "0.5"}
            for n in (1, 2, 4)
        ]
        Path(paths[1]).write_text("".join(json.dumps(line) + "\n" for line in lines))
        for path, is_said in zip(paths, (False, True), strict=True):
            with pytest.raises(UndecidedError) as raised:
                inferred([path], None, {})
            assert (said in str(raised.value)) is is_said

    def test_of_a_large_file_it_is_not_known(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(answers, "MOST_BYTES", 100)
        with pytest.raises(UndecidedError) as raised:
            inferred([fee_log(tmp_path / "t.jsonl")], None, {})
        assert "gives" not in str(raised.value)
        (found,) = inferred([log(tmp_path / "u.jsonl")], None, {})
        assert "(" not in in_one_sentence(found.reading.likely[0])
