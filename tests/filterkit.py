"""A workspace whose source declares dimensions."""

import json
from pathlib import Path

import perfkit
from perfkit import Desk

CONFIG = """\
sources:
  - name: bot
    path: logs
    pattern: "*.jsonl"
    currency: USD
    dialect:
      identity: [id]
      open_when: {{state: open}}
      fields: {{closed_at: closed, opened_at: opened, net_pnl: pnl, symbol: symbol}}
      dimensions: {dimensions}
{more}
"""


def line(number: int, pnl: str | None, day: str, **fields: object) -> str:
    """A trade that closes at 10:NN in UTC; `fields` replace those there, None leaves one out."""
    record: dict[str, object] = {
        "id": f"T{number}",
        "state": "closed",
        "opened": f"{day}T09:{number:02d}:00Z",
        "closed": f"{day}T10:{number:02d}:00Z",
        "pnl": pnl,
        "symbol": "BTC",
        **fields,
    }
    return json.dumps({name: value for name, value in record.items() if value is not None})


def configured(root: Path, dimensions: str, more: str = "") -> None:
    (root / "config").mkdir(exist_ok=True)
    text = CONFIG.format(dimensions=dimensions, more=more)
    (root / "config/perfkit.yaml").write_text(text)


def desk_with(root: Path, files: dict[str, list[str]], dimensions: str, more: str = "") -> Desk:
    configured(root, dimensions, more)
    (root / "logs").mkdir()
    for name, lines in files.items():
        (root / "logs" / name).write_text("".join(f"{one}\n" for one in lines))
    return perfkit.open(root)
