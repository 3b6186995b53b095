"""The wheel: what is in it, what works without the extras, and what a type checker sees of it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from perfkit.cli.commands import command_parser

CHECKOUT = Path(__file__).parents[1]
SHIPPED = ("notebooks/*.ipynb", "config/*.yaml", "logs/trades/*.jsonl", "docs/*.md")
"""What of the checkout a new workspace is made of, and what `perfkit docs` prints."""

pytestmark = pytest.mark.slow


def run(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs a program in a folder, with nothing of this checkout or shell in its environment."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PERFKIT_", "PYTHON", "COV"))
    }
    return subprocess.run(
        list(map(str, words)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def pip(*words: object, cwd: Path) -> None:
    done = run(sys.executable, "-m", "pip", "--disable-pip-version-check", *words, cwd=cwd)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", folder, CHECKOUT, cwd=folder)
    (made,) = folder.glob("perfkit-*.whl")
    return made


@pytest.fixture(scope="module")
def core_only(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with `pip install perfkit` and no extra."""
    folder = tmp_path_factory.mktemp("a place with blanks")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "core", cwd=folder)
    python = folder / "core/bin/python"
    constraints = CHECKOUT / "constraints.txt"
    pip("--python", python, "install", "--quiet", "-c", constraints, wheel, cwd=folder)
    return python


