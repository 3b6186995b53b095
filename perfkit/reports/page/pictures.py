"""Pictures of a page as files: each keeps its own name, or is numbered."""

from __future__ import annotations

import re

EXTENSIONS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "application/pdf": "pdf",
}
"""The extension of a picture's file by its type, the best first."""

TYPES = {extension: name for name, extension in EXTENSIONS.items()} | {"jpeg": "image/jpeg"}

LONGEST_NAME = 60

_MARKUP = re.compile(r"([\\\[\]`*_<>|])")
_OTHER = re.compile(r"[^\w.-]+")


class Pictures:
    """The pictures of one page, by file name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._taken: set[str] = set()
        self._numbered = 0

    def add(self, body: bytes, extension: str, name: str = "") -> str:
        """Keeps a picture; returns its file name, which no other picture of the page has.

        A picture that comes twice under one name is one file.
        """
        stem = _OTHER.sub("-", name).strip("-.")[:LONGEST_NAME]
        if not stem:
            self._numbered += 1
            stem = f"figure_{self._numbered}"
        file, count = f"{stem}.{extension}", 1
        while file.casefold() in self._taken and not (name and self.files.get(file) == body):
            count += 1
            file = f"{stem}_{count}.{extension}"
        self._taken.add(file.casefold())
        self.files[file] = body
        return file


def alt_text(text: str) -> str:
    """A picture's description, escaped so that nothing in it ends it or becomes markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
