"""Messages of reports, opened again as a mail client opens them."""

import email
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

import perfkit
from perfkit.cli.main import main
from perfkit.core.calendar import instant_of
from perfkit.core.errors import ConfigError
from perfkit.reports.definitions import MailHeaders, definition_of
from perfkit.reports.mail import message_of, write_mail
from perfkit.reports.published import Published, digests_of, is_intact, read_published
from tests.reportkit import HOSTILE_LOG, LOGS, SMALL, tree, write_workspace
from tests.reports.index.test_readme import publish

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x04\x4c\x00\x00\x02\x58" + b"\x08" * 64
SMALL_PNG = PNG.replace(b"\x04\x4c", b"\x00\x20")
PAGE = """\
# Daily report

**Wednesday, 2026-04-08** net P&L **+1.00 USD**

![Equity, a\\[1\\] & b: up](equity.png)

![](icon.png)

[the table](table.pdf), [elsewhere](https://example.com/x), [beside](other.html)

| a | b |
| - | -: |
| ü | 1 |
"""
IMAGES = {"equity.png": PNG, "icon.png": SMALL_PNG, "table.pdf": b"%PDF-1.4"}
NOBODY = MailHeaders()


@pytest.fixture
def report(tmp_path: Path) -> Published:
    root = write_workspace(tmp_path / "trading", LOGS)
    folder = publish(root, "daily", "2026-04-08", images=sorted(IMAGES))
    (folder / "report.md").write_text(PAGE)
    for name, body in IMAGES.items():
        (folder / name).write_bytes(body)
    window = '{"window": {"end": "2026-04-09T00:00:00Z"}}'
    (folder / "summary.json").write_text(window)
    found = read_published(folder)
    assert found is not None
    return found


def opened(path: Path) -> EmailMessage:
    """A message as the email package reads it."""
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    assert [defect for part in message.walk() for defect in part.defects] == []
    return message


def html_of(message: EmailMessage) -> str:
    part = message.get_body(["html"])
    assert part is not None
    return str(part.get_content())


def text_of(message: EmailMessage) -> str:
    part = message.get_body(["plain"])
    assert part is not None
    return str(part.get_content())


def cids(message: EmailMessage) -> dict[str, Any]:
    """The parts that have a Content-ID, by it."""
    return {part["Content-ID"].strip("<>"): part for part in message.walk() if part["Content-ID"]}


def check_pictures(message: EmailMessage) -> list[bytes]:
    """What the pictures of a message are, where each is part of it and none is data in the page."""
    page = html_of(message)
    assert "data:" not in page
    assert "var(" not in page
    assert "Content-Security-Policy" not in page
    parts = cids(message)
    sources = [str(image["src"]) for image in BeautifulSoup(page, "html.parser").select("img")]
    assert all(source.startswith("cid:") for source in sources)
    shown = [source.removeprefix("cid:") for source in sources]
    assert sorted(shown) == sorted(parts)
    for part in parts.values():
        assert part.get_content_type() == "image/png"
        assert part.get_content_disposition() == "inline"
    return [parts[cid].get_content() for cid in shown]


def test_every_picture_of_the_page_is_a_part_of_the_message(report: Published) -> None:
    path = write_mail(report, NOBODY)
    assert path == report.folder / "report.eml"
    message = opened(path)
    assert check_pictures(message) == [PNG, SMALL_PNG]
    page = BeautifulSoup(html_of(message), "html.parser")
    shown = [(image["alt"], image["width"]) for image in page.select("img")]
    assert shown == [("Equity, a[1] & b: up", "640"), ("icon.png", "32")]
    assert [link.get("href") for link in page.select("a")] == [None, "https://example.com/x", None]
    attached = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
    assert attached == [("table.pdf", b"%PDF-1.4")]


def test_text_has_all_that_the_page_says(report: Published) -> None:
    path = write_mail(report, NOBODY)
    assert path is not None
    text = text_of(opened(path)).replace("\r\n", "\n")
    expected = PAGE.replace("![Equity, a\\[1\\] & b: up](equity.png)", "[Equity, a[1] & b: up]")
    assert text == expected.replace("![](icon.png)", "")


def test_same_report_gives_the_same_bytes_and_another_one_another_id(report: Published) -> None:
    first = message_of(report, NOBODY)
    assert message_of(report, NOBODY).as_bytes() == first.as_bytes()
    (report.folder / "report.md").write_text(PAGE.replace("+1.00", "+2.00"))
    changed = message_of(report, NOBODY)
    (report.folder / "report.md").write_text(PAGE)
    (report.folder / "equity.png").write_bytes(PNG + b"1")
    redrawn = message_of(report, NOBODY)
    ids = [one["Message-ID"] for one in (first, changed, redrawn)]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"<[0-9a-f]{32}@perfkit\.invalid>", one) for one in ids)


