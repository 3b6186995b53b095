"""Compaction: pages that are mostly unused are rewritten without the unused part."""

from __future__ import annotations

from collections.abc import Iterable

from perfkit.book.store.ledger import day_addresses
from perfkit.book.store.manifest import Manifest
from perfkit.book.store.pages import Address, Pages

MOST_PAGES = 32


SMALL_PAGE_BYTES = 1 << 20


TINY_PAGE_BYTES = 1 << 18


def compacted(manifest: Manifest, pages: Pages) -> Manifest:
    """The manifest naming its pages, with the sections of mostly dead ones moved to a new one.

    So are those of small pages, when there are many: whoever reads the book holds them all open.
    What is dead in a tiny page waits for that.
    """
    live = live_bytes(manifest)
    has_many = sum(size < SMALL_PAGE_BYTES for size in live.values()) > MOST_PAGES
    sparse = {
        page
        for page, size in live.items()
        if page not in pages.pending
        and (
            (has_many and size < SMALL_PAGE_BYTES) or TINY_PAGE_BYTES + 2 * size < pages.size(page)
        )
    }
    if not sparse:
        return _stored(manifest, pages, live)
    moved: dict[Address, Address] = {}

    def place(address: Address) -> Address:
        if address[0] not in sparse:
            return address
        if address not in moved:
            moved[address] = pages.put(pages.get(address))
        return moved[address]

    manifest = manifest.moved(place, sparse)
    return _stored(manifest, pages, live_bytes(manifest))


def _stored(manifest: Manifest, pages: Pages, live: Iterable[str]) -> Manifest:
    """The manifest with its ledgers where they are to be, and all pages that it refers to.

    `live` are those that it refers to before.
    """
    added = manifest.ledgers.put_into(pages)
    return manifest._replace(pages=tuple(dict.fromkeys([*live, *added])))


def live_bytes(manifest: Manifest) -> dict[str, int]:
    """How many bytes of each page are referred to."""
    live = manifest.ledgers.page_bytes()
    for day in manifest.joint.values():
        for page, _, length, _ in day_addresses(day):
            live[page] += length
    return live
