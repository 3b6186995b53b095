"""Where the sockets of kernels are, and why no kernel starts."""

import os
from pathlib import Path

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
        folder = kernels._runtime_folder()
        try:
            assert len(str(folder / "12/s-5")) < kernels.LONGEST_SOCKET
            assert folder.stat().st_mode & 0o777 == 0o700
        finally:
            folder.rmdir()

    def test_nowhere_to_put_it_is_an_error_that_names_the_setting(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
        monkeypatch.setattr(kernels, "_SHORT_FOLDERS", ())
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        with pytest.raises(OutputError, match="TMPDIR"):
            kernels._runtime_folder()

    def test_folders_of_dead_runs_are_removed_and_those_of_living_ones_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kernels, "_bases", lambda: [tmp_path])
        for process in (os.getpid(), 2**22 + 1):
            (tmp_path / f"{kernels.RUNTIME}{process}-abc").mkdir()
        kernels.remove_left_behind()
        assert [path.name for path in tmp_path.iterdir()] == [f"{kernels.RUNTIME}{os.getpid()}-abc"]

    def test_reason_why_no_kernel_starts_comes_with_the_remedy(self) -> None:
        missing = kernels._cannot_start("ModuleNotFoundError: No module named 'ipykernel'")
        assert isinstance(missing, MissingExtraError)
        assert "no kernel can be started: OSError: x" in str(kernels._cannot_start("OSError: x"))
