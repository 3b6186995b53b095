"""Links of pages: to the index, and to the page before and after of the same report.

The neighbours of a page change as reports are made and removed. After a run, the pages whose links
are no longer right are published again with other links; nothing else in them changes.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from bisect import bisect_left
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

import msgspec

from perfkit.core.errors import OutputError
from perfkit.disk.atomic import publish_folder
from perfkit.reports.published import HTML, STATUS, digests_of, read_published, write_status

_NAME = re.compile(r"(\d{4}(?:-(?:\d{2}(?:-\d{2})?|W\d{2}|Q\d))?)(?:-(?=\D)(.+))?")
"""The name of a report's folder: the label of its period, and of its filter if it has one."""

_LINKS = re.compile(rb'<nav class="pages">.*?</nav>')

NEAR = 1 << 16
"""How many bytes of a page hold its links, which stand above everything that it shows."""


def links_of(folder: Path) -> str:
    """The links of the page in a report's folder, as HTML."""
    names = _names(folder.parent, folder.name)
    at = bisect_left(names, folder.name)
    before = names[at - 1] if at else None
    after = next((name for name in names[at : at + 2] if name > folder.name), None)
    links = ['<a href="../../index.html">All reports</a>']
    if before is not None:
        links.append(f'<a rel="prev" href="{_page(before)}">← {escape(before)}</a>')
    if after is not None:
        links.append(f'<a rel="next" href="{_page(after)}">{escape(after)} →</a>')
    return f'<nav class="pages">{" ".join(links)}</nav>'


def link_pages(folders: Iterable[Path], staging: Path) -> None:
    """Gives the pages of these reports, and of those before and after them, their links.

    The caller holds the lock of reports; `staging` is a folder to work in. A page that cannot be
    written keeps its links.
    """
    wanted: dict[Path, None] = {}
    for folder in folders:
        names = _names(folder.parent, folder.name)
        at = bisect_left(names, folder.name)
        wanted |= {folder.parent / name: None for name in names[max(at - 1, 0) : at + 2]}
    for folder in wanted:
        with contextlib.suppress(OSError, OutputError):
            _link(folder, staging)


def _link(folder: Path, staging: Path) -> None:
    wanted = links_of(folder).encode()
    with (folder / HTML).open("rb") as page:
        found = _LINKS.search(page.read(NEAR))
    if found is None or found[0] == wanted:
        return
    standing = read_published(folder)
    if standing is None or digests_of(folder) != standing.status.files:
        return  # somebody edited it: the next run makes it again
    aside = staging / f"links-{folder.parent.name}-{folder.name}"
    aside.mkdir(parents=True)
    for path in folder.iterdir():
        if path.name not in (HTML, STATUS):
            shutil.copyfile(path, aside / path.name)
    body = (folder / HTML).read_bytes()
    (aside / HTML).write_bytes(body[: found.start()] + wanted + body[found.end() :])
    write_status(aside, msgspec.structs.replace(standing.status, files=digests_of(aside)))
    publish_folder(aside, folder)


def _names(kind: Path, name: str) -> list[str]:
    """The reports of that kind and filter that have a page, oldest first."""
    own = _NAME.fullmatch(name)
    if own is None:
        return []
    found = (_NAME.fullmatch(path.parent.name) for path in kind.glob(f"[!.]*/{HTML}"))
    return sorted(one[0] for one in found if one is not None and one[2] == own[2])


def _page(name: str) -> str:
    return f"../{quote(name)}/{HTML}"
