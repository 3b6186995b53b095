"""A compressed log caught half written: the earlier figures stay, and no all-clear is given."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from perfkit.alerts import cron
from perfkit.core.errors import LogReadError, PerfkitError
from perfkit.desk.desk import open as open_desk
from tests.conftest import WriteWorkspace

CONFIG = """\
sources:
  - name: bot
    path: logs/{name}
    currency: USD
    dialect: {{identity: [id], fields: {{closed_at: t, net_pnl: pnl}}}}
"""
RULE = "rules: [{id: loss, metric: net_pnl, over: {window: all}, below: 0}]\n"
PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def rows(*pnls: int) -> list[dict[str, object]]:
    return [{"t": f"2026-04-08T10:{n:02d}:00Z", "pnl": pnl, "id": n} for n, pnl in enumerate(pnls)]


def text_of(name: str, *pnls: int) -> bytes:
    if name.endswith(".json"):
        return json.dumps(rows(*pnls)).encode()
    if name.endswith(".csv"):
        lines = [",".join(map(str, one.values())) for one in rows(*pnls)]
        return "".join(line + "\n" for line in ["t,pnl,id", *lines]).encode()
    return "".join(json.dumps(one) + "\n" for one in rows(*pnls)).encode()


def net(root: Path) -> object:
    return open_desk(root).summary("all").metrics["net_pnl"]


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.jsonl"])
def test_the_earlier_figures_stay_and_that_is_said_until_it_is_whole(
    workspace: WriteWorkspace, caplog: pytest.LogCaptureFixture, name: str, suffix: str
) -> None:
    root = workspace(CONFIG.format(name=name + suffix), {"config/alerts.yaml": RULE})
    log = root / "logs" / (name + suffix)
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(PACK[suffix](text_of(name, 1, 2)))
    words = ["--root", str(root)]
    assert (net(root), cron.main(words)) == (3, 0)
    later = PACK[suffix](text_of(name, 1, 2, 5))
    for cut in (0, 1, 13, 14, len(later) // 2, len(later) - 1):
        caplog.clear()
        log.write_bytes(later[:cut])
        assert net(root) == 3, cut
        assert f"{name}{suffix} is not a whole compressed file" in caplog.text
        assert cron.main(words) == 3, cut
    with pytest.raises(PerfkitError):
        open_desk(root, cached=False).summary("all")
    caplog.clear()
    log.write_bytes(later)
    assert net(root) == 8
    assert "not a whole" not in caplog.text
    assert cron.main(words) == 0


def test_one_that_is_damaged_is_an_error(workspace: WriteWorkspace) -> None:
    root = workspace(CONFIG.format(name="a.jsonl.gz"))
    log = root / "logs/a.jsonl.gz"
    log.parent.mkdir(exist_ok=True)
    content = bytearray(gzip.compress(text_of("a.jsonl", 1, 2)))
    log.write_bytes(content)
    assert net(root) == 3
    content[len(content) // 2] ^= 255
    log.write_bytes(content)
    with pytest.raises(LogReadError, match="check that it is there and may be read"):
        net(root)
