"""The extra `reports`: what it brings is what perfkit imports, and without it nothing is filed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from perfkit.core.errors import MissingExtraError
from perfkit.reports import early
from tests.reportkit import LOGS, Ran, tree, write_workspace

ROOT = Path(__file__).parents[2]
CORE_PACKAGES = ("msgspec", "yaml", "_yaml", "tzdata", "xxhash")


def core_only(folder: Path) -> dict[str, str]:
    """An environment for `python -S` in which only the packages of the core can be imported."""
    for name in CORE_PACKAGES:
        for kind in ("purelib", "platlib"):
            for path in Path(sysconfig.get_path(kind)).glob(f"{name}*"):
                if not (folder / path.name).exists():
                    (folder / path.name).symlink_to(path)
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def perfkit(*words: object, env: dict[str, str]) -> Ran:
    command = [sys.executable, "-S", "-m", "perfkit", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    return Ran(done.returncode, done.stdout, done.stderr)


class TestWithoutTheExtra:
    @pytest.mark.parametrize(
        "words",
        [
            "daily",
            "daily --date 2026-04-08",
            "daily --date 2026-04-06",
            "all",
            "daily --from 2026-04-06 --to 2026-04-08 --no-html",
            "--verify",
        ],
    )
    def test_report_names_it_in_one_sentence_and_files_nothing(
        self, tmp_path: Path, words: str
    ) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        packages = tmp_path / "packages"
        packages.mkdir()
        env = core_only(packages)
        assert perfkit("summary", "--root", root, env=env).code == 0
        before = tree(root / "reports")
        ran = perfkit("report", *words.split(), "--root", root, env=env)
        install = "`pip install 'PERFKIT[reports]'`"
        assert (ran.code, ran.out) == (3, "")
        missing = "ipykernel, matplotlib, mistune, nbconvert, nbformat, pandas and papermill"
        start = f"perfkit: {missing} are not installed; {install} "
        assert re.fullmatch(rf"{re.escape(start)}.*\n", ran.err)
        assert tree(root / "reports") == before

    @pytest.mark.parametrize("name", early.REQUIRED)
    def test_first_package_that_is_missing_is_named(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        early.check_extra()
        monkeypatch.setattr(early, "find_spec", lambda one: None if one == name else object())
        with pytest.raises(MissingExtraError, match=f"{name} is not installed"):
            early.check_extra()
