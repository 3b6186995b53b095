"""Links between the pages of a report."""

import re
from pathlib import Path

from perfkit.reports.links import link_pages, links_of
from perfkit.reports.published import (
    ReportStatus,
    digests_of,
    is_intact,
    read_published,
    write_status,
)


def publish(kind: Path, name: str, page: bytes = b"") -> Path:
    folder = kind / name
    folder.mkdir(parents=True)
    (folder / "report.md").write_text(name)
    links = links_of(folder).encode()
    (folder / "report.html").write_bytes(page or b"<body>" + links + b"<p>\xc3\xa4</p></body>")
    status = ReportStatus(
        state="ok",
        kind="daily",
        label="2026-04-08",
        where={},
        parameters={"date": "2026-04-08"},
        digest="",
        figures="",
        settled="",
        model="",
        notebook_sha256="",
        perfkit="",
        files=digests_of(folder),
    )
    write_status(folder, status)
    return folder


def leads_to(folder: Path) -> list[str]:
    return re.findall(r'href="([^"]+)"', (folder / "report.html").read_text(encoding="utf-8"))


INDEX = "../../index.html"


def test_pages_lead_to_the_index_and_to_those_before_and_after(tmp_path: Path) -> None:
    kind = tmp_path / "daily"
    names = ("2026-04-08", "2026-04-06", "2026-04-07")
    folders = [publish(kind, name) for name in names]
    link_pages(folders, tmp_path / "staging")
    last, first, middle = map(leads_to, folders)
    assert first == [INDEX, "../2026-04-07/report.html"]
    assert middle == [INDEX, "../2026-04-06/report.html", "../2026-04-08/report.html"]
    assert last == [INDEX, "../2026-04-07/report.html"]
    assert all((folder / link).exists() for folder in folders for link in leads_to(folder)[1:])


def test_new_page_changes_its_neighbours_and_nothing_else(tmp_path: Path) -> None:
    kind = tmp_path / "weekly"
    folders = [publish(kind, f"2026-W{n}") for n in (10, 11, 12, 14)]
    link_pages(folders, tmp_path / "staging")
    new = publish(kind, "2026-W13")
    inodes = {folder.name: (folder / "report.html").stat().st_ino for folder in kind.iterdir()}
    link_pages([new], tmp_path / "staging")
    after = {folder.name: (folder / "report.html").stat().st_ino for folder in kind.iterdir()}
    assert {name for name in after if after[name] != inodes[name]} == {"2026-W12", "2026-W14"}
    for folder in kind.iterdir():
        found = read_published(folder)
        assert found is not None
        assert is_intact(found)
        assert (folder / "report.html").read_text(encoding="utf-8").endswith("<p>ä</p></body>")


def test_filter_has_pages_of_its_own(tmp_path: Path) -> None:
    kind = tmp_path / "monthly"
    names = ("2026-03", "2026-04", "2026-05", "2026-03-side-long", "2026-05-side-long")
    folders = [publish(kind, name) for name in names]
    link_pages(folders, tmp_path / "staging")
    assert leads_to(folders[3]) == [INDEX, "../2026-05-side-long/report.html"]
    assert leads_to(folders[0]) == [INDEX, "../2026-04/report.html"]


def test_years_and_quarters_have_neighbours_too(tmp_path: Path) -> None:
    folders = [publish(tmp_path / "y", name) for name in ("2026-Q1", "2026-Q2", "2025", "all")]
    link_pages(folders, tmp_path / "staging")
    assert leads_to(folders[1]) == [INDEX, "../2026-Q1/report.html"]
    assert leads_to(folders[3]) == [INDEX]


def test_report_without_a_page_is_passed_over(tmp_path: Path) -> None:
    kind = tmp_path / "daily"
    folders = [publish(kind, f"2026-04-0{n}") for n in (6, 7, 8)]
    (folders[1] / "report.html").unlink()
    link_pages(folders, tmp_path / "staging")
    assert leads_to(folders[0]) == [INDEX, "../2026-04-08/report.html"]


def test_page_that_somebody_edited_or_that_has_no_links_stays(tmp_path: Path) -> None:
    kind = tmp_path / "daily"
    edited, own = publish(kind, "2026-04-06"), publish(kind, "2026-04-07", b"<p>mine</p>")
    (edited / "report.md").write_text("mine")
    before = (edited / "report.html").read_bytes()
    link_pages([edited, own], tmp_path / "staging")
    assert (edited / "report.html").read_bytes() == before
    assert (own / "report.html").read_bytes() == b"<p>mine</p>"
