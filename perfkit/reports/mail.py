"""A report as a message for e-mail, in a file; sending it is not perfkit's business.

It has the page as text and as HTML. Pictures are parts of the message that the HTML names by their
`cid`, since mail clients show no pictures of another kind. A message has no clock and nothing at
random: the same report gives the same bytes, and the same Message-ID.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from perfkit.core.calendar import moment_of
from perfkit.disk.atomic import replace
from perfkit.reports.definitions import MailHeaders
from perfkit.reports.html_exporter import html_of, page_of_markdown
from perfkit.reports.page.pictures import TYPES
from perfkit.reports.page.tags import Attributes, with_tags
from perfkit.reports.published import MAIL, PAGE, SUMMARY, Published, read_as, titled

DOMAIN = "perfkit.invalid"
"""Ids of messages and their parts need a domain; this one belongs to nobody."""

WIDEST = 640
"""Pixels of a picture in a message; Outlook shows it as wide as it says, whatever the style."""

_PICTURE = re.compile(r"!\[((?:\\.|[^\\\]\n])*)\]\((?:<[^>\n]+>|[^)\s]+)[^)\n]*\)")
_VARIABLE = re.compile(r"(--[\w-]+):\s*([^;}]+)[;}]")
_USE = re.compile(r"var\((--[\w-]+)\)")
_DATE = re.compile(rb"^Date: .*\r?\n", re.MULTILINE)
_PNG = b"\x89PNG\r\n\x1a\n"


def write_mail(report: Published, headers: MailHeaders, newest: int | None = None) -> Path | None:
    """Writes `report.eml` into the folder of a report; None where it was there, the same.

    `newest` is the instant of the newest log line: a message of a period that is not over has its
    date. Raises `OutputError`, and `OSError` for a report that cannot be read.
    """
    path = report.folder / MAIL
    body = message_of(report, headers, newest).as_bytes(policy=SMTP)
    if path.is_file() and _DATE.sub(b"", path.read_bytes(), 1) == _DATE.sub(b"", body, 1):
        return None
    replace(path, body)
    return path


def message_of(report: Published, headers: MailHeaders, newest: int | None = None) -> EmailMessage:
    """The message of a published report."""
    markdown = (report.folder / PAGE).read_text(encoding="utf-8")
    pictures = {name: (report.folder / name).read_bytes() for name in _pictures(report)}
    digest = _digest(report, markdown, pictures)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _subject(report, markdown)
    if headers.sender:
        message["From"] = headers.sender
    if headers.to:
        message["To"] = ", ".join(headers.to)
    end = _end_of(report)
    message["Date"] = format_datetime(end if newest is None else min(end, moment_of(newest)))
    message["Message-ID"] = f"<{digest}@{DOMAIN}>"
    message.set_content(_text(markdown), cte="quoted-printable")
    # Short enough for one line: not every client reads an id that is on the next.
    cids = {name: f"{sha256(name.encode()).hexdigest()[:16]}.{digest[:16]}" for name in pictures}
    page = _for_mail(html_of(page_of_markdown(markdown, pictures)), pictures, cids)
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    _, shown = message.iter_parts()
    for name, body in pictures.items():
        kind, _, subtype = TYPES.get(name.rpartition(".")[2], "application/octet-stream").partition(
            "/"
        )
        if kind == "image" and cids[name] in page:  # not one that shows the same as another
            cid = f"<{cids[name]}@{DOMAIN}>"
            shown.add_related(body, kind, subtype, cid=cid, disposition="inline", filename=name)
    for name, body in pictures.items():
        if name.endswith(".pdf"):
            message.add_attachment(body, "application", "pdf", filename=name)
    _set_boundaries(message, digest)
    return message


def _pictures(report: Published) -> list[str]:
    """The files that the page shows, of its own folder."""
    there = (name for name in report.status.images if "/" not in name)
    return sorted(name for name in there if (report.folder / name).is_file())


def _digest(report: Published, markdown: str, pictures: Mapping[str, bytes]) -> str:
    """What tells this message from others: which report it is, and all that it shows."""
    parts = [report.status.kind.encode(), report.folder.name.encode(), markdown.encode()]
    parts += [part for name, body in pictures.items() for part in (name.encode(), body)]
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()[:32]


class _Window(msgspec.Struct):
    end: datetime


class _OfSummary(msgspec.Struct):
    window: _Window


def _end_of(report: Published) -> datetime:
    """The end of its period."""
    summary = read_as(report.folder / SUMMARY, _OfSummary)
    if summary is None or summary.window.end.tzinfo is None:
        return datetime.fromisoformat(str(report.status.parameters["date"])).replace(tzinfo=UTC)
    return summary.window.end.astimezone(UTC)


def _subject(report: Published, markdown: str) -> str:
    """The heading of its page, and the label of its period unless that is in it."""
    found = re.search(r"^# (.+)$", markdown, re.MULTILINE)
    title = _plain(found[1]) if found else titled(report.status.kind)
    label = report.status.label
    return title if label[:4] in title else f"{title} {label}"


def _text(markdown: str) -> str:
    """The page as it reads in a mail of text: pictures are what they show, in words."""
    return _PICTURE.sub(lambda found: f"[{_plain(found[1])}]" if found[1] else "", markdown)


def _plain(markdown: str) -> str:
    text = re.sub(r"\\(.)|\*+|~~|`+", lambda found: found[1] or "", markdown)
    return " ".join(text.split())


def _for_mail(page: str, pictures: Mapping[str, bytes], cids: Mapping[str, str]) -> str:
    """The page as mail clients can show it: pictures by cid, plain colours, links that lead on."""
    names = {b64encode(body).decode("ascii"): name for name, body in pictures.items()}

    def change(tag: str, attributes: Attributes) -> str | None:
        if tag == "img":
            name = names.get(attributes.get("src", "").partition(";base64,")[2])
            return "" if name is None else _image(name, pictures[name], cids[name], attributes)
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "content-security-policy":
            return ""  # it would forbid pictures by cid
        if tag == "a" and not attributes.get("href", "").startswith(("http:", "https:", "mailto:")):
            return "<a>"  # to a file beside the page
        return None

    return _without_variables(with_tags(page, change))


def _image(name: str, body: bytes, cid: str, attributes: Attributes) -> str:
    from html import escape

    width = int.from_bytes(body[16:20]) if body.startswith(_PNG) else 0
    wide = f' width="{min(width, WIDEST)}"' if width else ""
    alt = escape(attributes.get("alt") or name)
    return f'<img src="cid:{cid}@{DOMAIN}" alt="{alt}"{wide} style="max-width:100%;height:auto">'


def _without_variables(page: str) -> str:
    """The page with the values of its style's variables in their place; few clients know any."""
    head, style, rest = page.partition("</style>")
    values = dict(reversed(_VARIABLE.findall(head)))  # the first of each
    return _USE.sub(lambda use: values.get(use[1], "inherit"), head) + style + rest


def _set_boundaries(message: MIMEPart, digest: str) -> None:
    """Between parts stands a line that is the same each time, and in no part."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{number}_{digest}")
