"""`docs/architecture.md` and `docs/glossary.md` name only what exists, and the rooms hold."""

import ast
import contextlib
import importlib
import io
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from types import FrameType

import pytest

from perfkit.cli import main
from tests.alerting import START, WIN_RATE, Bench

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "perfkit"
DOCS = ("architecture.md", "glossary.md")
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
OF_A_WORKSPACE = ("logs/mirror/", "logs/performance/", "reports/failures/")
"""What is there only after a run."""

MOST_ENTRIES = 12
MOST_MODULES = 18
LONGEST_MODULE = 450
LONGEST_FUNCTION = 48


def text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCS)
def test_every_file_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"`((?:perfkit/|tests/)?[\w/]+(?:\.py|/))`", text(name)))
    assert len(named) > 10
    missing = [path for path in named if not ((ROOT / path).exists() or (PACKAGE / path).exists())]
    assert [path for path in missing if not path.startswith(OF_A_WORKSPACE)] == []


def test_every_function_and_class_that_is_named_exists() -> None:
    pages = text("architecture.md") + text("glossary.md") + text("../CONTRIBUTING.md")
    dotted = set(re.findall(rf"`((?:{'|'.join(ROOMS)})(?:\.\w+){{2,}})`", pages))
    assert len(dotted) > 30
    for name in dotted:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(f"perfkit.{module}"), attribute), name


def test_every_word_in_italics_is_in_the_glossary() -> None:
    words = set(re.findall(r"(?<![*\w])\*(\w[\w ]*)\*(?!\*)", text("architecture.md")))
    assert len(words) > 20
    explained = set(re.findall(r"^\| (\w[\w ]*) \|", text("glossary.md"), re.MULTILINE))
    unknown = {word for word in words if not {word, word.removesuffix("s")} & explained}
    assert unknown - {"italics"} == set()


def test_every_word_of_the_glossary_is_explained_once() -> None:
    rows = re.findall(r"^\| (\w[\w ]*) \|", text("glossary.md"), re.MULTILINE)
    words = [word for word in rows if word != "word"]
    assert len(words) > 40
    assert sorted(set(words)) == sorted(words)


def test_about_twenty_words_are_enough_to_begin_with() -> None:
    begin = text("glossary.md").partition("\n## Words to begin with\n")[2].split("\n## ")[0]
    assert 20 <= len(re.findall(r"^\| (?!word|:)\w", begin, re.MULTILINE)) <= 25


def walk(heading: str) -> list[str]:
    """The functions and classes that a walk through the code names, in its order."""
    below = text("architecture.md").partition(f"\n## {heading}\n")[2].split("\n## ")[0]
    return re.findall(rf"`((?:{'|'.join(ROOMS)})(?:\.\w+){{2,}})`", below)


@contextmanager
def recorded() -> Iterator[dict[str, None]]:
    """What is called of perfkit in the meantime, in the order of the first call."""
    called: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        module = str(frame.f_globals.get("__name__"))
        if event == "call" and module.startswith("perfkit."):
            name = frame.f_code.co_qualname.split(".")[0]
            called.setdefault(f"{module.removeprefix('perfkit.')}.{name}")

    earlier = sys.getprofile()
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(earlier)


