"""Each line of a log file is parsed, ignored, blank, bad or waiting, and nothing stops the rest."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfkit.config.built_in import TRADE_RECORD
from perfkit.config.compile import compile_dialect
from perfkit.config.dialect import TARGETS, Dialect
from perfkit.core.errors import LogReadError
from perfkit.core.numbers import Numbers
from perfkit.core.one_value import MAX_SHOWN
from perfkit.logs import reader
from perfkit.logs.file_log import FileLog, Start
from perfkit.logs.files import opened, readable
from perfkit.logs.formats import json_lines
from perfkit.logs.formats.json_lines import MAX_LINE_BYTES, JsonLines
from perfkit.logs.reader import pieces, read_lines
from tests.core.test_values import near_number_columns

GOOD = {
    "timestamp": '"2026-04-06T10:00:00Z"',
    "exit_timestamp": '"2026-04-06T11:00:00Z"',
    "net_profit_loss": '"1.50"',
}
DEEP = "[" * 100_000 + "]" * 100_000


def line(**fields: str) -> bytes:
    """A closing line; each field is JSON as it stands in the log."""
    return ("{" + ", ".join(f'"{name}": {raw}' for name, raw in {**GOOD, **fields}.items())).encode(
        "utf-8", "surrogatepass"
    ) + b"}"


def dialect(spec: Mapping[str, object] = TRADE_RECORD) -> Dialect:
    def problem(key: str, what: str, remedy: str) -> Exception:
        return AssertionError(f"{key}: {what}; {remedy}")

    return compile_dialect("bot", spec, problem)


def read_log(path: Path, shown: str, dialect: Dialect) -> FileLog:
    with readable(shown, gone=True), opened(str(path), shown, dialect) as (text, form):
        (log,) = pieces(text, shown, dialect, Start(), form=form)
    return log


def read(tmp_path: Path, content: bytes, spec: Mapping[str, object] = TRADE_RECORD) -> FileLog:
    path = tmp_path / "bot.jsonl"
    path.write_bytes(content)
    return read_log(path, "logs/bot.jsonl", dialect(spec))


def read_in_blocks(path: Path, block_bytes: int, longest: int) -> FileLog:
    """Reads with so small a block, and with so low a limit for a line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JsonLines, "block_bytes", block_bytes)
        patch.setattr(json_lines, "MAX_LINE_BYTES", longest)
        return read_log(path, "logs/bot.jsonl", dialect({**ONLY_LIVE, "format": "jsonl"}))


