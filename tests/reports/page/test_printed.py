"""What cells print: as a terminal leaves it, and the same in each run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.formatting import plain
from perfkit.reports.page.printed import MOST_LINES, as_left, block, merged, of_any_run
from tests.reportkit import HOSTILE, tokens


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        ("50 %\r100 %\n", "100 %\n"),
        ("abc\rX", "Xbc"),
        ("ab\bc", "ac"),
        ("a\r\nb", "a\nb"),
        ("\b\bx", "x"),
        ("\x1b[31mred\x1b[0m\x1b[A", "red"),
        ("1\r2\n3\r4", "2\n4"),
        ("a\nb\x1b[A\rc", "c\nb"),
        ("a\n\n\rb\x1b[2A\r\x1b[1mAB\ncd", "AB\ncd\nb"),
        ("\x1b[A\x1b[9A\nx", "\nx"),
    ],
)
def test_text_is_as_a_terminal_leaves_it(printed: str, left: str) -> None:
    assert as_left(printed) == left


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("[<Line2D at 0x7f0a1b2c3d4e>]", "[<Line2D at 0x…>]"),
        ("<object object at 0x7f0a1b2c3d4e>", "<object object at 0x…>"),
        ("/var/ipykernel_47/12.py:3: UserWarning: x", "cell:3: UserWarning: x"),
        ("/usr/lib/python3/site-packages/a/b.py:3: W", "a/b.py:3: W"),
        ("100%|███| 5/5 [00:01<00:00,  4.20it/s]", "100%|███| 5/5"),
        ("3it [00:00, 12.50it/s]", "3it"),
        ("bought at 0xabc", "bought at 0xabc"),
        ("[12:30, 4.5]", "[12:30, 4.5]"),
    ],
)
def test_what_differs_from_run_to_run_is_left_out(printed: str, kept: str) -> None:
    assert of_any_run(printed) == kept


@given(st.text() | st.sampled_from(HOSTILE) | st.text(alphabet="`~\n a"))
def test_any_text_is_one_block_in_which_nothing_is_markup(text: str) -> None:
    shown = block(text)
    lines = [plain(line.expandtabs(4), 2_000) for line in as_left(text).splitlines()]
    found = list(tokens(shown))
    assert [token.type for token in found] == (["fence"] if shown else [])
    if shown:
        assert found[0].content.rstrip() == "\n".join(lines).rstrip()


def test_long_text_has_its_start_its_end_and_how_much_is_left_out() -> None:
    shown = block("\n".join(map(str, range(5_000)))).splitlines()
    assert len(shown) == MOST_LINES + 3
    assert (shown[1], shown[-2]) == ("0", "4999")
    assert shown[501] == "… 4,000 lines are left out here; report.ipynb has them …"


def test_what_is_printed_in_one_go_is_one_output() -> None:
    def stream(name: str, text: str | list[str]) -> dict[str, object]:
        return {"output_type": "stream", "name": name, "text": text}

    shows = {"output_type": "display_data", "data": {}}
    outputs = [stream("stdout", "a"), stream("stdout", ["b", "c"]), stream("stderr", "d"), shows]
    one = [stream("stdout", "abc"), stream("stderr", "d"), shows]
    assert merged([*outputs, stream("stdout", "e")]) == [*one, stream("stdout", "e")]
