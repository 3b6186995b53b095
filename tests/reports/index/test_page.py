"""The index as a page of HTML: where each report stands in it, and how it is searched."""

import html
import json
import re
import shutil
import subprocess
from base64 import b64encode
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

import perfkit
from perfkit.core.calendar import Calendar
from perfkit.core.filters.conditions import quoted
from perfkit.reports.index.page import index_page
from perfkit.reports.index.periods import OK_STATE, Headline, PeriodEntry
from perfkit.reports.index.readme import write_index
from tests.reportkit import HOSTILE, LOGS, write_workspace
from tests.reports.index.test_readme import publish

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


def soup(root: Path) -> BeautifulSoup:
    write_index(perfkit.open(root), {})
    return BeautifulSoup((root / "reports/index.html").read_text(encoding="utf-8"), "html.parser")


def own(root: Path, name: str, day: str) -> None:
    """A weekly report of a notebook of somebody's own."""
    folder = publish(root, "weekly", day)
    status = json.loads((folder / "status.json").read_text()) | {"kind": name, "period": "weekly"}
    target = root / "reports" / name / folder.name
    target.parent.mkdir(exist_ok=True)
    folder.rename(target)
    (target / "status.json").write_text(json.dumps(status))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_workspace(tmp_path / "trading", LOGS)
    publish(root, "daily", "2024-10-03", "12.5")
    publish(root, "daily", "2026-04-07", "-3", files={"report.html": "x"})
    publish(root, "daily", "2026-04-08", "3", where={"strategy": quoted(HOSTILE[2])})
    publish(root, "weekly", "2024-12-30")  # 2025-W01
    publish(root, "weekly", "2025-12-30")  # 2026-W01
    own(root, "live & co", "2026-04-05")
    return root


def headings(page: BeautifulSoup) -> dict[str, dict[str, list[str | None]]]:
    """For each heading and year, where its tiles lead."""
    found: dict[str, dict[str, list[str | None]]] = {}
    for section in page.select("section[data-kind]"):
        title = section.select("h2")[0].text
        for year in section.select("details"):
            tiles = [one.get("href") for one in year.select("a.tile")]
            found.setdefault(title, {})[year.select("summary")[0].text[:4]] = [
                None if link is None else str(link) for link in tiles
            ]
    return found


def test_each_report_stands_below_its_kind_or_name_and_the_year_of_its_label(root: Path) -> None:
    page = soup(root)
    found = headings(page)
    filtered = found.pop("Filtered days")["2026"]
    assert found == {
        "Days": {"2026": ["daily/2026-04-07/report.html"], "2025": [], "2024": [
            "daily/2024-10-03/report.md"
        ]},
        "Weeks": {"2026": ["weekly/2026-W01/report.md"], "2025": ["weekly/2025-W01/report.md"]},
        "live & co": {"2026": ["live%20%26%20co/2026-W14/report.md"]},
    }  # fmt: skip
    assert [str(link)[:26] for link in filtered] == ["daily/2026-04-08-strategy-"]
    for link in (one for years in found.values() for links in years.values() for one in links):
        assert (
            root / "reports" / str(link).replace("%20", " ").replace("%26", "&")
        ).parent.is_dir()


def test_a_report_since_the_start_has_no_figures_of_its_last_period(root: Path) -> None:
    own(root, "since-the-start", "2026-03-02")
    tiles = {
        str(tile["href"]).partition("/")[0]: tile.get_text(" ", strip=True)
        for tile in soup(root).select("a.tile")
    }
    assert tiles["since-the-start"] == "2026-W10 ok"
    assert "trade" in tiles["live%20%26%20co"]


def test_newest_year_is_open_and_others_are_a_click_away(root: Path) -> None:
    page = soup(root)
    days = page.select("section[data-kind]")[0]
    assert [one.has_attr("open") for one in days.select("details")] == [True, False, False]
    years = [one.text for one in page.select("nav div")[0].select("a")]
    assert years == ["Days", "2026", "2025", "2024"]
    for link in page.select("nav a"):
        assert page.find(id=str(link["href"]).removeprefix("#")) is not None
    counts = [one.text for one in days.select("summary small")]
    assert counts[-1].startswith("1 report, ")


def test_many_names_are_folded_and_in_columns(root: Path) -> None:
    for number in range(20):
        own(root, f"bot-{number:02}", "2026-04-05")
    page = soup(root)
    folded = page.select("nav details")[0]
    assert not folded.has_attr("open")
    assert folded.select("summary")[0].text == "24 names of reports"
    assert len(folded.select(".columns > div")) == 24
    for link in folded.select("a"):
        assert page.find(id=str(link["href"]).removeprefix("#")) is not None


