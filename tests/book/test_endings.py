"""What becomes of lines at the end of files, and of trades whose close says nothing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from perfkit.cli.main import main
from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk

CONFIG = """\
sources:
  - name: bot
    path: logs/bot
    pattern: "{pattern}"
    currency: USD
    dialect:
      identity: [id]
      open_when: {{state: open}}
      fields: {{closed_at: closed, opened_at: opened, net_pnl: pnl, symbol: symbol}}
"""


def line(number: int, pnl: str | None, day: str = "2026-04-06", state: str = "closed") -> str:
    said = "null" if pnl is None else f'"{pnl}"'
    return (
        f'{{"id": "T{number}", "state": "{state}", "opened": "{day}T09:00:00Z", '
        f'"closed": "{day}T10:{number:02d}:00Z", "pnl": {said}, "symbol": "BTC"}}'
    )


def desk_of(root: Path, pattern: str, files: dict[str, bytes]) -> Desk:
    (root / "config").mkdir()
    (root / "config/perfkit.yaml").write_text(CONFIG.format(pattern=pattern))
    (root / "logs/bot").mkdir(parents=True)
    for name, content in files.items():
        (root / "logs/bot" / name).write_bytes(content)
    return open_desk(root)


def unterminated(desk: Desk) -> int:
    found = desk.summary("all").data.findings
    return sum(finding.count for finding in found if finding.code == "unterminated_days")


def test_half_a_line_of_a_rotated_file_is_reported(tmp_path: Path) -> None:
    older = line(1, "5").encode() + b"\n" + line(2, "7").encode()
    newer = line(3, "3", "2026-04-07").encode() + b"\n"
    desk = desk_of(tmp_path, "t.jsonl*", {"t.jsonl.1": older, "t.jsonl": newer})
    assert desk.summary("all").metrics["closed_trades"] == 2
    assert unterminated(desk) == 1


def test_half_a_line_of_the_file_being_written_waits_in_silence(tmp_path: Path) -> None:
    older = line(1, "5").encode() + b"\n"
    newer = line(3, "3", "2026-04-07").encode() + b"\n" + line(4, "4").encode()[:30]
    desk = desk_of(tmp_path, "t.jsonl*", {"t.jsonl.1": older, "t.jsonl": newer})
    assert unterminated(desk) == 0
    assert desk.book.errors == []


def test_half_a_line_of_a_compressed_file_is_reported(tmp_path: Path) -> None:
    content = gzip.compress(line(1, "5").encode() + b"\n" + line(2, "7").encode())
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl.gz": content})
    assert unterminated(desk) == 1


def test_a_day_whose_only_line_is_half_written_is_part_of_everything(tmp_path: Path) -> None:
    files = {
        "2026-04-05.jsonl": line(1, "5", "2026-04-05").encode(),
        "2026-04-06.jsonl": line(2, "7").encode() + b"\n",
    }
    desk = desk_of(tmp_path, "????-??-??.jsonl", files)
    assert str(desk.summary("all").window.first_day) == "2026-04-05"
    assert unterminated(desk) == 1


def test_the_compressed_copy_of_a_file_is_not_read_beside_it(tmp_path: Path) -> None:
    content = line(1, "5").encode().replace(b'"T1"', b"null") + b"\n"
    files = {"t.jsonl": content, "t.jsonl.gz": gzip.compress(content)}
    assert desk_of(tmp_path, "t.jsonl", files).summary("all").metrics["closed_trades"] == 1


def test_a_close_that_says_nothing_leaves_the_trade_open(tmp_path: Path) -> None:
    content = f"{line(1, '0', state='open')}\n{line(1, None)}\n{line(2, '4')}\n"
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl": content.encode()})
    summary = desk.summary("all")
    assert (summary.metrics["closed_trades"], summary.metrics["open_trades"]) == (1, 1)
    assert [(error.line, error.offset) for error in desk.book.errors] == [
        (2, len(line(1, "0", state="open")) + 1)
    ]


def test_a_correction_without_pnl_keeps_the_pnl_of_the_close(tmp_path: Path) -> None:
    content = f"{line(1, '5')}\n{line(1, None)}\n"
    desk = desk_of(tmp_path, "t.jsonl", {"t.jsonl": content.encode()})
    assert desk.summary("all").metrics["net_pnl"] == 5
    assert desk.book.errors == []


def test_a_filter_that_no_trade_ever_meets_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_of(tmp_path, "t.jsonl", {"t.jsonl": line(1, "5").encode() + b"\n"})
    assert main(["summary", "--root", str(tmp_path), "--where", "symbol=BTCC"]) == 0
    assert "no trade in the logs has symbol = BTCC" in capsys.readouterr().err
    assert main(["summary", "--root", str(tmp_path), "--where", "symbol=BTC"]) == 0
    assert "no trade" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("win_rate: {at_least: 60}", "write 0.6 for 60 per cent"),
        ("current_streak_kind: {at_least: 1}", "figures that are numbers"),
        ("drawdown_trough_at: {at_most: 1}", "figures that are numbers"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str, remedy: str
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    with (tmp_path / "config/perfkit.yaml").open("a") as config:
        config.write(f"targets:\n  {target}\n")
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert remedy in capsys.readouterr().err


def test_the_digest_tells_when_an_open_trade_changes(tmp_path: Path) -> None:
    first = line(1, "5").encode() + b"\n"
    digests = set()
    for number, symbol in enumerate(("BTC", "ETH")):
        for hour in ("09", "08"):
            opened = line(2, "0", state="open").replace("T09:", f"T{hour}:").replace("BTC", symbol)
            root = tmp_path / f"{number}{hour}"
            root.mkdir()
            desk = desk_of(root, "t.jsonl", {"t.jsonl": first + opened.encode() + b"\n"})
            digests.add(desk.summary("all").data.digest)
    assert len(digests) == 4


@pytest.mark.parametrize(
    ("before", "after", "remedy"),
    [
        ("t.jsonl", "/etc/*", "write one such as"),
        ("t.jsonl", "logs**.jsonl", "write one such as"),
        ("USD", "'US|D<b>'", "write a code such as USD"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, remedy: str
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    config = tmp_path / "config/perfkit.yaml"
    config.write_text(config.read_text().replace(before, after))
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert remedy in capsys.readouterr().err


def test_two_sources_that_read_the_same_lines_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    config = tmp_path / "config/perfkit.yaml"
    twice = config.read_text().partition("sources:\n")[2].replace("name: bot", "name: twin")
    config.write_text(config.read_text() + twice)
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert "every trade counts twice" in capsys.readouterr().err


def test_sqn_is_noted_below_thirty_trades(tmp_path: Path) -> None:
    stops = '"stop": 90, "entry": 100, "quantity": 1}'
    lines = [
        line(n, str(n % 5 - 2)).replace('"symbol": "BTC"}', f'"symbol": "BTC", {stops}')
        for n in range(31)
    ]
    for count, noted in ((29, True), (30, False), (31, False)):
        root = tmp_path / str(count)
        root.mkdir()
        desk = desk_of(root, "t.jsonl", {"t.jsonl": ("\n".join(lines[:count]) + "\n").encode()})
        config = root / "config/perfkit.yaml"
        fields = "symbol: symbol, stop_loss: stop, entry_price: entry, quantity: quantity}"
        config.write_text(config.read_text().replace("symbol: symbol}", fields))
        desk = open_desk(root)
        assert desk.summary("all").metrics["r_trades"] == count
        assert ("fewer than 30 trades" in str(desk.summary("all"))) is noted


def test_a_trading_day_that_began_in_the_file_of_the_date_before_is_not_missing(
    tmp_path: Path,
) -> None:
    content = line(1, "5").replace("T10:01", "T18:01").encode() + b"\n"
    desk = desk_of(tmp_path, "????-??-??.jsonl", {"2026-04-06.jsonl": content})
    config = tmp_path / "config/perfkit.yaml"
    config.write_text(config.read_text() + 'day_start: "17:00"\n')
    desk = open_desk(tmp_path)
    assert desk.summary().window.label == "2026-04-07"
    assert not desk.summary().data.partial


def test_a_line_in_another_file_does_not_make_up_for_a_lost_one(tmp_path: Path) -> None:
    files = {
        "2026-04-06.jsonl": line(1, "5").encode() + b"\n",
        "2026-04-08.jsonl": b"".join(
            line(n, "1", f"2026-04-0{n}").encode() + b"\n" for n in (7, 8)
        ),
    }
    data = desk_of(tmp_path, "????-??-??.jsonl", files).summary("all").data
    assert (data.partial, list(map(str, data.missing_days))) == (True, ["2026-04-07"])


def test_a_condition_for_open_lines_without_a_field_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk_of(tmp_path, "t.jsonl", {})
    config = tmp_path / "config/perfkit.yaml"
    config.write_text(config.read_text().replace("{state: open}", "{}"))
    assert main(["summary", "--root", str(tmp_path)]) == 3
    assert "open_when" in capsys.readouterr().err