BAD_LINES: dict[str, tuple[bytes, str]] = {
    "text": (b"not json", "is not JSON"),
    "half an object": (line()[:-1], "is not JSON: it ends in the middle"),
    "two objects": (line() + line(), "is not JSON: it holds two records, .* begins at byte 107"),
    "object and comma": (line() + b",", "is not JSON: it is a part of a list over several lines"),
    "begin of a list": (b"[", "is not a JSON object: it is a list; write each record on"),
    "half an object and another": (
        line()[:50] + line(),
        "is not JSON: it holds a part of a record and another one, .* begins at byte 51",
    ),
    "CSV": (b"2026-04-08T10:00:00Z,ES,1.50", "is not JSON: it looks like CSV"),
    "CSV with semicolons": (b"time;symbol;pnl", "is not JSON: it looks like CSV"),
    "UTF-16": (line().decode().encode("utf-16"), "probably UTF-16; write the log as UTF-8"),
    "UTF-16, later line": (b"\0" + line().decode().encode("utf-16-le"), "probably UTF-16"),
    "trailing comma": (b'{"timestamp": "2026-04-06T10:00:00Z",}', "is not JSON"),
    "single quotes": (b"{'timestamp': 1}", "is not JSON"),
    "array": (b"[1, 2]", "is not a JSON object"),
    "array of objects": (b"[" + line() + b"]", "is not a JSON object: it is a list; write each"),
    "number": (b"17", "is not a JSON object"),
    "string": (b'"17"', "is not a JSON object"),
    "null": (b"null", "is not a JSON object"),
    "NaN": (line(net_profit_loss="NaN"), "net_profit_loss: 'NaN' is not a number"),
    "Infinity": (line(net_profit_loss="Infinity"), "net_profit_loss: 'Infinity' is not a number"),
    "-Infinity": (
        line(net_profit_loss="-Infinity"),
        "net_profit_loss: '-Infinity' is not a number",
    ),
    "NaN as text": (line(net_profit_loss='"NaN"'), "net_profit_loss: 'NaN' is not a number"),
    "1e999999": (line(net_profit_loss="1e999999"), "net_profit_loss: a number with exponent"),
    "1_000": (line(net_profit_loss="1_000"), "is not JSON"),
    "1_000 as text": (line(net_profit_loss='"1_000"'), "net_profit_loss: '1_000' is not a number"),
    "leading zero": (line(net_profit_loss="007"), "is not JSON"),
    "41 digits": (line(net_profit_loss="9" * 41), "net_profit_loss: a number of more than 40"),
    "boolean as number": (line(net_profit_loss="true"), "net_profit_loss: True is not a number"),
    "boolean as id": (line(order_id="true"), "True is not a text"),
    "bad UTF-8": (line(symbol='"?"').replace(b"?", b"\xff"), "is not UTF-8 at byte 119"),
    "bad UTF-8 where nobody looks": (line(note='"?"').replace(b"?", b"\xc3\x28"), "is not UTF-8"),
    "surrogate in UTF-8": (line(symbol='"\ud800"'), "is not UTF-8"),
    "lone surrogate escape": (line(symbol='"\\ud800"'), "is not JSON"),
    "NUL": (line(symbol='"?"').replace(b"?", b"\0"), "holds a NUL byte"),
    "only NULs": (b"\0\0\0", "holds a NUL byte"),
    "byte order mark": (b"\xef\xbb\xbf" + line(), "is not JSON: it begins with a byte order mark"),
    "control character": (line(symbol='"\t"'), "is not JSON"),
    "deeply nested": (line(indicators_used=DEEP), "is nested more than 64 levels deep"),
    "deeply nested symbol": (line(symbol=DEEP), "is nested more than 64 levels deep"),
    "deeply nested and cut": (line(symbol=DEEP)[:90_000], "is nested more than 64 levels deep"),
    "5,000 digits": (line(net_profit_loss="9" * 5000), "a number of more than 40 digits"),
    "time of 5,000 digits": (line(timestamp="9" * 5000), "a number of more than 40 digits"),
    "id of 4,000 digits": (line(order_id="9" * 4000), "order_id: a number of more than 40"),
    "0-54.45": (line(net_profit_loss='"0-54.45"'), "net_profit_loss: '0-54.45' is not a number"),
    "no time": (line(timestamp="null", exit_timestamp='""'), "neither a closing nor an opening"),
    "empty object": (b"{}", "neither a closing nor an opening time"),
    "open without opening time": (
        line(timestamp="null", outcome='"open"'),
        "neither a closing nor an opening time",
    ),
    "leap second": (line(exit_timestamp='"2016-12-31T23:59:60Z"'), "exit_timestamp: .*23:59:60"),
    "30 February": (line(exit_timestamp='"2026-02-30T00:00:00Z"'), "exit_timestamp: .*2026-02-30"),
    "unknown outcome": (line(outcome='"maybe"'), "outcome: 'maybe' is not one of win, loss"),
}

