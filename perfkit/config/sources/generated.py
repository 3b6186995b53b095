"""Sources that a configuration does not list one by one: a thousand bots in two lines.

    path: logs/{source}/            a source for each folder in logs, under its name
    path: logs/eu-{source}.jsonl    a source for each of these files: logs/eu-a.jsonl is `a`
    path: s3://bots/{source}/       refused: folders of a store are listed by no command but fetch
    sources_from: bots/*.yaml       a source for each file, which has the keys of one source; its
                                    name is that of the file unless it says another

A source that is listed under a name of its own is left out of a pattern that meets its path. What
was looked at is kept with the settings, so that every run sees when a source came, went or changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from perfkit.config.checks import YamlReader, read_yaml
from perfkit.config.workspace import CACHE, EVENT_LOG, MIRROR, below
from perfkit.config.yaml import Document, KeyPath, documents
from perfkit.core.errors import PerfkitError
from perfkit.core.formatting import plain
from perfkit.disk.fingerprints import Fingerprint, fingerprint_of

PLACE = "{source}"
"""What stands for the name of a source in a path."""

_OWN = (os.path.dirname(CACHE), MIRROR, EVENT_LOG, "reports")
"""What perfkit writes below a workspace; no bot lives there."""


Reader = TypeVar("Reader", bound=YamlReader)

Entry = tuple[Reader, KeyPath, object]
"""What is said of one source: the reader of the file that says it, the key there, its value."""

Look = tuple[str, bool, dict[str, Fingerprint | None], frozenset[str]]
"""A folder below the workspace (the second value is True), the fingerprints of files that were read
in it, and the other names in it; as `book.store.freshness` compares them."""


def generated(
    reader: Reader,
    top: Mapping[str, object],
    folder: str,
    beside: Callable[[str, Document], Reader],
    *,
    cached: bool,
) -> tuple[list[Entry[Reader]], tuple[Look, ...]]:
    """Every source of a configuration as an entry of its own, and what was looked at for that.

    `beside` makes the reader of another file. Raises `ConfigError`.
    """
    given = top.get("sources")
    listed: list[Entry[Reader]] = [
        (reader, ("sources", str(n)), one)
        for n, one in enumerate(given if isinstance(given, list) else [])
    ]
    looks: dict[str, Look] = {}
    if "sources_from" in top:
        contents = _files(reader, top["sources_from"], folder, looks)
        for shown, document in documents(folder, "sources", contents, cached=cached).items():
            listed.append(_entry_of(beside(shown, document), shown, document))
    named = {below(folder, path) for one in listed for path in [_path_of(one)] if PLACE not in path}
    entries: list[Entry[Reader]] = []
    for one in listed:
        is_many = PLACE in _path_of(one)
        entries += _each(one, folder, named, looks) if is_many else [one]
    return entries, tuple(looks.values())


def _text(given: object, key: str) -> str:
    value = given.get(key) if isinstance(given, dict) else None
    return value if isinstance(value, str) else ""


def _path_of(entry: Entry[Reader]) -> str:
    return _text(entry[2], "path")


def _entry_of(reader: Reader, shown: str, document: Document) -> Entry[Reader]:
    """What a file says of its source."""
    said = reader.mapping((), document.value, None)
    name = os.path.basename(shown).rpartition(".")[0]
    return reader, (), said if PLACE in _text(said, "path") else {"name": name, **said}


def _files(
    reader: YamlReader, given: object, folder: str, looks: dict[str, Look]
) -> dict[str, bytes]:
    """The content of each file that `sources_from` names, by its path below the workspace."""
    key = ("sources_from",)
    pattern = reader.text(key, given)
    where, _, names = pattern.rpartition("/")
    if not names or any(sign in where for sign in "*?[") or PLACE in pattern:
        remedy = "write a folder and a pattern of names, such as bots/*.yaml"
        raise reader.problem(key, f"{pattern!r} does not name files of one folder", remedy)
    fingerprints: dict[str, Fingerprint | None] = {}
    contents: dict[str, bytes] = {}
    there = _entries_in(below(folder, where), lambda: _not_there(reader, key, pattern))
    for name in sorted(there):
        if name.startswith(".") or not fnmatchcase(name, names):
            continue
        path = os.path.join(below(folder, where), name)
        fingerprints[name] = fingerprint_of(os.stat(path))
        contents[os.path.join(where, name)] = read_yaml(path, os.path.join(where, name))
    if not contents:
        raise _not_there(reader, key, pattern)
    looks[where] = where, True, fingerprints, frozenset(there) - fingerprints.keys()
    return contents


def _not_there(reader: YamlReader, key: KeyPath, pattern: str) -> PerfkitError:
    problem = f"nothing matches {pattern}"
    return reader.problem(key, problem, "check the path, and that its volume is mounted")


def _entries_in(folder: str, problem: Callable[[], PerfkitError]) -> dict[str, os.DirEntry[str]]:
    """What is in a folder, by name; it is known of each whether it is a folder."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry for entry in entries}
    except (FileNotFoundError, NotADirectoryError) as error:
        raise problem() from error


