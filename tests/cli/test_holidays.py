"""`perfkit holidays`: dates printed, or put into the configuration."""

from pathlib import Path

import pytest

import perfkit
from perfkit.cli.main import main
from tests.conftest import BOT, WriteWorkspace

GOOD_FRIDAY = "  - 2026-04-03\n"


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(list(map(str, words)))
    out, err = capsys.readouterr()
    return code, out, err


def test_they_are_printed_as_the_key_of_the_configuration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = said(capsys, "holidays", "XNYS", "--from", 2026, "--to", 2026)
    assert (code, out.splitlines()[0]) == (0, "holidays:  # of XNYS, 2026 to 2026")
    assert GOOD_FRIDAY in out


def test_they_take_the_place_of_the_name_in_the_configuration(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    root: Path = workspace(BOT + "holidays: XNYS\n")
    assert main(["summary", "--root", str(root)]) == 3
    assert "`perfkit holidays XNYS --write`" in capsys.readouterr().err
    words = ("holidays", "--root", root, "--from", 2026, "--to", 2026, "--write")
    code, out, _ = said(capsys, *words)
    assert (code, out) == (
        0,
        "10 holidays of XNYS, 2026 to 2026, are in config/perfkit.yaml\n",
    )
    assert GOOD_FRIDAY in (root / "config/perfkit.yaml").read_text()
    assert len(perfkit.open(root).config.calendar.holidays) == 10


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("holidays", "Name its calendar, such as XNYS"),
        ("holidays XNYS --from 2026 --to 2025", "swap them"),
        ("holidays XNYS --from 26", "is not a year"),
        ("holidays nowhere", "there is no calendar"),
    ],
)
def test_wrong_words_are_refused(
    workspace: WriteWorkspace,
    capsys: pytest.CaptureFixture[str],
    words: str,
    why: str,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(workspace())
        try:
            code = main(words.split())
        except SystemExit as stop:
            code = int(str(stop.code))
    assert (code, why in capsys.readouterr().err) == (3, True)