LEFT_OUT: dict[str, tuple[bytes, str]] = {
    "Infinity as text": (line(commission='"Infinity"'), "commission: 'Infinity' is not a number"),
    "1e999999 as text": (line(profit_loss='"1e999999"'), "profit_loss: a number with exponent"),
    "exponent of 31": (line(slippage="1e31"), "slippage: a number with exponent 31"),
    "blank in a number": (line(price='" 1"'), "price: ' 1' is not a number"),
    "non-ASCII digit": (line(quantity='"\u0661"'), "quantity: '\u0661' is not a number"),
    "41 digits as text": (line(target=f'"{"9" * 41}"'), "target: a number of 41 digits"),
    "array as number": (line(stop_loss="[1]"), "stop_loss: .* is not a number"),
    "object as text": (line(symbol="{}"), "symbol: {} is not a text"),
    "5,000 digits as text": (line(target=f'"{"9" * 5000}"'), "target: a number of 5000 digits"),
    "time of 4,000 digits": (line(timestamp="9" * 4000), "timestamp: a number of more than 40"),
    "huge number in a list": (line(symbol=f"[{'9' * 4000}]"), r"symbol: \[\.\.\.\] is not a text"),
    "leap second": (line(timestamp='"2016-12-31T23:59:60Z"'), "timestamp: .*23:59:60"),
    "time of a word": (line(timestamp='"today"'), "timestamp: 'today' is not a"),
    "unknown side": (line(action='"HOLD"'), "action: 'HOLD' is not one of long, short"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_told_with_place_and_reason_and_the_rest_goes_on(
    tmp_path: Path, bad: bytes, reason: str
) -> None:
    before = line(symbol='"ä"')
    log = read(tmp_path, before + b"\n" + bad + b"\n" + line() + b"\n")
    (error,) = log.errors
    assert (error.path, error.line, error.offset) == ("logs/bot.jsonl", 2, len(before) + 1)
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(error.reason)
    assert log.lines.line == [1, 3]
    assert log.total == 3


OTHER_FORMS = {"UTF-16", "array", "array of objects", "begin of a list", "byte order mark"}
"""What is no bad line when it is all of a file."""


@pytest.mark.parametrize("kind", sorted(BAD_LINES.keys() - OTHER_FORMS))
def test_a_file_of_one_bad_line_has_no_other(tmp_path: Path, kind: str) -> None:
    bad, _ = BAD_LINES[kind]
    log = read(tmp_path, bad + b"\n")
    assert [(error.line, error.offset) for error in log.errors] == [(1, 0)]
    assert len(log.lines) == 0


@pytest.mark.parametrize(("content", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_value_that_a_trade_can_do_without_is_left_out_and_told(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    for before, after in ((b"", b""), (line() + b"\n", line() + b"\nnot json\n")):
        log = read(tmp_path, before + content + b"\n" + after)
        (error,) = log.left_out
        assert (error.path, error.line) == ("logs/bot.jsonl", 1 + before.count(b"\n"))
        assert error.offset == len(before)
        assert re.match(reason, error.reason)
        assert len(log.lines) == 1 + before.count(b"\n") + after.count(b"}")


NEEDED = ("closed_at", "net_pnl", "outcome", "currency")


@given(
    target=st.sampled_from([one for one in TARGETS if one not in NEEDED]),
    junk=st.sampled_from(['"?"', "[1]", "{}", '"1 2 x"', "true", '"2026-02-30"']),
    among=st.booleans(),
)
def test_a_value_left_out_is_as_if_it_was_not_logged(
    tmp_path_factory: pytest.TempPathFactory, *, target: str, junk: str, among: bool
) -> None:
    tmp_path = tmp_path_factory.getbasetemp()
    spec = {"fields": {"closed_at": "exit_timestamp", "net_pnl": "net_profit_loss", target: "x"}}
    others = line(x='"long"') + b"\n" + line() + b"\n" if among else b""
    found = read(tmp_path, line(x=junk) + b"\n" + others, spec)
    without = read(tmp_path, line(x="null") + b"\n" + others, spec)
    assert found.errors == without.errors == []
    assert found.lines == without.lines or not found.left_out


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"net_profit_loss": "null", "profit_loss": '"2"', "commission": '"x"'}, True),
        ({"net_profit_loss": '"1"', "profit_loss": '"2"', "commission": '"x"'}, False),
        ({"net_profit_loss": "null", "profit_loss": '"x"', "outcome": '"win"'}, True),
        ({"exit_timestamp": "null", "timestamp": '"x"'}, True),
        ({"outcome": '"open"', "timestamp": '"x"'}, True),
    ],
    ids=["gross without its costs", "net", "gross", "no other time", "open without a time"],
)
def test_what_the_result_or_the_day_hangs_on_makes_a_bad_line(
    tmp_path: Path, fields: dict[str, str], *, bad: bool
) -> None:
    log = read(tmp_path, line(**fields) + b"\n" + line() + b"\n")
    assert [error.line for error in (log.errors if bad else log.left_out)] == [1]
    assert len(log.errors) + len(log.left_out) == 1


@pytest.mark.parametrize("nan", ["NaN", "Infinity", "-Infinity"])
def test_nan_in_a_field_that_nobody_reads_is_nothing(tmp_path: Path, nan: str) -> None:
    inside = line(unknown=f'[1, {nan}, {{"a": {nan}}}]', note='"NaN \\" Infinity"', symbol='"NaN"')
    log = read(tmp_path, inside + b"\n" + line() + b"\n")
    assert (log.lines.line, log.errors, log.left_out) == ([1, 2], [], [])
    assert read(tmp_path, line(unknown=nan + "s") + b"\n").errors


def test_the_offset_of_each_bad_line_points_at_its_first_byte(tmp_path: Path) -> None:
    bad = [content for content, _ in BAD_LINES.values()]
    written = [one for content in bad for one in (line(), content, b"")]
    log = read(tmp_path, b"\n".join(written) + b"\n")
    assert [error.line for error in log.errors] == [3 * n + 2 for n in range(len(bad))]
    with (tmp_path / "bot.jsonl").open("rb") as file:
        for error, content in zip(log.errors, bad, strict=True):
            file.seek(error.offset)
            assert file.read(len(content) + 1) == content + b"\n"


def test_a_bad_line_prints_as_path_line_and_reason(tmp_path: Path) -> None:
    (error,) = read(tmp_path, line() + b"\n17\n").errors
    assert str(error) == "logs/bot.jsonl:2: is not a JSON object"


def test_a_reason_is_one_line_without_much_of_what_the_line_holds(tmp_path: Path) -> None:
    for name in ("net_profit_loss", "outcome", "timestamp"):
        content = line(**{name: '"' + "secret " * 100_000 + '\\n"'}) + b"\n"
        log = read(tmp_path, content)
        (error,) = log.errors + log.left_out
        assert "\n" not in str(error)
        start = "'" + "secret " * 11
        assert error.reason.startswith(f"{name}: {start[: MAX_SHOWN - 3]}... is not")


class TestLongLines:
    padding = MAX_LINE_BYTES - len(line(note='""'))

    def test_a_line_of_one_mebibyte_is_read(self, tmp_path: Path) -> None:
        longest = line(note='"' + "x" * self.padding + '"')
        assert len(longest) == MAX_LINE_BYTES
        log = read(tmp_path, line() + b"\n" + longest + b"\n" + line() + b"\n")
        assert (log.errors, log.lines.line) == ([], [1, 2, 3])

    @pytest.mark.parametrize("more", [1, 300_000, 3 * MAX_LINE_BYTES])
    def test_a_longer_line_is_bad_and_the_rest_goes_on(self, tmp_path: Path, more: int) -> None:
        too_long = line(note='"' + "x" * (self.padding + more) + '"')
        content = line() + b"\n" + too_long + b"\n" + line() + b"\n[]\n" + line() + b"\n"
        log = read(tmp_path, content)
        assert [(error.line, error.offset) for error in log.errors] == [
            (2, len(line()) + 1),
            (4, content.index(b"\n[]") + 1),
        ]
        assert log.errors[0].reason == f"a line of more than {MAX_LINE_BYTES} bytes"
        assert log.lines.line == [1, 3, 5]

    def test_two_long_lines_in_a_row_are_two_bad_lines(self, tmp_path: Path) -> None:
        too_long = b"x" * (2 * MAX_LINE_BYTES) + b"\n"
        log = read(tmp_path, too_long + too_long + line() + b"\n")
        assert [(error.line, error.offset) for error in log.errors] == [(1, 0), (2, len(too_long))]
        assert log.lines.line == [3]

    def test_a_long_line_without_its_newline_waits(self, tmp_path: Path) -> None:
        too_long = b"x" * (2 * MAX_LINE_BYTES)
        log = read(tmp_path, line() + b"\n" + too_long)
        assert (log.errors, log.total) == ([], 1)
        assert (log.waiting_line, log.waiting_bytes) == (2, len(too_long))


class TestLastLine:
    def test_a_last_line_without_newline_waits_and_is_not_bad(self, tmp_path: Path) -> None:
        log = read(tmp_path, line() + b"\n" + line()[:30])
        assert (log.lines.line, log.errors, log.total) == ([1], [], 1)
        assert (log.waiting_line, log.waiting_bytes) == (2, 30)

    @pytest.mark.parametrize("ending", [b"", b" ", b"\r", b"\n"])
    def test_a_whole_object_counts_before_its_newline_is_there(
        self, tmp_path: Path, ending: bytes
    ) -> None:
        content = line() + b"\n" + line() + ending
        log = read(tmp_path, content)
        assert (log.lines.line, log.waiting_line, log.waiting_bytes) == ([1, 2], None, 0)
        assert (log.end, log.total, sum(log.sizes)) == (len(content), 2, len(content))

    def test_a_whole_last_line_may_be_bad_or_ignored(self, tmp_path: Path) -> None:
        log = read(tmp_path, line() + b"\n{}")
        assert [error.line for error in log.errors] == [2]
        assert (log.sizes.bad, log.end) == (2, len(line()) + 3)
        log = read(tmp_path, line() + b'\n{"live": 2}', ONLY_LIVE)
        assert (log.ignored, log.sizes.ignored) == ([1, 2], len(line()) + 12)

    @pytest.mark.parametrize("last", [b"[]", b"17", b'"a"', b"null", line() + b","])
    def test_what_is_no_object_waits_for_its_newline(self, tmp_path: Path, last: bytes) -> None:
        log = read(tmp_path, line() + b"\n" + last)
        assert (log.lines.line, log.errors) == ([1], [])
        assert (log.waiting_line, log.waiting_bytes) == (2, len(last))

    def test_a_file_of_half_a_line_waits(self, tmp_path: Path) -> None:
        log = read(tmp_path, b"{")
        assert (log.total, log.waiting_line, log.waiting_bytes) == (0, 1, 1)

    def test_an_empty_file_says_nothing(self, tmp_path: Path) -> None:
        log = read(tmp_path, b"")
        assert (len(log.lines), log.total, log.errors, log.waiting_line) == (0, 0, [], None)


class TestLineEnds:
    def test_blank_lines_are_counted_and_are_not_bad(self, tmp_path: Path) -> None:
        log = read(tmp_path, b"\n" + line() + b"\n\n  \t\n\r\n" + line() + b"\n")
        assert (log.blank, log.errors, log.lines.line, log.total) == (4, [], [2, 6], 6)

    def test_lines_may_end_in_carriage_return_and_line_feed(self, tmp_path: Path) -> None:
        content = line() + b"\r\n" + line() + b"\r\nbad\r\n"
        log = read(tmp_path, content)
        assert log.lines.line == [1, 2]
        assert [(error.line, error.offset) for error in log.errors] == [(3, content.index(b"bad"))]

    def test_an_object_over_two_lines_is_two_bad_lines(self, tmp_path: Path) -> None:
        half = line().index(b", ") + 1
        content = line()[:half] + b"\n" + line()[half:] + b"\n" + line() + b"\n"
        log = read(tmp_path, content)
        assert [error.line for error in log.errors] == [1, 2]
        assert log.lines.line == [3]

    @pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085"])
    def test_only_a_line_feed_ends_a_line(self, tmp_path: Path, separator: str) -> None:
        log = read(tmp_path, line(symbol=f'"a{separator}b"') + b"\n" + line() + b"\n")
        assert (log.errors, log.lines.line) == ([], [1, 2])


class TestCompressed:
    content = line() + b"\nbad\n" + line() + b"\n" + line()[:10]

    def test_a_gz_file_reads_as_its_text_does(self, tmp_path: Path) -> None:
        plain, packed = tmp_path / "bot.jsonl", tmp_path / "bot.jsonl.gz"
        plain.write_bytes(self.content)
        packed.write_bytes(gzip.compress(self.content))
        expected = read_log(plain, "bot.jsonl", dialect())
        assert read_log(packed, "bot.jsonl", dialect()) == expected
        assert expected.errors[0].offset == len(line()) + 1

    def test_members_one_after_the_other_are_one_log(self, tmp_path: Path) -> None:
        path = tmp_path / "bot.jsonl.gz"
        half = len(line()) // 2
        path.write_bytes(gzip.compress(line()[:half]) + gzip.compress(line()[half:] + b"\n"))
        assert read_log(path, "bot.jsonl.gz", dialect()).lines.line == [1]

    @pytest.mark.parametrize("blank", [b"\n", b"\t\r\n"])
    def test_a_blank_line_costs_no_more_the_more_there_are(
        self, tmp_path: Path, blank: bytes
    ) -> None:
        """Calls are counted, as time depends on the machine; a file of some bytes may hold many."""
        few, many = (self.calls(tmp_path, blank, count) for count in (20_000, 80_000))
        assert many < 4.1 * few

    def calls(self, folder: Path, blank: bytes, count: int) -> int:
        """How many functions are called to read that many blank lines between two good ones."""
        path, calls = folder / "bot.jsonl.gz", 0
        path.write_bytes(gzip.compress(line() + b"\n" + blank * count + line() + b"\n"))

        def note(*_: object) -> None:
            nonlocal calls
            calls += 1

        earlier = sys.getprofile()
        sys.setprofile(note)
        try:
            log = read_log(path, "bot.jsonl.gz", dialect())
        finally:
            sys.setprofile(earlier)
        assert (log.lines.line, log.blank) == ([1, count + 2], count)
        return calls

    @pytest.mark.parametrize("kind", ["cut short", "not compressed", "corrupt"])
    def test_a_gz_file_that_cannot_be_unpacked_is_an_error_that_names_it(
        self, tmp_path: Path, kind: str
    ) -> None:
        packed = gzip.compress(self.content * 100)
        content = {
            "cut short": packed[:-20],
            "not compressed": self.content,
            "corrupt": packed[:15] + b"\xff\xff\xff\xff" + packed[19:],
        }[kind]
        path = tmp_path / "bot.jsonl.gz"
        path.write_bytes(content)
        with pytest.raises(LogReadError, match=r"logs/bot\.jsonl\.gz: .*; check that"):
            read_log(path, "logs/bot.jsonl.gz", dialect())


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(LogReadError, match="logs/none: No such file"):
        read_log(tmp_path / "none.jsonl", "logs/none", dialect())


class TestValues:
    def test_json_numbers_are_read_from_their_digits(self, tmp_path: Path) -> None:
        raws = ["25.246000000000002", "0.1", "18446744073709551617", "1E-7", "-0.30", "9" * 40]
        content = b"".join(line(net_profit_loss=raw) + b"\n" for raw in raws)
        log = read(tmp_path, content)
        slot = [slot.target for slot in dialect().slots].index("net_pnl")
        column = log.lines.slots[slot]
        assert isinstance(column, Numbers)
        shown = [format(column.decimal(n) or 0, "f") for n in range(len(raws))]
        assert [text.rstrip("0").rstrip(".") for text in shown] == [
            "25.246000000000002",
            "0.1",
            "18446744073709551617",
            "0.0000001",
            "-0.3",
            "9" * 40,
        ]

    def test_a_line_speaks_of_its_closing_time_else_of_its_opening_time(
        self, tmp_path: Path
    ) -> None:
        log = read(tmp_path, line() + b"\n" + line(outcome='"open"') + b"\n")
        hour = 3_600_000_000
        assert log.lines.is_open == [False, True]
        assert log.at[0] - log.at[1] == hour


ONLY_LIVE: dict[str, object] = {**TRADE_RECORD, "only": {"live": True}}


def test_lines_that_do_not_count_are_ignored_and_counted_whatever_else_they_say(
    tmp_path: Path,
) -> None:
    content = [line(live="true"), line(live="false", net_profit_loss="true"), line(), b"{}"]
    log = read(tmp_path, b"\n".join(content) + b"\n", ONLY_LIVE)
    assert (log.lines.line, log.ignored, log.errors) == ([1], [2, 3, 4], [])


@pytest.mark.parametrize("where", ["only", "open_when", "identity", "symbol"])
def test_a_value_that_a_function_cannot_read_is_a_bad_line_and_the_rest_goes_on(
    tmp_path: Path, where: str
) -> None:
    fields = dict(TRADE_RECORD["fields"])  # type: ignore[call-overload]
    spec: dict[str, object] = {**TRADE_RECORD, "fields": fields}
    if where == "symbol":
        fields["symbol"] = "join(a, b)"
    elif where == "identity":
        spec["identity"] = ["join(a, b)"]
    else:
        spec[where] = {"join(a, b)": "x y"}
    good = line(a='"x"', b='"y"')
    log = read(tmp_path, b"\n".join([good, line(a="[1]"), good, b"not json", good]) + b"\n", spec)
    assert [(error.line, error.reason) for error in log.errors] == [
        (2, f"{where if where in ('only', 'open_when') else 'join(a, b)'}: [...] is not a text"),
        (4, log.errors[-1].reason),
    ][where == "symbol" :]
    assert log.lines.line == ([1, 2, 3, 5] if where == "symbol" else [1, 3, 5])
    assert len(log.left_out) == (where == "symbol")


@pytest.mark.parametrize("first", ["true", "1"])
def test_true_and_one_are_different_values_in_whichever_order(tmp_path: Path, first: str) -> None:
    second = "1" if first == "true" else "true"
    content = line(live=first) + b"\n" + line(live=second) + b"\n"
    log = read(tmp_path, content, ONLY_LIVE)
    assert log.lines.line == [1 if first == "true" else 2]


some_lines = st.lists(
    st.sampled_from(
        [
            *[line(live="true", order_id=f'"{n}"') for n in range(3)],
            line(live="true", net_profit_loss="-3"),
            line(live="true", net_profit_loss='""', profit_loss="0.125", outcome='"open"'),
            line(live="true", net_profit_loss="1e-7", timestamp='"2026-04-06T10:00:00.123Z"'),
            line(live="true", symbol='"ä€"'),
            line(live="true", note='"' + "x" * 300 + '"'),
            line(live="false"),
            line(live="1"),
            b"",
            b"\r",
            b"[]",
            b"x" * 700,
            line(live="true", net_profit_loss='"NaN"'),
            line(live="true", symbol='"x"').replace(b"x", b"\xff"),
            b"\0",
        ]
    ),
    max_size=12,
)


@given(
    lines=some_lines,
    ending=st.sampled_from([b"", b"\n", b"\r\n"]),
    block_bytes=st.one_of(st.integers(1, 40), st.integers(1, 2000)),
    longest=st.sampled_from([250, 10**6]),
)
@example(lines=[b"x" * 700, b"[]"], ending=b"\n", block_bytes=1, longest=250)
@example(lines=[line(live="true"), line(live="1")], ending=b"\n", block_bytes=40, longest=250)
def test_the_size_of_blocks_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    lines: list[bytes],
    ending: bytes,
    block_bytes: int,
    longest: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / "blocks.jsonl"
    path.write_bytes(b"\n".join(lines) + ending)
    whole = read_in_blocks(path, 10**6, longest)
    assert read_in_blocks(path, block_bytes, longest)._replace(blocks=whole.blocks) == whole


@given(lines=some_lines, ending=st.sampled_from([b"", b"\n"]))
def test_every_line_is_parsed_or_ignored_or_blank_or_bad_or_waiting(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], ending: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "counts.jsonl"
    content = b"\n".join(lines) + ending
    path.write_bytes(content)
    log = read_in_blocks(path, 100, 250)
    waiting = bool(content) and not content.endswith(b"\n")
    last = content[content.rfind(b"\n") + 1 :]
    is_object = last[:1] == b"{" and len(last) <= 250 and b"\xff" not in last
    waiting = waiting and not is_object
    assert log.total == content.count(b"\n") + is_object
    assert sum(log.sizes) + log.waiting_bytes == len(content) == log.bytes_read
    assert log.total == len(log.lines) + len(log.ignored) + log.blank + len(log.errors)
    assert (log.waiting_line is not None) is waiting
    numbers = [*log.lines.line, *log.ignored, *(error.line for error in log.errors)]
    assert len(set(numbers)) == len(numbers)
    assert log.errors == sorted(log.errors, key=lambda error: error.line)


def said(log: FileLog, slot: int) -> dict[int, object]:
    """What each line says: its number, or that it is bad."""
    column = log.lines.slots[slot]
    assert isinstance(column, Numbers)
    found: dict[int, object] = {error.line: "bad" for error in log.errors}
    return found | {number: column.decimal(row) for row, number in enumerate(log.lines.line)}


@given(columns=near_number_columns(), few_bytes=st.sampled_from([0, 65536]))
@example(columns=["0-54.45", "10.50"], few_bytes=0)
def test_a_number_is_the_same_alone_and_among_others_as_text_and_as_json(
    tmp_path_factory: pytest.TempPathFactory, columns: list[str], few_bytes: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.jsonl"
    slot = [slot.target for slot in dialect().slots].index("net_pnl")
    texts = [line(net_profit_loss=json.dumps(text)) for text in columns]
    bare = [line(net_profit_loss=re.sub(r"\s", "_", text)) for text in columns]

    def said_by(lines: list[bytes]) -> list[object]:
        path.write_bytes(b"\n".join(lines) + b"\n")
        found = said(read_log(path, "bot.jsonl", dialect()), slot)
        return [found[number + 1] for number in range(len(lines))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "FEW_BYTES", few_bytes)
        together, as_json = said_by(texts), said_by(bare)
        alone = [said_by([one])[0] for one in texts]
        mixed = said_by([*texts, *bare, b"x"])
    assert together == alone == mixed[: len(texts)]
    assert mixed[len(texts) : -1] == as_json
    for text, one, other in zip(columns, alone, as_json, strict=True):
        if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
            assert one == other  # a number of JSON is read as a text of its digits
        else:
            assert other == "bad"


def test_a_new_line_alone_is_read_without_msgspec(tmp_path: Path) -> None:
    (tmp_path / "bot.jsonl").write_bytes(line() + b"\n")
    code = (
        "import sys\n"
        "from perfkit.config.built_in import TRADE_RECORD\n"
        "from perfkit.config.compile import compile_dialect\n"
        "from perfkit.logs.files import opened\n"
        "from perfkit.logs.file_log import Start\n"
        "from perfkit.logs.reader import pieces\n"
        "dialect = compile_dialect('bot', TRADE_RECORD, Exception)\n"
        f"with opened({str(tmp_path / 'bot.jsonl')!r}, 'bot', dialect) as (stream, form):\n"
        "    (log,) = pieces(stream, 'bot', dialect, Start(), form=form)\n"
        "print(len(log.lines), len(log.errors), 'msgspec' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "1 0 False\n"


def test_a_line_that_was_cut_meanwhile_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "bot.jsonl"
    path.write_bytes(line() + b"\n" + line()[:-1])
    with opened(str(path), "log", dialect()) as (stream, _):
        log = read_lines(stream, path.name, dialect(), [1, 2, 3], [(1, 0)])
    assert log.lines.line == [1]


@given(st.sets(st.integers(1, 40)), st.sampled_from([1, 2, 1024]))
def test_lines_read_by_their_numbers_are_those_lines(
    tmp_path_factory: pytest.TempPathFactory, wanted: set[int], at_once: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "bot.jsonl"
    lines = [line(order_id=f'"N-{n:02}"') + b"\n" for n in range(1, 41)]
    path.write_bytes(b"".join(lines))
    with opened(str(path), "log", dialect()) as (stream, _):
        (whole,) = pieces(stream, path.name, dialect(), Start())
    with pytest.MonkeyPatch.context() as patch, opened(str(path), "log", dialect()) as (stream, _):
        patch.setattr(reader, "RUN_LINES", at_once)
        blocks = [(1, 0), (8, sum(map(len, lines[:7])))]
        log = read_lines(stream, path.name, dialect(), wanted, blocks)
    assert log.lines.line == sorted(wanted)
    assert log.lines.identity == [whole.lines.identity[n - 1] for n in sorted(wanted)]


@pytest.mark.parametrize("padding", [0, 100_000])
def test_a_decimal_comma_is_about_texts_and_not_about_the_numbers_of_json(
    tmp_path: Path, padding: int
) -> None:
    spec = {**TRADE_RECORD, "decimal": ","}
    written = ["1.234", '"1.234"', '"1,234"', "-1.5e-3", "12", "1e999999"]
    content = b"".join(
        line(net_profit_loss=one, note=f'"{"x" * padding}"') + b"\n" for one in written
    )
    log = read(tmp_path, content, spec)
    column = log.lines.slots[[slot.target for slot in dialect(spec).slots].index("net_pnl")]
    assert isinstance(column, Numbers)
    assert [Decimal(unit or 0).scaleb(-column.places) for unit in column.units] == [
        *(Decimal("1.234"), Decimal(1234), Decimal("1.234"), Decimal("-0.0015"), Decimal(12)),
    ]
    assert [error.line for error in log.errors] == [6]
