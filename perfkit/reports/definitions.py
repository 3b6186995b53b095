"""Which reports a workspace has: notebooks by name, and entries of the configuration.

`perfkit report NAME` looks for an entry of that name under `reports:` in `config/perfkit.yaml`,
then for `notebooks/NAME.ipynb`. Its period is daily, weekly, monthly, quarterly or yearly: that of
the command line, else of the entry, else of the notebook's metadata (`"perfkit": {"period":
"weekly"}`), else that of its name, else daily.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

import msgspec

from perfkit.config.checks import YamlReader
from perfkit.config.settings import Config
from perfkit.config.workspace import CONFIG
from perfkit.config.yaml import Document, KeyPath, document
from perfkit.core.errors import ConfigError, UsageError
from perfkit.core.fast_imports import NamedTuple
from perfkit.core.formatting import plain
from perfkit.core.trade import FILTER_FIELDS
from perfkit.reports.published import ALL, KINDS, NOT_JSON, PERIODS, is_name

NOTEBOOKS = Path("notebooks")

_KEYS = ("name", "notebook", "period", "where", "parameters", "html", "keep", "eml")
_KEEP_KEYS = ("pictures", "pages")
_MAIL_KEYS = ("from", "to")
_ADDRESS = re.compile(r"[^\s<>@,;:\"]+@[^\s<>@,;:\"]+|[^<>@,;:\"]+ <[^\s<>@,;:\"]+@[^\s<>@,;:\"]+>")
_DAYS = re.compile(r"([1-9][0-9]{0,4})d")


class Keep(NamedTuple):
    """For how many days after the end of its period a report is kept; None: for ever.

    `pictures` is about its pictures and its executed notebook, `pages` about all of it.
    """

    pictures: int
    pages: int | None = None


class MailHeaders(NamedTuple):
    """Who a message is from and for; empty where whoever sends it says so."""

    sender: str = ""
    to: tuple[str, ...] = ()


class Definition(NamedTuple):
    """What a report of that name is: its notebook, its period, and the parameters it is given.

    `given` are texts, checked against the notebook when it is read.
    """

    name: str
    notebook: str
    period: str
    where: Mapping[str, str] = {}
    given: Mapping[str, str] = {}
    html: bool = True
    keep: Keep | None = None
    eml: MailHeaders | None = None


def definition_of(config: Config, name: str, period: str | None = None) -> Definition:
    """The report of that name; `period` is that of the command line.

    Raises `UsageError` for a name that is none, with a suggestion, and `ConfigError`.
    """
    configured = {one.name: one for one in definitions(config)}
    if name not in configured:
        _check_name(config, name, [*configured])
    found = configured.get(name, Definition(name, name, ""))
    own = found.period or _own_period(config.root / NOTEBOOKS / f"{found.notebook}.ipynb")
    if found.notebook in KINDS and own and own != found.notebook:
        raise UsageError(f"{name}: {found.notebook}.ipynb is a {found.notebook} report, not {own}")
    fixed = found.notebook if found.notebook in KINDS else found.period
    if period and fixed and period != fixed:
        raise UsageError(f"--period {period}: {name} is a {fixed} report; leave --period out")
    named = name if name in PERIODS else PERIODS[0]
    return found._replace(period=fixed or period or own or named)


def definitions(config: Config) -> list[Definition]:
    """The entries of `reports:`; a period is empty where the notebook's own counts.

    Raises `ConfigError`.
    """
    parsed = document(config.folder, CONFIG, config.text, cached=False) if config.text else None
    if parsed is None or not isinstance(parsed.value, dict) or "reports" not in parsed.value:
        return []
    return _Reader(CONFIG, parsed, config).definitions(parsed.value["reports"])


def keeps(config: Config) -> dict[str, Keep]:
    """The `keep` of each report that has one. Raises `ConfigError`."""
    return {one.name: one.keep for one in definitions(config) if one.keep is not None}


def notebook_names(root: Path) -> list[str]:
    """The names of the notebooks of a workspace that have a `parameters` cell."""
    found = (root / NOTEBOOKS).glob("[!.]*.ipynb")
    return sorted(path.stem for path in found if b'"parameters"' in path.read_bytes())


class _Reader(YamlReader):
    """Checks the list of reports, key by key."""

    def __init__(self, shown: str, document: Document, config: Config) -> None:
        super().__init__(shown, document)
        self.config = config

    def definitions(self, given: object) -> list[Definition]:
        found: list[Definition] = []
        for n, entry in enumerate(self.items(("reports",), given)):
            path = ("reports", str(n))
            one = self._definition(path, self.mapping(path, entry, _KEYS))
            if one.name in {earlier.name for earlier in found}:
                raise self.problem(
                    (*path, "name"), f"{one.name!r} is given twice", "give each a name of its own"
                )
            found.append(one)
        return found

    def _definition(self, path: KeyPath, entry: Mapping[str, object]) -> Definition:
        name = self._name((*path, "name"), entry.get("name"))
        notebook = self._name((*path, "notebook"), entry.get("notebook", name))
        period = ""
        if "period" in entry:
            period = self.choice((*path, "period"), entry["period"], PERIODS)
        if notebook in KINDS and period not in ("", notebook):
            raise self.problem(
                (*path, "period"), f"{notebook}.ipynb is a {notebook} report", "leave it out"
            )
        fields = (*FILTER_FIELDS, *self.config.dimensions)
        where = self.where((*path, "where"), entry.get("where", {}), fields)
        if name in KINDS and (where or notebook != name):
            raise self.problem(
                (*path, "name"), f"{name!r} is the report of every trade", "write another name"
            )
        html = entry.get("html", True)
        if not isinstance(html, bool):
            raise self.problem((*path, "html"), f"{html!r} is unknown", "write true or false")
        given = self._given((*path, "parameters"), entry.get("parameters", {}))
        keep = self._keep((*path, "keep"), entry["keep"]) if "keep" in entry else None
        eml = self._eml((*path, "eml"), entry.get("eml", False))
        return Definition(name, notebook, period, where, given, html, keep, eml)

    def _eml(self, path: KeyPath, value: object) -> MailHeaders | None:
        if isinstance(value, bool):
            return MailHeaders() if value else None
        given = self.mapping(path, value, _MAIL_KEYS)
        sender = self._address((*path, "from"), given["from"]) if "from" in given else ""
        to = given.get("to", [])
        addresses = [to] if isinstance(to, str) else self.items((*path, "to"), to)
        return MailHeaders(sender, tuple(self._address((*path, "to"), one) for one in addresses))

    def _address(self, path: KeyPath, value: object) -> str:
        text = self.text(path, value)
        if not _ADDRESS.fullmatch(text) or not text.isprintable():
            remedy = "write desk@example.com, or Desk <desk@example.com>"
            raise self.problem(path, f"{text!r} is not one address", remedy)
        return text

    def _keep(self, path: KeyPath, value: object) -> Keep:
        if not isinstance(value, dict):
            return Keep(self._days(path, value))
        given = self.mapping(path, value, _KEEP_KEYS)
        pages = self._days((*path, "pages"), given["pages"]) if "pages" in given else None
        if "pictures" not in given and pages is not None:
            return Keep(pages, pages)
        keep = Keep(self._days((*path, "pictures"), given.get("pictures")), pages)
        if pages is not None and pages < keep.pictures:
            problem = "is shorter than that of pictures"
            raise self.problem((*path, "pages"), problem, "keep pages as long or longer")
        return keep

    def _days(self, path: KeyPath, value: object) -> int:
        found = _DAYS.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise self.problem(path, f"{value!r} is not a number of days", "write 400d")
        return int(found[1])

    def _name(self, path: KeyPath, value: object) -> str:
        name = self.text(path, value)
        if not is_name(name):
            raise self._no_name(path, name)
        return name

    def _no_name(self, path: KeyPath, name: str) -> ConfigError:
        remedy = "write a name such as live-weekly, without a slash and without .ipynb"
        return self.problem(path, f"{name!r} is not the name of a report", remedy)

    def _given(self, path: KeyPath, value: object) -> dict[str, str]:
        given = {}
        for name, one in self.mapping(path, value, None).items():
            if name in ("date", "where", "root"):
                raise self.problem((*path, name), "is set by the run", "leave it out")
            if isinstance(one, bool):
                given[name] = str(one).lower()
            elif isinstance(one, str | int | Decimal):
                given[name] = str(one)
            else:
                raise self.problem(
                    (*path, name), f"{one!r} is not a value", "write text or a number"
                )
        return given


def _check_name(config: Config, name: str, configured: list[str]) -> None:
    """Raises `UsageError` unless a notebook has that name, or is one of the three kinds."""
    shown = plain(name, 80)
    known = sorted({*configured, *notebook_names(config.root), *KINDS})
    if not is_name(name):
        stem = Path(name).name.removesuffix(".ipynb")
        remedy = f"write `perfkit report {stem}`" if stem in known else "write its name alone"
        raise UsageError(f"{shown!r} is not the name of a report; {remedy}")
    if name not in known:
        close = get_close_matches(name, [*known, ALL], 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        raise UsageError(f"there is no report {shown!r}; {hint} `perfkit new-report` makes one")


def _own_period(path: Path) -> str:
    """The period in a notebook's metadata; empty where it has none, or is no notebook.

    Raises `UsageError` for one that is unknown.
    """
    try:
        metadata = msgspec.json.decode(path.read_bytes())["metadata"]
        own = metadata.get("perfkit", {}).get("period", "")
    except (OSError, *NOT_JSON, AttributeError, KeyError, TypeError):
        return ""  # said when the notebook is read
    if own and own not in PERIODS:
        wanted = ", ".join(PERIODS)
        raise UsageError(f"{path.name}: its metadata name the period {own!r}; use one of {wanted}")
    return str(own)
