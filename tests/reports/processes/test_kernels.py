"""Where the sockets of kernels are, and why no kernel starts."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from perfkit.core.errors import (
    MissingExtraError,
    OutputError,
)
from perfkit.reports.processes import kernels


class TestKernelFolders:
    """Where the sockets of kernels are: private, and short enough for a socket's name."""

    def test_folder_with_a_long_path_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        long = tmp_path / ("x" * 120)
        long.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(long))
        folder, lock = kernels._runtime_folder()
        try:
            assert len(str(folder / "12/s-5")) < kernels.LONGEST_SOCKET
            assert folder.stat().st_mode & 0o777 == 0o700
        finally:
            folder.rmdir()
            os.close(lock)

    def test_nowhere_to_put_it_is_an_error_that_names_the_setting(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
        monkeypatch.setattr(kernels, "_SHORT_FOLDERS", ())
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        with pytest.raises(OutputError, match="TMPDIR"):
            kernels._runtime_folder()

    def test_folder_whose_lock_nobody_holds_is_removed_and_any_other_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kernels, "_bases", lambda: [tmp_path])
        monkeypatch.setattr(kernels, "LONGEST_SOCKET", 1000)
        held, lock = kernels._runtime_folder()
        (held / "1").mkdir()
        left = tmp_path / f"{kernels.RUNTIME}left"
        (left / "1").mkdir(parents=True)
        (tmp_path / "other").mkdir()
        (tmp_path / f"{kernels.RUNTIME}link").symlink_to(tmp_path / "other")
        (tmp_path / f"{kernels.RUNTIME}file").touch()
        kernels.remove_left_behind()
        kept = {held.name, "other", f"{kernels.RUNTIME}link", f"{kernels.RUNTIME}file"}
        assert {path.name for path in tmp_path.iterdir()} == kept
        assert (held / "1").is_dir()
        os.close(lock)
        kernels.remove_left_behind()
        assert not held.exists()

    def test_folder_that_another_run_removes_as_it_is_made_is_made_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kernels, "_bases", lambda: [tmp_path])
        monkeypatch.setattr(kernels, "LONGEST_SOCKET", 1000)
        made: list[str] = []
        make = tempfile.mkdtemp

        def overtaken(**names: Any) -> str:
            made.append(make(**names))
            if len(made) == 1:
                kernels.remove_left_behind()
            return made[-1]

        monkeypatch.setattr(tempfile, "mkdtemp", overtaken)
        folder, lock = kernels._runtime_folder()
        assert [str(folder)] == made[1:]
        assert folder.is_dir()
        os.close(lock)

    def test_reason_why_no_kernel_starts_comes_with_the_remedy(self) -> None:
        missing = kernels._cannot_start("ModuleNotFoundError: No module named 'ipykernel'")
        assert isinstance(missing, MissingExtraError)
        assert "no kernel can be started: OSError: x" in str(kernels._cannot_start("OSError: x"))
