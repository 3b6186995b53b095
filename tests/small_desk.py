"""A workspace of one bot whose lines are short, with the log files a test names."""

from pathlib import Path

from perfkit.desk.desk import Desk
from perfkit.desk.desk import open as open_desk

CONFIG = """\
sources:
  - name: bot
    path: logs/bot
    pattern: "{pattern}"
    currency: USD
    dialect:
      identity: [id]
      open_when: {{state: open}}
      fields: {{closed_at: closed, opened_at: opened, net_pnl: pnl, symbol: symbol}}
"""


def bot_line(number: int, pnl: str | None, day: str = "2026-04-06", state: str = "closed") -> str:
    said = "null" if pnl is None else f'"{pnl}"'
    return (
        f'{{"id": "T{number}", "state": "{state}", "opened": "{day}T09:00:00Z", '
        f'"closed": "{day}T10:{number:02d}:00Z", "pnl": {said}, "symbol": "BTC"}}'
    )


def desk_of(root: Path, pattern: str, files: dict[str, bytes]) -> Desk:
    (root / "config").mkdir()
    (root / "config/perfkit.yaml").write_text(CONFIG.format(pattern=pattern))
    (root / "logs/bot").mkdir(parents=True)
    for name, content in files.items():
        (root / "logs/bot" / name).write_bytes(content)
    return open_desk(root)


def unterminated(desk: Desk) -> int:
    found = desk.summary("all").data.findings
    return sum(finding.count for finding in found if finding.code == "unterminated_days")
