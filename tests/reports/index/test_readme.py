"""The index of all reports, from what lies in their folders."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

import perfkit
from perfkit.core.calendar import Calendar
from perfkit.core.filters.conditions import quoted
from perfkit.core.formatting import plain
from perfkit.reports import failure, published
from perfkit.reports.index import readme
from perfkit.reports.index.periods import EMPTY, FAILED, MISSING, OK_STATE, STALE, entries
from perfkit.reports.index.readme import write_index
from tests.reportkit import CARD, HOSTILE, LOGS, Texts, golden, tokens, write_workspace


def publish(
    root: Path,
    kind: str,
    day: str,
    net_pnl: str = "1",
    where: Mapping[str, str] | None = None,
    **more: Any,
) -> Path:
    """A report as it lies in its folder, with nothing in it but what the index needs."""
    label = Calendar().window(kind, date.fromisoformat(day)).label
    folder = root / "reports" / kind / published.name_of(label, where or {})
    folder.mkdir(parents=True)
    status: dict[str, Any] = {
        "state": "ok",
        "kind": kind,
        "label": label,
        "where": where or {},
        "parameters": {"date": day},
        "digest": "d",
        "figures": "f",
        "settled": "s",
        "model": "m",
        "notebook_sha256": "n",
        "perfkit": "0",
        "files": {},
        **more,
    }
    metrics = {"net_pnl": net_pnl, "closed_trades": 2, "win_rate": "0.5"}
    (folder / "status.json").write_text(json.dumps(status))
    (folder / "summary.json").write_text(json.dumps({"metrics": metrics, "currency": "USD"}))
    return folder


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("perfkit report", "`perfkit report`"),
        ("--where 'symbol=`x`'", "`` --where 'symbol=`x`' ``"),
        ("a ``` b", "```` a ``` b ````"),
        ("a\x1b[31m\nb", "`a [31m b`"),
    ],
)
def test_command_stands_as_it_is_in_markdown(command: str, code: str) -> None:
    assert readme._in_code(command) == code


class TestIndex:
    """`reports/README.md` and `index.html`, from what lies in the folders."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        return write_workspace(tmp_path / "trading", LOGS)

    def markdown(self, root: Path) -> str:
        return write_index(perfkit.open(root), {}).read_text(encoding="utf-8")

    def test_every_state_of_a_day_and_what_to_do(self, root: Path) -> None:
        publish(root, "daily", "2026-03-28", "12345.678")
        publish(root, "daily", "2026-03-29", "-5", stale_since="2026-04-01T00:15:00Z")
        publish(root, "daily", "2026-03-30", "-5", stale_since="2026-04-01T00:15:00Z")
        publish(root, "daily", "2026-04-01", "0", state="no-data")
        publish(root, "daily", "2026-04-02", "3", files={"report.html": "x"})
        publish(root, "weekly", "2026-04-05", "7")
        publish(root, "monthly", "2026-03-31", "7", where={"source": "bot"})
        card = CARD
        for label, standing in (("2026-04-02", True), ("2026-04-03", False)):
            told = msgspec.structs.replace(
                card, label=label, where={}, parameters={"date": label}, standing=standing
            )
            failure.write_card(root, told)
        golden("reports-index.md", self.markdown(root))
        golden("reports-index.html", (root / "reports/index.html").read_text(encoding="utf-8"))
        listed = entries(perfkit.open(root), {})["daily"]
        assert {entry.state for entry in listed} == {OK_STATE, STALE, FAILED, EMPTY, MISSING}

    def test_folder_that_is_no_whole_report_is_passed_over(self, root: Path) -> None:
        publish(root, "daily", "2026-04-08")
        (publish(root, "daily", "2026-04-05") / "status.json").unlink()
        (publish(root, "daily", "2026-04-04") / "status.json").write_text("{")
        (publish(root, "daily", "2026-04-06") / "summary.json").unlink()
        aside = root / "reports/daily/.2026-04-07.previous"
        publish(root, "daily", "2026-04-07").rename(aside)
        (root / "reports/daily/notes.txt").write_text("mine")
        links = [
            one.attrs["href"] for one in tokens(self.markdown(root)) if one.type == "link_open"
        ]
        assert set(links) == {"daily/2026-04-08/report.md", "daily/2026-04-06/report.md"}

    def test_names_in_a_filter_are_plain_text(self, root: Path) -> None:
        for n, name in enumerate(HOSTILE):
            publish(root, "daily", f"2026-04-0{n + 1}", where={"strategy": quoted(name)})
        found = list(tokens(self.markdown(root)))
        kinds = [token.type for token in found]
        assert kinds.count("link_open") == kinds.count("tr_open") - 1 == len(HOSTILE)
        assert not [kind for kind in kinds if kind.startswith(("html", "image", "code", "strong"))]
        texts = Texts((root / "reports/index.html").read_text(encoding="utf-8"))
        for name in HOSTILE:
            assert f"strategy = {plain(name)}" in texts.text

    def test_index_without_a_report_is_a_heading(self, root: Path) -> None:
        assert self.markdown(root) == "# Reports\n"
        assert "No reports yet." in (root / "reports/index.html").read_text(encoding="utf-8")
