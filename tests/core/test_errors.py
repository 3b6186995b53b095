"""Errors of the system: the advice fits what went wrong."""

import errno
import os

import pytest

from perfkit.core.errors import OutputError


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "; free some space"),
        (errno.EDQUOT, "; free some space"),
        (errno.EACCES, "; check the permissions"),
        (errno.EROFS, "; check the permissions"),
        (errno.ENOTDIR, "; check the path"),
        (errno.EISDIR, "; check the path"),
        (errno.EEXIST, "; check the path"),
        (errno.ENAMETOOLONG, "; check the path"),
        (errno.EBUSY, ""),
        (errno.EIO, ""),
    ],
)
def test_advice_is_that_of_the_cause_or_there_is_none(number: int, remedy: str) -> None:
    reason = os.strerror(number)
    said = str(OutputError("a.json", OSError(number, reason)))
    assert said == f"cannot write a.json: {reason}{remedy}"
