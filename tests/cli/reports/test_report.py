"""`perfkit report`: words that make no sense are refused before anything is made."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from perfkit.cli.main import main
from perfkit.reports.model import Models
from perfkit.reports.run import ReportResult, ReportSettings, Wanted
from tests.reportkit import LOGS, write_workspace


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "which report? Name one of daily, weekly, monthly, or all"),
        ("daily --date 2026-04-08 --from 2026-04-07", "give either --date or --from and --to"),
        ("all --from 2026-04-07", "--from and --to go with the name of one report"),
        ("daily --verify --force", "--verify replaces no report; leave out --force"),
        ("daily --verify --html", "--verify replaces no report; leave out --html"),
        ("daily --verify --no-html", "--verify replaces no report; leave out --no-html"),
        ("daily --date soon", "'soon' is not a date"),
        ("all --period weekly", "--period goes with the name of one report"),
        ("daily --period weekly", "daily is a daily report; leave --period out"),
        ("dayly", "there is no report 'dayly'; did you mean daily?"),
    ],
)
def test_words_that_make_no_sense_are_exit_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    root = write_workspace(tmp_path / "trading", LOGS)
    assert main(["report", *words.split(), "--root", str(root)]) == 3
    assert said in capsys.readouterr().err


def test_paths_are_printed_in_the_order_of_their_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_reports(
        models: Models,
        wanted: Sequence[Wanted],
        settings: ReportSettings,
        on_result: Callable[[ReportResult], None],
        early: None,
    ) -> list[ReportResult]:
        """Ends them backward."""
        found = [ReportResult(one, "made", Path(f"{one.day}")) for one in wanted]
        for result in reversed(found):
            on_result(result)
        return found

    monkeypatch.setattr("perfkit.reports.run.run_reports", run_reports)
    root = write_workspace(tmp_path / "trading", LOGS)
    folder = root / "reports/daily/2026-04-06"
    folder.mkdir(parents=True)
    (folder / "status.json").touch()  # so that no kernel is started ahead
    words = ["report", "daily", "--from", "2026-04-06", "--to", "2026-04-08", "--root", str(root)]
    assert main(words) == 0
    assert capsys.readouterr().out.split() == ["2026-04-06", "2026-04-07", "2026-04-08"]


@pytest.mark.parametrize("option", ["--jobs=0", "--jobs=x", "--timeout=0", "--timeout=1s"])
def test_number_that_is_none_is_exit_code_3(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["report", "daily", option])
    assert left.value.code == 3
    assert option.partition("=")[0] in capsys.readouterr().err