@pytest.fixture(scope="module")
def workspace(core_only: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made by `perfkit init`, with a log of the checkout and its rules evaluated."""
    folder = tmp_path_factory.mktemp("workspace")
    done = run(core_only, "-m", "perfkit", "init", "bot", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    log = "logs/trades/2025-10-09.jsonl"
    (folder / "bot" / log).write_bytes((CHECKOUT / log).read_bytes())
    run(core_only, "-m", "perfkit", "alerts", "check", "--root", "bot", cwd=folder)
    return folder / "bot"


def files_of_the_package() -> Iterator[str]:
    for path in (CHECKOUT / "perfkit").rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield path.relative_to(CHECKOUT).as_posix()


def test_wheel_holds_the_whole_package_and_what_a_new_workspace_is_made_of(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        for_jupyter = {name for name in names if ".data/data/" in name}
        names -= for_jupyter
        shipped = {
            f"perfkit/workspace/{path.relative_to(CHECKOUT).as_posix()}": path.read_bytes()
            for pattern in SHIPPED
            for path in CHECKOUT.glob(pattern)
        }
        assert names == {*files_of_the_package(), *shipped}
        assert len(shipped) >= 40
        assert {name: archive.read(name) for name in shipped} == shipped
    assert {"perfkit/py.typed", "perfkit/schemas/summary.schema.json"} <= names
    template = "share/jupyter/nbconvert/templates/perfkit"
    files = {
        f"{template}/{name}"
        for name in ("conf.json", "base.html.j2", "index.html.j2", "page.css", "dark.css")
    }
    assert {name.partition(".data/data/")[2] for name in for_jupyter} == files


RIGHT = """\
import perfkit

desk = perfkit.open("bot")
net: object = desk.summary("weekly", date="2025-10-09").metrics["net_pnl"]
lines: str = desk.explain("net_pnl", "weekly").text
"""
WRONG = {
    'perfkit.open("bot").sumary()': 'has no attribute "sumary"',
    'perfkit.open("bot").summary(42)': "incompatible type",
    'number: int = perfkit.open("bot").explain("net_pnl").text': "Incompatible types",
}


def test_type_checker_accepts_a_right_use_and_names_each_wrong_one(
    core_only: Path, tmp_path: Path
) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text("import perfkit\n\n" + "\n".join(WRONG) + "\n")
    mypy = (sys.executable, "-m", "mypy", "--strict", "--python-executable", core_only)
    done = run(*mypy, "right.py", cwd=tmp_path)
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "Success"), done.stdout
    done = run(*mypy, "wrong.py", cwd=tmp_path)
    *errors, _ = done.stdout.splitlines()
    assert len(errors) == len(WRONG)
    for number, (error, said) in enumerate(zip(errors, WRONG.values(), strict=True), start=3):
        assert error.startswith(f"wrong.py:{number}: error:")
        assert said in error


CORE = {
    "check": 0,
    "dialects kraken": 0,
    "docs configuration": 0,
    "summary --window all --by strategy": 0,
    "summary --json --export --check": 0,
    "trades --format csv": 0,
    "new-report mine": 0,
    "schedule --cron": 0,
    "prune --dry-run": 0,
    "explain net_pnl --window all": 0,
    "fetch": 3,
    "cache status": 0,
    "cache verify": 0,
    "cache rebuild": 0,
    "alerts check": 0,
    "alerts lint": 0,
    "alerts test nothing.yaml": 3,
    "alerts backtest": 0,
    "alerts status": 0,
    "alerts ack 2025-10-09T00:00:00Z": 3,
    "alerts silence drawdown --for 1h": 0,
    "alerts unsilence drawdown": 0,
    "alerts heartbeat": 0,
    "alerts send-test stderr": 0,
    "init new": 0,
}
"""Commands that need no extra, and how they end."""

NEED_AN_EXTRA = {
    "report daily": "reports",
    "alerts backtest --charts charts": "reports",
    "demo new": "reports",
    "holidays XNYS": "calendars",
    "compare --where side=long --with side=short": "reports",
    "monte-carlo": "reports",
}


def commands(parser: ArgumentParser, words: str = "") -> Iterator[str]:
    """`summary`, `alerts check` and so on: every command that a parser knows."""
    inner = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    if not inner:
        yield words
    for action in inner:
        for name, parser_of_name in action.choices.items():
            yield from commands(parser_of_name, f"{words} {name}".strip())


def test_every_command_is_tried_without_the_extras() -> None:
    for command in commands(command_parser()):
        assert any(line.startswith(command) for line in [*CORE, *NEED_AN_EXTRA]), command


def perfkit(python: Path, line: str, workspace: Path, folder: Path) -> Sequence[object]:
    """Runs a command in an empty folder: exit code, output, messages."""
    needs_none = line.startswith(("init", "demo", "dialects", "docs"))
    root = () if needs_none else ("--root", workspace)
    done = run(python, "-m", "perfkit", *line.split(), *root, cwd=folder)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("line", "code"), CORE.items())
def test_command_that_needs_no_extra_works_without(
    core_only: Path, workspace: Path, tmp_path: Path, line: str, code: int
) -> None:
    ended, _, said = perfkit(core_only, line, workspace, tmp_path)
    assert ended in {code, 2} if code == 0 else ended == code, said
    assert "Traceback" not in str(said)
    assert "not installed" not in str(said)


@pytest.mark.parametrize(("line", "extra"), NEED_AN_EXTRA.items())
def test_command_that_needs_an_extra_names_it_in_one_sentence(
    core_only: Path, workspace: Path, tmp_path: Path, line: str, extra: str
) -> None:
    ended, _, said = perfkit(core_only, line, workspace, tmp_path)
    assert ended == 3
    assert f" not installed; `pip install 'PERFKIT[{extra}]'` installs what" in str(said)
    assert "Traceback" not in str(said)
    if not line.startswith("report"):  # which also says what became of each report
        assert (str(said).count("\n"), str(said)[:9]) == (1, "perfkit: ")
    assert [path.name for path in tmp_path.iterdir() if path.name != "charts"] == []


@pytest.mark.parametrize(
    "use", ["desk.chart", "desk.backtest().chart()", "desk.trades()", "desk.open_trades()"]
)
def test_library_names_the_extra_as_well(core_only: Path, workspace: Path, use: str) -> None:
    program = f"import perfkit; desk = perfkit.open(); {use}"
    done = run(core_only, "-c", program, cwd=workspace)
    assert done.stderr.splitlines()[-1].startswith("perfkit.core.errors.MissingExtraError: ")


def test_demo_of_the_wheel_makes_its_reports_in_an_empty_folder(
    wheel: Path, tmp_path: Path
) -> None:
    """The packages of the extra are those of this environment, to save installing them again."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    pip("--python", python, "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    (packages,) = (tmp_path / "venv/lib").glob("python*/site-packages")
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib"))
    templates = "share/jupyter/nbconvert"  # where the wheel has put its own already
    shutil.copytree(Path(sys.prefix) / templates, tmp_path / "venv" / templates, dirs_exist_ok=True)
    (tmp_path / "empty").mkdir()
    done = run(python, "-m", "perfkit", "demo", "demo", cwd=tmp_path / "empty")
    assert (done.stderr, done.returncode) == ("", 0)
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["demo"]
    for label in ("daily/2025-10-09", "weekly/2025-W41", "monthly/2025-10"):
        page = (tmp_path / "empty/demo/reports" / label / "report.md").read_text(encoding="utf-8")
        assert "Net P&L **" in page


@pytest.mark.parametrize("name", ["perfkit", "perfkit-alerts"])
def test_start_script_loads_only_what_it_starts(name: str) -> None:
    """pip before 25.2 writes scripts that load `re`, half as much as a whole run of the alerts."""
    script = Path(sys.executable).with_name(name).read_text(encoding="utf-8")
    imports = [line for line in script.splitlines() if line.startswith(("import", "from"))]
    assert [line for line in imports if "perfkit" not in line] == ["import sys"]