def _each(
    entry: Entry[Reader], folder: str, named: set[str], looks: dict[str, Look]
) -> Iterator[Entry[Reader]]:
    """The entries that one with `{source}` in its path stands for, by name."""
    reader, path, given = entry
    pattern, said = _path_of(entry), reader.mapping(path, given, None)
    _check(entry, pattern)
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    place = next(n for n, part in enumerate(parts) if PLACE in part)
    rest = parts[place + 1 :]
    start = "/" if pattern.startswith("/") else ""
    above = start + "/".join(parts[:place])
    before, _, after = parts[place].partition(PLACE)
    key = (*path, "path")
    parent = below(folder, above)
    there = _entries_in(parent, lambda: _not_there(reader, key, pattern))
    looks.setdefault(above, (above, True, {}, frozenset(there)))
    is_in_folders = bool(rest) or pattern.endswith("/")
    above_all, named_as = os.path.join(parent, ""), _text(said, "name")
    count = 0
    for name in sorted(there):
        inside = name[len(before) : len(name) - len(after)]
        is_meant = name.startswith(before) and name.endswith(after) and inside
        shown = f"{above}/{name}" if above else name
        if not is_meant or name.startswith(".") or shown in _OWN:
            continue
        where = above_all + name
        location = "/".join([where, *rest])
        is_folder = is_in_folders and (
            there[name].is_dir(follow_symlinks=False) or os.path.isdir(where)
        )
        if is_in_folders and not is_folder:
            continue
        is_seen = is_folder and not rest
        if not is_seen and not os.path.exists(location):
            looked = _nearest(folder, shown, rest)
            looks[looked[0]] = looked
            continue
        count += 1
        if location in named:
            continue
        if not inside.isprintable():  # nor what is not UTF-8
            raise reader.problem(key, f"{plain(inside, 40)!r} is not a name", "rename it")
        own = named_as.replace(PLACE, inside) or inside
        yield reader, path, {**said, "name": own, "path": location}
    if not count:
        raise _not_there(reader, key, pattern)


def _check(entry: Entry[Reader], pattern: str) -> None:
    """Raises where a pattern of sources cannot be one."""
    reader, path, given = entry
    if "://" in pattern:
        remedy = "list the sources, or write a file for each and `sources_from: bots/*.yaml`"
        raise reader.problem((*path, "path"), f"{PLACE} is in a URL", remedy)
    if pattern.count(PLACE) > 1:
        raise reader.problem((*path, "path"), f"has {PLACE} twice", "name the source once")
    name = given.get("name") if isinstance(given, dict) else None
    if name is not None and PLACE not in reader.text((*path, "name"), name):
        remedy = f"leave it out, or write {PLACE} in it"
        raise reader.problem((*path, "name"), "is the same for all sources of the path", remedy)


def _nearest(folder: str, where: str, rest: Sequence[str]) -> Look:
    """What to look at to see that a path that is not there comes: the deepest folder that is."""
    for part in rest:
        deeper = f"{where}/{part}"
        if not os.path.isdir(below(folder, deeper)):
            break
        where = deeper
    return where, True, {}, frozenset(os.listdir(below(folder, where)))
