"""The limit of a cell's output: what is kept, what is dropped, and what the report shows of it."""

from typing import Any

import pytest

from perfkit.reports.processes.output_limit import CUT, CUT_PRINT, MOST_BYTES, OutputLimit

MEGABYTE = "x" * 1_000_000


def message(kind: str, content: dict[str, Any], cell: str = "c1") -> dict[str, Any]:
    parent, header = {"msg_id": cell}, {"msg_type": kind}
    return {"msg_type": kind, "header": header, "parent_header": parent, "content": content}


def printed(text: str, cell: str = "c1") -> dict[str, Any]:
    return message("stream", {"name": "stdout", "text": text}, cell)


def displayed(text: str, cell: str = "c1", kind: str = "display_data") -> dict[str, Any]:
    return message(kind, {"data": {"text/plain": text}, "metadata": {}}, cell)


def texts(limit: OutputLimit, *messages: dict[str, Any]) -> list[str | None]:
    """The text of each message as it gets through; None where it is dropped."""
    found: list[str | None] = []
    for one in map(limit.limited, messages):
        content = None if one is None else one["content"]
        found.append(content and (content.get("text") or content["data"]["text/plain"]))
    return found


def test_displays_over_10_mb_are_dropped_and_one_note_takes_their_place() -> None:
    found = texts(OutputLimit(), *[displayed(MEGABYTE)] * 15)
    assert found == [MEGABYTE] * 9 + [CUT] + [None] * 5


def test_a_result_that_is_too_large_becomes_a_display_with_the_note() -> None:
    through = OutputLimit().limited(displayed("x" * (MOST_BYTES + 1), kind="execute_result"))
    assert through is not None
    assert through["msg_type"] == through["header"]["msg_type"] == "display_data"
    assert through["content"]["data"] == {"text/plain": CUT}


def test_what_a_cell_prints_takes_nothing_from_what_it_displays() -> None:
    limit = OutputLimit()
    found = texts(limit, *[printed(MEGABYTE)] * 12)
    assert found[:9] + found[10:] == [MEGABYTE] * 9 + [None] * 2
    assert found[9] == "x" * 998_200 + CUT_PRINT, "9 messages count with 200 bytes more each"
    (only,) = texts(OutputLimit(), printed(MEGABYTE * 300))
    assert only == "x" * MOST_BYTES + CUT_PRINT
    assert texts(limit, displayed("shown")) == ["shown"]


def test_many_small_outputs_are_limited_as_well() -> None:
    assert texts(OutputLimit(), *[printed("x")] * 60_000)[-1] is None


def test_each_cell_has_its_own_limit() -> None:
    limit = OutputLimit()
    texts(limit, *[displayed(MEGABYTE)] * 12)
    assert texts(limit, displayed(MEGABYTE, "c2")) == [MEGABYTE]


def test_what_a_cell_clears_no_longer_counts() -> None:
    limit = OutputLimit()
    for _ in range(30):
        assert limit.limited(message("clear_output", {"wait": True})) is not None
        assert texts(limit, displayed(MEGABYTE)) == [MEGABYTE]


def test_an_update_counts_by_itself() -> None:
    limit = OutputLimit()
    assert texts(limit, *[displayed(MEGABYTE, kind="update_display_data")] * 30)[-1] == MEGABYTE
    large = displayed("x" * (MOST_BYTES + 1), kind="update_display_data")
    assert texts(limit, large) == [None]


def test_an_error_always_gets_through_and_is_shortened() -> None:
    limit = OutputLimit()
    texts(limit, *[displayed(MEGABYTE)] * 12)
    content = {"ename": "ValueError", "evalue": MEGABYTE, "traceback": [MEGABYTE + "end"] * 2000}
    through = limit.limited(message("error", content))
    assert through is not None
    short = through["content"]
    assert short["ename"] == "ValueError"
    assert len(short["evalue"]) == 10_000
    assert len(short["traceback"]) == 1_000
    assert short["traceback"][-1].endswith("end")


@pytest.mark.parametrize("kind", ["status", "execute_input", "comm_msg"])
def test_what_is_not_an_output_is_left_alone(kind: str) -> None:
    limit = OutputLimit()
    texts(limit, *[displayed(MEGABYTE)] * 12)
    other = message(kind, {"execution_state": "idle"})
    assert limit.limited(other) is other
