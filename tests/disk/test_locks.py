"""Locks are given back by who took them, whoever else was forked meanwhile."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from perfkit.disk.locks import held, try_lock


def test_a_process_forked_while_a_lock_is_held_does_not_keep_it(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with held(path):
        assert try_lock(path) is None
        child = os.fork()
        if not child:
            signal.pause()
    try:
        descriptor = try_lock(path)
        assert descriptor is not None
        os.close(descriptor)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
