"""What can go wrong, one class per cause.

Every message says what is wrong, where, and what to do about it, and is built here. A bad line of a
log is not in this tree: it is a value, `LineError`, that is kept and counted while reading goes on.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence

from perfkit.core.fast_imports import NamedTuple

_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free some space"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "check the permissions"),
    **dict.fromkeys(
        (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG), "check the path"
    ),
}

_NEEDS = {
    "parquet": "Parquet needs",
    "calendars": "calendars of exchanges need",
    "cluster": "a cluster needs",
    "lab": "desk.explore() needs",
    "remote": "logs in an object store need",
}
"""What an extra is for."""


class LineError(NamedTuple):
    """One line of a log that could not be read as a trade; prints as `path:line: reason`.

    `path` is as the workspace shows it, `line` counts from 1, `offset` is the line's first byte,
    `reason` is one sentence, with at most 80 characters of a value it is about. It may stand for
    `more` lines of its file and day that are bad in the same way and are only counted. Where a
    file has records and no lines, `numbering` says how they are numbered (see `place_text`).
    """

    path: str
    line: int
    offset: int
    reason: str
    more: int = 0
    numbering: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"

    @property
    def place(self) -> str:
        """Where it stands."""
        return place_text(self.path + self.numbering, self.line)

    @property
    def text(self) -> str:
        """The reason, and how many more lines it is about."""
        return f"{self.reason} (and {self.more:,} more lines like it)" if self.more else self.reason


def place_text(path: str, line: int) -> str:
    """Where a line or a record stands: `a.jsonl:7`, `a.json[6]`, `a.db:trades#7`.

    A path that ends in `[]` is of a document, of which line 7 is record 6 from 0; one that ends in
    `#` is of a database.
    """
    if path.endswith("[]"):
        return f"{path[:-2]}[{line - 1}]"
    return f"{path}{line}" if path.endswith("#") else f"{path}:{line}"


def lines_in(errors: Iterable[LineError]) -> int:
    """How many bad lines some errors stand for."""
    return sum(1 + error.more for error in errors)


def kind_of(reason: str) -> str:
    """A reason without what differs from line to line: quoted values and byte offsets."""
    for general in ("is not JSON", "is not a JSON object", "is not UTF-8"):
        if reason.startswith(general):
            return general
    field, colon, problem = reason.partition(": ")
    if " is " in problem:
        return f"{field} {problem[problem.rindex(' is ') + 1 :]}"
    return f"{field} has an invalid value" if colon else reason


def reason_of(error: OSError) -> str:
    """What the system says went wrong and, where that is known, what to do about it."""
    remedy = _REMEDIES.get(error.errno or 0)
    reason = error.strerror or str(error)
    return f"{reason}; {remedy}" if remedy else reason


class PerfkitError(Exception):
    """Anything perfkit refuses to do, with the reason and the remedy in its message."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the line that asked, and the sentence."""
        import linecache
        from itertools import takewhile
        from traceback import walk_tb

        own = __file__.removesuffix("core/errors.py")
        frames = [
            (frame.f_code.co_filename, number) for frame, number in walk_tb(self.__traceback__)
        ]
        # What perfkit calls may call others, such as `contextlib`: none of that is the user's.
        asked = list(takewhile(lambda one: not one[0].startswith(own), frames))
        line = linecache.getline(*asked[-1]).strip() if asked else ""
        where = [f"line {asked[-1][1]}: {line}"] if line else []
        return [*where, f"{type(self).__name__}: {self}"]


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """How a remedy begins: `did you mean NAME? `; nothing where no name is like the word."""
    from difflib import get_close_matches

    return "".join(f"did you mean {name}? " for name in get_close_matches(str(word), known, 1))


class UsageError(PerfkitError):
    """A command or call was given arguments that make no sense together."""


class WorkspaceNotFoundError(PerfkitError):
    """No `config/perfkit.yaml` in this folder or above it."""

    def __init__(self, start: str) -> None:
        super().__init__(
            f"no workspace: neither {start} nor a folder above it holds config/perfkit.yaml; "
            "go to your workspace, name it with PERFKIT_ROOT, --root DIR or perfkit.open(DIR), "
            "or make one with `perfkit init DIR`; in Python, perfkit.read(FILE) needs none"
        )


