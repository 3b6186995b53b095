"""The files for container hosts, as far as they can be tried without one."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import WriteWorkspace

ROOT = Path(__file__).parents[1]
ENTRY, JOB = ROOT / "docker/entrypoint.sh", ROOT / "docker/job.sh"

FAKES = {
    "setpriv": 'while [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"',
    "perfkit": 'echo "perfkit $*"',
    "groupmod": "",
    "usermod": 'echo "$*" >"$FAKES/usermod.said"',
    "crontab": 'cat >"$FAKES/crontab.said"',
    "cron": f"{shlex.quote(str(JOB))} -c 'echo printed; echo problem >&2'\nsleep 0.5",
}
"""Programs that only root, or only a container, can run."""


def enter(workspace: Path, fakes: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Runs the entry point of the image with other programs in the place of some."""
    for name, text in FAKES.items():
        (fakes / name).write_text(f"#!/bin/sh\n{text}\n")
        (fakes / name).chmod(0o755)
    environment = {
        "PATH": f"{fakes}:/usr/bin:/bin",
        "FAKES": str(fakes),
        "PERFKIT_ROOT": str(workspace),
        "PERFKIT_LOG": str(fakes / "log"),
    }
    return subprocess.run(
        [ENTRY, *words], env=environment, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.fixture
def fakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fakes")


def test_words_are_a_command_of_perfkit(workspace: WriteWorkspace, fakes: Path) -> None:
    done = enter(workspace(), fakes, "report", "all", "--jobs", "2")
    assert (done.returncode, done.stdout) == (0, "perfkit report all --jobs 2\n")


def test_without_words_cron_has_the_schedule_and_its_jobs_print_to_the_log(
    workspace: WriteWorkspace, fakes: Path
) -> None:
    root = workspace()
    done = enter(root, fakes)
    schedule = f"perfkit schedule --cron --root {root}"
    crontab = (fakes / "crontab.said").read_text()
    assert crontab == f'SHELL=/usr/local/bin/perfkit-job\nMAILTO=""\n{schedule}\n'
    assert done.stdout.splitlines() == [schedule, "printed", "problem"]
    assert (done.returncode, done.stderr) == (3, "cron ended with exit code 0\n")
    owner = root.stat()
    assert f"--uid {owner.st_uid} --gid {owner.st_gid}" in (fakes / "usermod.said").read_text()


def test_folder_that_is_no_workspace_is_named(tmp_path: Path, fakes: Path) -> None:
    done = enter(tmp_path, fakes)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"no workspace is mounted at {tmp_path}; make one: ")


def test_dockerfile_copies_what_there_is_and_starts_the_entry_point() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = dict(re.findall(r"^COPY ([^-\s]\S*) (\S+)$", text, re.MULTILINE))
    assert all((ROOT / source).exists() for source in copied)
    assert copied["docker/entrypoint.sh"] == "/usr/local/bin/perfkit-container"
    assert copied["docker/job.sh"] == "/usr/local/bin/perfkit-job"
    assert text.rstrip().endswith('ENTRYPOINT ["perfkit-container"]')
    assert all(path.stat().st_mode & 0o111 for path in (ENTRY, JOB))


def test_compose_mounts_a_workspace_where_the_image_expects_it() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["perfkit"]
    (volume,) = service["volumes"]
    assert volume.partition(":")[2] == "/workspace"
    assert "ENV PERFKIT_ROOT=/workspace" in (ROOT / "Dockerfile").read_text()
    assert service["init"] is True
