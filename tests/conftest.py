"""Workspaces on disk for the tests, and how hard Hypothesis tries.

`HYPOTHESIS_PROFILE` chooses: `dev` while working, `ci` the same examples every time, `few` the
first of these, where an example takes long or another Python has tried them all, `campaign`
thousands of new ones.
"""

import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, Phase, settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as shells start what is in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the tests press Ctrl-C in processes

_COMMON = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("dev", parent=_COMMON, max_examples=50)
settings.register_profile(
    "ci", parent=_COMMON, max_examples=25, derandomize=True, database=None, print_blob=True
)
settings.register_profile("few", parent=settings.get_profile("ci"), max_examples=10)
settings.register_profile(
    "campaign",
    parent=_COMMON,
    max_examples=5000,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

CAMPAIGN = os.environ.get("PERFKIT_CAMPAIGN") == "1"
"""Whether every case is tried that `make test` samples (hours)."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the cases that only a campaign runs (see the marker `sampled`)."""
    seen: dict[str, int] = {}
    left = []
    for item in items:
        sampled = item.get_closest_marker("sampled")
        if sampled is None or CAMPAIGN:
            continue
        name = item.nodeid.partition("[")[0]
        seen[name] = seen.get(name, -1) + 1
        if seen[name] % sampled.args[0]:
            left.append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


_MEASURED = "COVERAGE_PROCESS_CONFIG"
_of_coverage: dict[str, str] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Of the processes that tests start, those of reports and of the command line are measured.

    They run what no test runs in its own process. Measuring makes each take twice as long.
    """
    _of_coverage.update({name: one for name, one in os.environ.items() if name == _MEASURED})
    os.environ.pop(_MEASURED, None)
    if {"reports", "cli"} & set(item.path.parts):
        os.environ.update(_of_coverage)


BOT = """\
sources:
  - {name: bot, path: logs/trades, currency: USD}
"""
"""A configuration with one source of daily `trade_record` files."""


class WriteWorkspace(Protocol):
    """Writes `config/perfkit.yaml` and log files, named from the root; returns the root."""

    def __call__(
        self, config: str = BOT, logs: Mapping[str, str | bytes] | None = None
    ) -> Path: ...


def _write(root: Path, config: str, logs: Mapping[str, str | bytes] | None) -> Path:
    (root / "config").mkdir(parents=True, exist_ok=True)
    (root / "config/perfkit.yaml").write_text(config, encoding="utf-8")
    (root / "logs/trades").mkdir(parents=True, exist_ok=True)
    for name, content in (logs or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@pytest.fixture(autouse=True)
def _no_settings_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell that runs the tests has set for perfkit must not change a figure."""
    for name in ("PERFKIT_ROOT", "PERFKIT_TIMEZONE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> WriteWorkspace:
    """Adds to one workspace in `tmp_path`."""

    def write(config: str = BOT, logs: Mapping[str, str | bytes] | None = None) -> Path:
        return _write(tmp_path, config, logs)

    return write


@pytest.fixture(scope="session")
def fresh_workspace(tmp_path_factory: pytest.TempPathFactory) -> WriteWorkspace:
    """For properties: each call empties the workspace of the call before."""
    root = tmp_path_factory.mktemp("workspace")

    def write(config: str = BOT, logs: Mapping[str, str | bytes] | None = None) -> Path:
        shutil.rmtree(root)
        return _write(root, config, logs)

    return write