def test_only_the_script_of_the_field_may_run(root: Path) -> None:
    page = soup(root)
    (script,) = page.select("script")
    policy = str(page.select("meta[http-equiv]")[0]["content"])
    digest = b64encode(sha256(str(script.string).encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )
    handlers = [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert handlers == []
    field = page.find(id="search")
    assert isinstance(field, Tag)
    assert field.has_attr("hidden"), "so it is not shown where no script runs"


def test_what_needs_attention_is_folded_where_it_is_much(root: Path) -> None:
    for n in range(1, 29, 2):
        publish(root, "daily", f"2025-03-{n:02d}", stale_since=f"2026-04-{n:02d}T00:00:00Z")
    first, more = (one for one in soup(root).select("ul"))
    assert len(first.select("li")) == 6
    assert more.parent is not None
    assert more.parent.select("summary")[0].text == f"{len(more.select('li'))} more"
    assert len(more.select("li")) >= 14 - 6


def test_ten_years_of_reports_stay_below_a_megabyte() -> None:
    found: dict[str, list[PeriodEntry]] = {"daily": [], "weekly": [], "monthly": []}
    first = date(2016, 1, 1)
    for n in range(3653):
        for kind, listed in found.items():
            window = Calendar().window(kind, first + timedelta(days=n))
            if window.last_day == first + timedelta(days=n):
                folder = Path(kind) / window.label
                listed.append(
                    PeriodEntry(
                        *(kind, window.label, {}, window.first_day, OK_STATE, ""),
                        page=folder / "report.md",
                        html=folder / "report.html",
                        headline=Headline(Decimal("-1234567.89"), 1234, Decimal("0.5"), "USD"),
                    )
                )
    for listed in found.values():
        listed.reverse()
    page = index_page(found)
    assert page.count('<a class="tile') == sum(map(len, found.values())) > 4200
    assert len(page.encode()) < 1_000_000


def in_browser(page: Path, script: str, width: int = 390) -> Any:
    """What a script finds in a page, whose policy would not let it run, once it has loaded."""
    assert CHROMIUM is not None
    text = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
    told = f"document.documentElement.setAttribute('told', JSON.stringify({script}))"
    probe = page.with_name("probe.html")
    probe.write_text(text.replace("</body>", f"<script>{told}</script></body>"), encoding="utf-8")
    dumped = dump(probe, width)
    probe.unlink()
    found = re.search(r'<html[^>]* told="([^"]*)"', dumped)
    assert found is not None, dumped[:500]
    return json.loads(html.unescape(found[1]))


def dump(page: Path, width: int = 390) -> str:
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    words = [str(CHROMIUM), *options, f"--window-size={width},900", page.as_uri()]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


SEARCH = """\
(words => words.map(one => {
  const field = document.getElementById("search");
  field.value = one;
  field.dispatchEvent(new Event("input"));
  const hits = [...document.querySelectorAll("#found li")].map(
    hit => [hit.firstChild.textContent, hit.firstChild.getAttribute("href")]);
  return [document.getElementById("all").hidden, hits];
}))"""


@needs_chromium
@pytest.mark.slow
def test_field_finds_reports_by_name_date_weekday_state_and_figures(root: Path) -> None:
    write_index(perfkit.open(root), {})
    page = root / "reports/index.html"
    hostile = "daily 2026-04-08 (strategy = <script>alert(1)</script>)"
    old = ["Daily 2024-10-03", "daily/2024-10-03/report.md"]
    expected: dict[str, list[list[str]]] = {
        "october 2024 thursday ok": [old],
        " +12.50  DAILY ": [old],
        "live & co": [["live & co 2026-W14", "live%20%26%20co/2026-W14/report.md"]],
        "nothing of the kind": [],
    }
    words = [*expected, "<script>", ""]
    found = in_browser(page, f"{SEARCH}({json.dumps(words)})")
    *hits, (hidden, script), (back, _) = found
    assert {word: hit for word, (_, hit) in zip(expected, hits, strict=True)} == expected
    assert (hidden, back) == (True, False)
    assert [name.lower() for name, _ in script] == [hostile]
    # Its own policy lets the script run: the field is shown.
    field = re.search(r'<input id="search"[^>]*>', dump(page))
    assert field is not None
    assert "hidden" not in field[0]


@needs_chromium
@pytest.mark.slow
def test_nothing_sticks_out_of_a_phone_and_no_amount_is_cut_off(root: Path) -> None:
    for n in range(1, 29):
        publish(root, "daily", f"2026-02-{n:02d}", f"{(-1) ** n * 123456789 / 10**n:.2f}")
    write_index(perfkit.open(root), {})
    script = (
        "[document.documentElement.scrollWidth <= innerWidth, "
        "[...document.querySelectorAll('details[open] .month .tile')].filter("
        "one => one.scrollWidth > one.clientWidth).map(one => one.textContent)]"
    )
    assert in_browser(root / "reports/index.html", script) == [True, []]
