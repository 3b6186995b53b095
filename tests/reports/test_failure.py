"""A failure as a page and on a terminal."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.filters.conditions import quoted
from perfkit.core.formatting import plain
from perfkit.reports import failure
from perfkit.reports.failure import Failure
from tests.reportkit import CARD, HOSTILE, golden, tokens


class TestCards:
    """A failure as a page and on a terminal."""

    def test_page(self) -> None:
        golden("failure-card.md", failure.card_markdown(CARD))

    def test_terminal(self) -> None:
        golden("failure-card.txt", failure.card_text(CARD))

    @pytest.mark.parametrize("name", HOSTILE)
    def test_nothing_of_a_log_becomes_markup(self, name: str) -> None:
        card = msgspec.structs.replace(
            CARD,
            where={"strategy": quoted(name)},
            parameters={"date": "2026-04-08", "where": name},
            failure=Failure(name, 1, name, failure.last_lines(name)),
        )
        kinds = [token.type for token in tokens(failure.card_markdown(card))]
        assert not [kind for kind in kinds if kind.startswith(("html", "image", "strong", "em_"))]
        assert kinds.count("heading_open") == 4
        assert kinds.count("link_open") == 1
        assert "\x1b" not in failure.card_text(card)
        page = failure.card_html(card, "report.html")
        assert len(re.findall("<a ", page)) == 2
        assert not re.search("<(script|img|em|b)\\b", page)

    def test_page_for_a_browser_leads_to_the_index_and_the_earlier_page(
        self, tmp_path: Path
    ) -> None:
        folder = tmp_path / "reports/daily" / CARD.name
        card = msgspec.structs.replace(CARD, standing=True)
        for there in ("report.md", "report.html"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / there).touch()
            page = failure.write_card(tmp_path, card).with_suffix(".html")
            links = re.findall('href="([^"]*)"', page.read_text())
            assert links == ["../../index.html", f"../../daily/{CARD.name}/{there}"]
            assert (page.parent / links[1]).resolve() == folder.resolve() / there
        failure.remove_card(tmp_path, "daily", CARD.name)
        assert not page.exists()

    @given(st.text())
    def test_lines_of_a_traceback_are_plain_and_few(self, text: str) -> None:
        lines = failure.last_lines(text)
        assert len(lines) <= failure.TRACEBACK_LINES
        for line in lines:
            assert len(line) <= failure.LONGEST_LINE
            assert plain(line, failure.LONGEST_LINE) == line

    def test_first_moment_of_a_failure_is_kept_until_it_is_mended(self, tmp_path: Path) -> None:
        later = msgspec.structs.replace(CARD, failed_at="2026-04-10T00:15:03Z")
        failure.write_card(tmp_path, CARD)
        failure.write_card(tmp_path, later)
        (kept,) = failure.cards(tmp_path / "reports")
        assert kept == CARD
        failure.remove_card(tmp_path, "daily", CARD.name)
        assert failure.cards(tmp_path / "reports") == []
        failure.remove_card(tmp_path, "daily", CARD.name)
