"""What becomes of old reports, and that nothing newer is touched."""

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.cli.main import main
from perfkit.core.errors import OutputError
from perfkit.reports.failure import write_card
from perfkit.reports.index.periods import entries
from perfkit.reports.keeping.prune import prune, would_prune
from perfkit.reports.links import links_of
from perfkit.reports.published import ReportStatus, digests_of, is_intact, read_published
from tests.reportkit import CARD, LOGS, SMALL, tree, write_workspace
from tests.reports.index.test_readme import publish

TODAY = date(2026, 4, 9)
PAGE = "# Daily report\n\n![Equity](equity.png)\n"
HTML = '<body><h1>Daily report</h1><img alt="Equity" src="data:image/png;base64,AAAA"></body>'


def whole(root: Path, kind: str, day: date, **more: Any) -> Path:
    """A report with all that a run makes of it."""
    folder = publish(root, kind, day.isoformat(), **more)
    (folder / "report.md").write_text(PAGE)
    (folder / "report.html").write_text(HTML)
    (folder / "report.ipynb").write_text("{}")
    (folder / "equity.png").write_bytes(b"\x89PNG")
    status = json.loads((folder / "status.json").read_text())
    status |= {"files": digests_of(folder), "images": ["equity.png"]}
    (folder / "status.json").write_text(json.dumps(status))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def configure(root: Path, *lines: str) -> None:
    with (root / "config/perfkit.yaml").open("a") as config:
        config.write("\nreports:\n" + "".join(f"  - {line}\n" for line in lines))


