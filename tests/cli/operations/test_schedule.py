"""`perfkit schedule`: what it prints and what it writes."""

import os
from pathlib import Path

import pytest

from perfkit.cli.main import main
from tests.conftest import WriteWorkspace


def schedule(*words: object) -> int:
    try:
        return main(["schedule", *map(str, words)])
    except SystemExit as stop:
        return int(str(stop.code))


def test_crontab_is_printed(workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]) -> None:
    root = workspace()
    (root / "config/alerts.yaml").write_text("rules: []\n")
    assert schedule("--cron", "--root", root) == 0
    printed = capsys.readouterr().out
    lines = [line for line in printed.splitlines() if line[0] != "#"]
    assert [line.split()[0] for line in lines] == ["*", "*/5", "20"]
    assert all(f"--root {root}" in line for line in lines)


def test_units_are_printed_below_their_paths(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    root = workspace()
    assert schedule("--systemd", "--root", root, "--user", "trading") == 0
    printed = capsys.readouterr().out
    name = f"perfkit-{root.name}-reports"
    assert f"# /etc/systemd/system/{name}.service\n[Unit]\n" in printed
    assert f"\n# /etc/systemd/system/{name}.timer\n[Unit]\n" in printed
    assert "\nUser=trading\n" in printed


def test_units_are_written_and_others_are_not_overwritten(
    workspace: WriteWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    root = workspace()
    folder = root / "units"
    words = ("--systemd", "--root", root, "--output", folder)
    assert schedule(*words) == 0
    printed = capsys.readouterr().out.split()
    assert sorted(printed) == sorted(map(str, folder.iterdir()))
    assert schedule(*words) == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}
    capsys.readouterr()
    assert schedule(*words, "--user", "somebody-else") == 3
    assert "is there already and differs; remove it first" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "one of the arguments --cron --systemd is required"),
        (("--cron", "--systemd"), "not allowed with argument"),
        (("--cron", "--output", "x"), "--user and --output go with --systemd"),
    ],
)
def test_wrong_usage_is_named(
    words: tuple[str, ...],
    said: str,
    workspace: WriteWorkspace,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert schedule(*words, "--root", workspace()) == 3
    assert said in capsys.readouterr().err


def test_nothing_is_written_into_the_workspace(
    workspace: WriteWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    root: Path = workspace()
    before = sorted(map(str, root.rglob("*")))
    monkeypatch.chdir(root)
    monkeypatch.setenv("PERFKIT_TIMEZONE", "Asia/Tokyo")
    assert schedule("--cron") == 0
    assert sorted(map(str, root.rglob("*"))) == before
    assert os.getcwd() == str(root)
