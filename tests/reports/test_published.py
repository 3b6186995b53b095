"""What lies in the folder of a report."""

import re
from pathlib import Path

import msgspec

from perfkit.reports import published


def test_status_is_documented_key_by_key() -> None:
    text = (Path(__file__).parents[2] / "docs/reports.md").read_text(encoding="utf-8")
    rows = text.partition("| key of `status.json` |")[2].partition("\n\n")[0]
    documented = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]*)\|", rows, re.M)))
    assert documented == [field.name for field in msgspec.structs.fields(published.ReportStatus)]
