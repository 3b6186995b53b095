"""Packages as pip installs them: modules, and a `.dist-info` with entry points, in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path,
    name: str,
    files: Mapping[str, str],
    version: str = "1.0",
    **groups: Mapping[str, str],
) -> Path:
    """Installs a package, in place of another version of it; returns the folder.

    `groups` are entry points: `readers={"xml": "module:function"}` is the group `perfkit.readers`.
    """
    for old in folder.glob(f"{name}-*.dist-info"):
        shutil.rmtree(old)
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = []
    for group, points in groups.items():
        lines += [f"[perfkit.{group}]", *(f"{point} = {value}" for point, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    for path, text in files.items():
        at = folder / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(text, encoding="utf-8")
        # Bytecode is told stale by whole seconds and the size, so pip removes it, and this does.
        shutil.rmtree(at.parent / "__pycache__", ignore_errors=True)
    return folder
