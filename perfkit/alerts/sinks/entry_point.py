"""Calls a Python sink, in a process of its own: the event comes on standard input as JSON.

A Python sink is a callable under the entry point group `perfkit.sinks`, called with the event as a
dict. It is delivered unless the call raises.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import entry_points

GROUP = "perfkit.sinks"


def main() -> int:
    """Exit code 0 when the event was delivered."""
    name = sys.argv[1]
    found = [one for one in entry_points(group=GROUP) if one.name == name]
    if not found:
        print(f"no installed package has a sink {name} (entry point group {GROUP})")
        return 1
    found[0].load()(json.loads(sys.stdin.buffer.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