THIN = ["report.html", "report.md", "status.json", "summary.json"]
WHOLE = sorted([*THIN, "equity.png", "report.ipynb"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_workspace(tmp_path / "trading", LOGS)


def test_only_what_is_older_is_thinned_and_keeps_its_figures(root: Path) -> None:
    configure(root, "{name: daily, keep: 30d}")
    old, new = (whole(root, "daily", TODAY - timedelta(days=n)) for n in (31, 30))
    other = whole(root, "weekly", TODAY - timedelta(days=300))
    before = tree(new), tree(other), (old / "summary.json").read_bytes()
    (done,) = prune(perfkit.open(root), TODAY)
    assert (done.folder, done.removed) == (old.relative_to(root), False)
    assert names(old) == THIN
    assert (tree(new), tree(other), (old / "summary.json").read_bytes()) == before
    report = read_published(old)
    assert report is not None
    assert (report.status.thinned, report.status.images) == ("30d", ())
    assert is_intact(report), "so it is not made again"


def test_pages_go_last_and_only_where_that_is_asked_for(root: Path) -> None:
    configure(root, "{name: daily, keep: {pictures: 10d, pages: 20d}}", "{name: weekly, keep: 10d}")
    days = {n: whole(root, "daily", TODAY - timedelta(days=n)) for n in (10, 11, 20, 21, 5000)}
    week = whole(root, "weekly", TODAY - timedelta(days=5000))
    done = prune(perfkit.open(root), TODAY)
    order = [*(days[20], days[11], week), *(days[5000], days[21])]
    assert [one.folder for one in done] == [folder.relative_to(root) for folder in order]
    assert [one.removed for one in done] == [False] * 3 + [True] * 2
    assert names(days[10]) == WHOLE
    assert names(days[20]) == names(days[11]) == names(week) == THIN
    assert not days[21].exists()
    assert not days[5000].exists()
    assert not (root / "reports/.staging").exists() or not tree(root / "reports/.staging")


def test_what_is_removed_is_not_asked_for_again(root: Path) -> None:
    configure(root, "{name: daily, keep: {pages: 2d}}")
    for n in range(6):
        whole(root, "daily", date(2026, 4, 8) - timedelta(days=n))
    card = msgspec.structs.replace(CARD, parameters={"date": "2026-04-01"}, where={})
    page = write_card(root, card)
    prune(perfkit.open(root), TODAY)
    found = entries(perfkit.open(root), {})["daily"]
    assert [(one.label, one.state) for one in found] == [
        ("2026-04-08", "ok"),
        ("2026-04-07", "ok"),
    ]
    assert not page.exists()


def test_pages_lead_to_no_report_that_was_removed(root: Path) -> None:
    configure(root, "{name: daily, keep: {pictures: 100d, pages: 101d}}")
    folders = [whole(root, "daily", TODAY - timedelta(days=n)) for n in (102, 5, 4)]
    for folder in folders:
        page = HTML.replace("<h1>", links_of(folder) + "<h1>")
        (folder / "report.html").write_text(page)
        status = json.loads((folder / "status.json").read_text())
        (folder / "status.json").write_text(json.dumps(status | {"files": digests_of(folder)}))
    gone, second, last = folders
    assert f"../{gone.name}/report.html" in (second / "report.html").read_text()
    before = tree(last)
    prune(perfkit.open(root), TODAY)
    page = (second / "report.html").read_text()
    assert f"../{gone.name}/" not in page
    assert f"../{last.name}/report.html" in page
    assert "data:image/png" in page
    report = read_published(second)
    assert report is not None
    assert is_intact(report)
    assert tree(last) == before


def test_age_counts_from_the_last_day_of_the_period(root: Path) -> None:
    configure(root, "{name: monthly, keep: 9d}")
    march = whole(root, "monthly", date(2026, 3, 2))
    assert prune(perfkit.open(root), date(2026, 4, 9)) == []
    assert [one.folder.name for one in prune(perfkit.open(root), date(2026, 4, 10))] == ["2026-03"]
    assert names(march) == THIN


def test_dry_run_says_the_same_and_changes_nothing(root: Path) -> None:
    configure(root, "{name: daily, keep: {pictures: 10d, pages: 20d}}")
    for n in (5, 15, 25):
        whole(root, "daily", TODAY - timedelta(days=n))
    before = tree(root)
    expected = would_prune(perfkit.open(root).config, TODAY)
    assert tree(root) == before
    bytes_before = sum(len(body) for body in tree(root / "reports").values())
    assert prune(perfkit.open(root), TODAY) == expected
    assert bytes_before > sum(one.freed for one in expected) > 0
    assert would_prune(perfkit.open(root).config, TODAY) == []


def test_index_says_what_was_thinned(root: Path) -> None:
    configure(root, "{name: daily, keep: 30d}")
    whole(root, "daily", date(2026, 1, 5))
    prune(perfkit.open(root), TODAY)
    readme = (root / "reports/README.md").read_text()
    assert (
        "| [2026-01-05](daily/2026-01-05/report.md) | +1.00 USD | 2 | 50.0 % | ok, thinned |"
        in (readme)
    )
    assert "2026-01-05: ok, thinned" in (root / "reports/index.html").read_text()


def test_report_that_somebody_edited_is_thinned_and_still_counts_as_edited(root: Path) -> None:
    configure(root, "{name: daily, keep: 30d}")
    folder = whole(root, "daily", date(2026, 1, 5))
    with (folder / "report.md").open("a") as page:
        page.write("My remark.\n")
    (folder / "notes").mkdir()
    (folder / "notes/mine.txt").write_text("mine")
    prune(perfkit.open(root), TODAY)
    assert (folder / "report.md").read_text().endswith("*Equity (picture removed)*\nMy remark.\n")
    assert (folder / "notes/mine.txt").read_text() == "mine"
    report = read_published(folder)
    assert report is not None
    assert not is_intact(report), "so it is made again when it is asked for"


@pytest.mark.parametrize(
    "name", ["../../../config/perfkit.yaml", "summary.json", "report.md", ".."]
)
def test_status_that_names_other_files_as_pictures_costs_none_of_them(
    root: Path, name: str
) -> None:
    configure(root, "{name: daily, keep: 30d}")
    folder = whole(root, "daily", date(2026, 1, 5))
    status = json.loads((folder / "status.json").read_text())
    (folder / "status.json").write_text(json.dumps({**status, "images": [name]}))
    prune(perfkit.open(root), TODAY)
    assert (root / "config/perfkit.yaml").exists()
    assert names(folder) == sorted([*THIN, "equity.png"])


def test_folder_that_cannot_be_changed_is_named_after_the_others(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(root, "{name: daily, keep: 30d}")
    folders = [whole(root, "daily", date(2026, 1, n)) for n in (5, 6, 7)]
    copytree = shutil.copytree

    def failing(source: Path, target: Path) -> None:
        if source == folders[1]:
            raise OSError(28, "No space left on device", str(target))
        copytree(source, target)

    monkeypatch.setattr(shutil, "copytree", failing)
    with pytest.raises(OutputError, match="No space left on device"):
        prune(perfkit.open(root), TODAY)
    assert [names(folder) for folder in folders] == [THIN, WHOLE, THIN]


def test_killed_at_any_step_a_report_is_whole_or_thinned_and_the_next_run_ends_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(root, "{name: daily, keep: 30d}")
    folder = whole(root, "daily", date(2026, 1, 5))
    before = tree(folder)

    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    for step in ("digests_of", "_pages", "write_status", "publish_folder"):
        with monkeypatch.context() as patch:
            patch.setattr(f"perfkit.reports.keeping.prune.{step}", killed)
            with pytest.raises(KilledError):
                prune(perfkit.open(root), TODAY)
        assert tree(folder) == before
    prune(perfkit.open(root), TODAY)
    assert names(folder) == THIN
    assert tree(root / "reports/.staging") == {}


@given(
    st.dictionaries(st.integers(0, 60), st.booleans(), max_size=6),
    st.integers(1, 50),
    st.none() | st.integers(0, 30),
)
def test_nothing_that_is_not_older_is_ever_touched(
    tmp_path_factory: pytest.TempPathFactory,
    ages: Mapping[int, bool],
    pictures: int,
    more: int | None,
) -> None:
    root = write_workspace(tmp_path_factory.mktemp("w") / "trading", LOGS)
    pages = "" if more is None else f", pages: {pictures + more}d"
    configure(root, f"{{name: daily, keep: {{pictures: {pictures}d{pages}}}}}")
    folders = {age: whole(root, "daily", TODAY - timedelta(days=age)) for age in ages}
    before = {age: tree(folder) for age, folder in folders.items()}
    prune(perfkit.open(root), TODAY)
    for age, folder in folders.items():
        if age <= pictures:
            assert tree(folder) == before[age]
        elif more is not None and age > pictures + more:
            assert not folder.exists()
        else:
            assert names(folder) == THIN
    shutil.rmtree(root)


class TestCommand:
    """`perfkit prune`."""

    @pytest.fixture
    def old(self, root: Path) -> Iterator[Path]:
        return iter([whole(root, "daily", date(2026, 1, 5))])

    def test_without_keep_nothing_goes_and_it_says_so(
        self, root: Path, old: Iterator[Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = next(old)
        assert main(["prune", "--root", str(root)]) == 0
        assert "no entry of `reports` in config/perfkit.yaml has `keep`" in capsys.readouterr().out
        assert names(folder) == WHOLE

    def test_dry_run_then_the_run_itself(
        self, root: Path, old: Iterator[Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = next(old)
        configure(root, "{name: daily, keep: 1d}")
        assert main(["prune", "--root", str(root), "--dry-run"]) == 0
        first, last = capsys.readouterr().out.splitlines()
        assert first.startswith("reports/daily/2026-01-05: would be thinned, ")
        assert last.startswith("1 report would be thinned, 0 would be removed: ")
        assert names(folder) == WHOLE
        assert main(["prune", "--root", str(root)]) == 0
        again = capsys.readouterr().out.splitlines()
        assert again == [first.replace("would be ", ""), last.replace("would be ", "")]
        assert names(folder) == THIN


def test_status_of_a_thinned_report_is_read(root: Path) -> None:
    folder = whole(root, "daily", date(2026, 1, 5), thinned="400d")
    status = msgspec.json.decode((folder / "status.json").read_bytes(), type=ReportStatus)
    assert status.thinned == "400d"


@pytest.mark.slow
def test_thinned_report_is_not_made_again_but_by_force_and_its_figures_are_verified(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "notebooks/daily.ipynb").write_text(SMALL)
    words = ["report", "daily", "--root", str(root), "--date", "2026-04-08"]
    folder = root / "reports/daily/2026-04-08"
    assert main([*words, "--html"]) == 0
    made = tree(folder)
    configure(root, "{name: daily, keep: 30d}")
    prune(perfkit.open(root), date(2026, 6, 1))
    assert names(folder) == THIN
    thin = tree(folder)
    assert main(words) == 0
    assert tree(folder) == thin
    capsys.readouterr()
    assert main([*words, "--verify"]) == 0
    assert capsys.readouterr().out == (
        "daily/2026-04-08: the figures are the same; it was thinned\n"
    )
    (folder / "summary.json").write_text("{}")
    assert main([*words, "--verify"]) == 3
    assert "daily/2026-04-08: summary.json differs" in capsys.readouterr().err
    assert main([*words, "--force"]) == 0
    again = tree(folder)
    assert {name: body for name, body in again.items() if name != "status.json"} == {
        name: body for name, body in made.items() if name != "status.json"
    }