def test_a_new_line_takes_the_walk_to_a_figure(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.trade(START, 10)
    command = ["summary", "--root", str(tmp_path), "--window", "weekly"]
    with contextlib.redirect_stdout(io.StringIO()):
        main.main(command)
        bench.trade(START + timedelta(hours=1), 20)
        with recorded() as called:
            main.main(command)
    named = walk("A log line to a figure")
    assert [name for name in named if name not in called] == []
    milestones = ["cli.main.main", "book.plan.plan", "book.batch.batches", "logs.combine.combined"]
    milestones += ["book.update.absorbed", "summary.summary.summarize", "metrics.registry.evaluate"]
    assert [name for name in called if name in milestones] == milestones
    assert [name for name in named if name in milestones] == milestones


def test_minutes_of_alerts_take_the_walk_to_an_exit_code(tmp_path: Path) -> None:
    by_clock = "  - {id: silent, metric: minutes_since_last_line, above: 60}\n"
    bench = Bench(tmp_path, WIN_RATE + by_clock)
    with recorded() as called:
        for hours in (0, 1, 26):
            bench.trade(START + timedelta(hours=hours), -10)
            bench.run(START + timedelta(hours=hours, minutes=1))
        bench.trade(START - timedelta(hours=1), -10)
        bench.trade(START + timedelta(hours=25), -10)
        assert bench.run(START + timedelta(hours=27)).code == 2
    values = {"alerts.check.CheckResult"}
    named = walk("A cron minute to an exit code")
    assert [name for name in named if name not in called.keys() | values] == []


def test_every_room_is_described() -> None:
    described = set(re.findall(r"^\| `(\w+)` \|", text("architecture.md"), re.MULTILINE))
    assert described == set(ROOMS)


def test_there_are_few_entries_beside_the_rooms() -> None:
    beside = {
        path.name
        for path in PACKAGE.iterdir()
        if path.name not in ROOMS and path.name != "__pycache__"
    }
    assert len(beside) <= MOST_ENTRIES


def test_no_folder_has_too_many_modules_and_no_module_too_many_lines() -> None:
    for folder in (path.parent for path in PACKAGE.rglob("__init__.py")):
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= MOST_MODULES, folder
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {path: count for path, count in lengths.items() if count > LONGEST_MODULE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_inner_init_files_are_empty() -> None:
    inner = [path for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE]
    assert [path for path in inner if path.read_text(encoding="utf-8").strip()] == []


def test_no_class_name_stands_in_two_rooms() -> None:
    homes: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for name in re.findall(r"^class ([A-Z]\w+)", path.read_text("utf-8"), re.MULTILINE):
            homes.setdefault(name, set()).add(path.relative_to(PACKAGE).parts[0])
    assert {name: rooms for name, rooms in homes.items() if len(rooms) > 1} == {}


def test_every_file_of_tests_is_named_after_a_module_or_its_folder() -> None:
    """What crosses rooms lies beside this file, `tests/test_<what>.py`."""
    tests = ROOT / "tests"
    named = {path.relative_to(tests) for path in tests.rglob("test_*.py") if path.parent != tests}
    modules = {
        path.relative_to(PACKAGE).with_name(f"test_{path.name}") for path in PACKAGE.rglob("*.py")
    }
    folders = {module.with_name(f"test_{module.parent.name}.py") for module in modules}
    assert len(named) > 40
    assert sorted(map(str, named - modules - folders)) == []


def test_every_folder_of_modules_has_tests() -> None:
    folders = {path.parent.relative_to(PACKAGE) for path in PACKAGE.rglob("__init__.py")}
    without = {folder for folder in folders if not list((ROOT / "tests" / folder).glob("test_*"))}
    assert {str(folder) for folder in without} == set()


NOT_IMPORTED = {"tzdata", "jupyter", "perfkit", "s3fs"}
"""Declared, though nothing imports it by name: data, JupyterLab, what fsspec loads for a URL, and
perfkit's own extras."""


def imports(node: ast.AST) -> Iterator[str]:
    """The top-level names that a piece of code imports, wherever it does."""
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in one.names)
        elif isinstance(one, ast.ImportFrom) and not one.level:
            yield str(one.module).partition(".")[0]


def test_every_package_that_is_imported_is_declared_and_the_other_way_round() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    of_extras = chain.from_iterable(
        extras[name] for name in ("reports", "parquet", "calendars", "cluster", "lab", "remote")
    )
    wanted = [*project["dependencies"], *of_extras]
    declared = {_normal(re.split(r"[^\w.-]", line)[0]) for line in wanted}
    names = {
        name
        for path in (ROOT / "perfkit").rglob("*.py")
        for name in imports(ast.parse(path.read_text(encoding="utf-8")))
        if name != "perfkit" and name not in sys.stdlib_module_names
    }
    distributions = packages_distributions()
    imported = {_normal(distributions[name][0]) for name in names}
    assert imported | NOT_IMPORTED == declared


def _normal(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