def test_date_is_the_end_of_the_period_or_of_the_data_in_one_that_is_not_over(
    report: Published,
) -> None:
    def date(newest: datetime | None) -> datetime:
        instant = None if newest is None else instant_of(newest)
        found: datetime = message_of(report, NOBODY, instant)["Date"].datetime
        return found

    end = datetime(2026, 4, 9, tzinfo=UTC)
    noon = datetime(2026, 4, 8, 12, tzinfo=UTC)
    assert date(None) == date(datetime(2026, 5, 1, tzinfo=UTC)) == end
    assert date(noon) == noon
    assert write_mail(report, NOBODY, instant_of(noon)) is not None
    assert write_mail(report, NOBODY, instant_of(end)) is None, "only a date is no news"


def test_headers_are_those_of_the_configuration(report: Published) -> None:
    headers = MailHeaders("Bots <bots@example.com>", ("desk@example.com", "a@example.org"))
    path = write_mail(report, headers)
    assert path is not None
    message = opened(path)
    assert message["From"] == "Bots <bots@example.com>"
    assert message["To"] == "desk@example.com, a@example.org"
    assert message["Subject"] == "Daily report 2026-04-08"
    plain = message_of(report, NOBODY)
    assert (plain["From"], plain["To"], plain["Cc"], plain["Bcc"]) == (None, None, None, None)


def test_message_is_no_part_of_what_makes_a_report_whole(report: Published) -> None:
    status = report.status
    files = digests_of(report.folder)
    write_mail(report, NOBODY)
    assert digests_of(report.folder) == files
    assert "report.eml" not in status.files


@pytest.mark.parametrize("name", ["../../../config/perfkit.yaml", "missing.png"])
def test_file_of_another_folder_is_never_a_part(report: Published, name: str) -> None:
    status = report.folder / "status.json"
    status.write_text(status.read_text().replace('"icon.png"', f'"{name}"'))
    found = read_published(report.folder)
    assert found is not None
    message = message_of(found, NOBODY)
    assert b"sources:" not in message.as_bytes()
    assert len(cids(message)) == 1


def test_two_pictures_that_are_the_same_are_one_part(report: Published) -> None:
    (report.folder / "icon.png").write_bytes(PNG)
    message = message_of(report, NOBODY)
    assert len(cids(message)) == 1
    assert html_of(message).count('<img src="cid:') == 2


class TestEntry:
    """`eml` of an entry under `reports`."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("true", MailHeaders()),
            ("false", None),
            ("{to: desk@example.com}", MailHeaders("", ("desk@example.com",))),
            ("{from: 'Bots <b@x.org>', to: [a@x.org, b@x.org]}", MailHeaders(
                "Bots <b@x.org>", ("a@x.org", "b@x.org")
            )),
        ],
    )  # fmt: skip
    def test_is_read(self, tmp_path: Path, text: str, expected: MailHeaders | None) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        with (root / "config/perfkit.yaml").open("a") as config:
            config.write(f"\nreports: [{{name: daily, eml: {text}}}]\n")
        assert definition_of(perfkit.open(root).config, "daily").eml == expected

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{to: desk}", "reports.0.eml.to: 'desk' is not one address; write desk@example.com"),
            ('{from: "a@x.org\\nBcc: b@x.org"}', "is not one address"),
            ("{to: 'a@x.org, b@x.org'}", "is not one address"),
            ("{cc: a@x.org}", "reports.0.eml.cc: is unknown; use one of from, to"),
            ("yes please", "reports.0.eml: is not a mapping"),
        ],
    )
    def test_that_is_wrong_is_an_error(self, tmp_path: Path, text: str, said: str) -> None:
        root = write_workspace(tmp_path / "trading", LOGS)
        with (root / "config/perfkit.yaml").open("a") as config:
            config.write(f"\nreports:\n  - name: daily\n    eml: {text}\n")
        with pytest.raises(ConfigError, match=re.escape(said)):
            definition_of(perfkit.open(root).config, "daily")


@pytest.mark.slow
def test_run_writes_a_message_once_for_each_state_of_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = {**LOGS, "logs/trades/2026-04-08.jsonl": HOSTILE_LOG}
    root = write_workspace(tmp_path / "trading", logs, SMALL)
    words = ["report", "daily", "--root", str(root), "--from", "2026-04-06", "--to", "2026-04-08"]
    folders = [root / f"reports/daily/2026-04-0{day}" for day in (6, 7, 8)]
    assert main([*words, "--eml"]) == 0
    expected = [folder / name for folder in folders for name in ("report.md", "report.eml")]
    assert capsys.readouterr().out.split() == list(map(str, expected))
    messages = [opened(folder / "report.eml") for folder in folders]
    assert [len(check_pictures(message)) for message in messages] == [0, 1, 1]
    assert "<script>alert" not in html_of(messages[2])
    before = tree(root / "reports")
    assert main([*words, "--eml"]) == 0
    assert capsys.readouterr().out.split() == [str(folder / "report.md") for folder in folders]
    assert tree(root / "reports") == before
    for folder in folders:
        found = read_published(folder)
        assert found is not None
        assert is_intact(found)