class ConfigError(PerfkitError):
    """A configuration file says something perfkit does not understand.

    The message reads `file: key: problem; remedy`. Nothing is replaced by a default.
    """

    def __init__(self, file: str, key: str, problem: str, remedy: str) -> None:
        where = f"{file}: {key}" if key else file
        super().__init__(f"{where}: {problem}; {remedy}")


class ExtensionError(PerfkitError):
    """An installed package brings something that cannot be used, or none brings what is named."""

    @property
    def parted(self) -> tuple[str, str]:
        """What is wrong, and what to do about it."""
        what, _, remedy = str(self).partition("; ")
        return what, remedy


class LogReadError(PerfkitError):
    """A log file or folder named by the configuration cannot be read."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path


class MixedCurrencyError(PerfkitError):
    """Sources of several currencies were asked for as one figure."""

    def __init__(self, currencies: dict[str, str]) -> None:
        listed = ", ".join(f"{name} ({code})" for name, code in sorted(currencies.items()))
        first = min(currencies)
        super().__init__(
            f"these sources do not share a currency: {listed}; money of different currencies is "
            f"never added: choose with --source, for example --source {first}"
        )


class WindowError(UsageError):
    """A window, date or zone that does not exist."""


class NoTradesError(PerfkitError):
    """No log has a single line yet, so there is no newest day to report on."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"no trades yet: {where} has no line with a date; "
            "name one with --date YYYY-MM-DD, or check `path` in config/perfkit.yaml"
        )


class NoResultsError(PerfkitError):
    """A log file in which nothing says what a trade earned."""

    def __init__(self, path: str, why: str, columns: Iterable[str]) -> None:
        listed = list(columns)
        reason = why or "no column is the result of a trade"
        shown = (
            f" It has: {', '.join(listed[:20])}{', ...' if len(listed) > 20 else ''}."
            if listed
            else ""
        )
        super().__init__(
            f"{path}: no results found: {reason}.{shown} "
            "If there are results, say in a dialect which field is which: "
            "see `perfkit docs configuration`"
        )


class UndecidedError(PerfkitError):
    """A log file that can be read in more than one way, each with figures of its own."""

    def __init__(self, path: str, questions: Iterable[str]) -> None:
        listed = "".join(f"\n  {question}" for question in questions)
        super().__init__(
            f"{path}: answer these questions to get figures:{listed}\n"
            "Answer with --answer NAME=N, in Python with answers={'NAME': N}"
        )


class MissingExtraError(PerfkitError):
    """An optional part of perfkit is not installed."""

    def __init__(self, modules: str | Sequence[str], extra: str) -> None:
        names = [modules] if isinstance(modules, str) else list(modules)
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        are = "are" if names[1:] else "is"
        needs = _NEEDS.get(extra, "reports and charts need")
        super().__init__(
            f"{listed} {are} not installed; `pip install 'PERFKIT[{extra}]'` installs what "
            f"{needs}, where PERFKIT is the wheel or folder that perfkit was installed from"
        )


class OutputError(PerfkitError):
    """A file of perfkit's own could not be written."""

    def __init__(self, path: str, problem: str | OSError) -> None:
        self.reason = reason_of(problem) if isinstance(problem, OSError) else problem
        super().__init__(f"cannot write {path}: {self.reason}")


class ClusterError(PerfkitError):
    """A cluster cannot be reached, or has no worker."""

    def __init__(self, address: str, problem: str, remedy: str) -> None:
        super().__init__(f"cluster {address}: {problem}; {remedy}")


class WorkerError(PerfkitError):
    """A worker of a cluster or pool cannot do its part: it is not like this process."""

    def __init__(self, worker: str, problem: str, remedy: str) -> None:
        super().__init__(f"worker {worker}: {problem}; {remedy}")


class RemoteError(PerfkitError):
    """Logs in an object store cannot be fetched."""

    def __init__(self, url: str, problem: str, remedy: str) -> None:
        super().__init__(f"{url} {problem}; {remedy}")


class StuckRunError(PerfkitError):
    """Another run of the alerts has held their lock for too long."""

    def __init__(self, path: str, minutes: int) -> None:
        super().__init__(
            f"another run has held {path} for {minutes} minutes; "
            "check whether it is still working, and end it if it is not"
        )


class CacheDiffersError(PerfkitError):
    """The cache was found to hold something other than the logs say."""

    def __init__(self, difference: str) -> None:
        super().__init__(f"{difference}; run `perfkit cache rebuild`")


class ReportError(PerfkitError):
    """A report run failed; whatever was published before still stands."""
