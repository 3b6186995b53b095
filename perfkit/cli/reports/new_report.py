"""`perfkit new-report`: a notebook of one's own, from a template."""

from __future__ import annotations

import argparse

from perfkit.cli.arguments import Commands, Parser, add_command, add_root
from perfkit.core.interpreter import EXIT_OK

PERIODS = ("daily", "weekly", "monthly", "quarterly", "yearly")

EPILOG = """\
The notebook runs as it is. `perfkit report NAME` makes its report; open it in JupyterLab to
change it. A notebook that is there already is never overwritten.

The names quarterly, yearly and since-the-start make whole reports like the monthly one; any other
name makes a short notebook to begin with.

example: perfkit new-report live --period weekly"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "make a notebook for a report of your own"
    parser = add_command(commands, "new-report", run, what, EPILOG)
    parser.add_argument("name", metavar="NAME", help="the name of the notebook and its report")
    parser.add_argument(
        "--period",
        choices=PERIODS,
        help="its period (default: that of its name, as in quarterly; of since-the-start monthly; "
        "else daily)",
    )
    add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Writes the notebook and prints its path."""
    from pathlib import Path

    from perfkit.config.workspace import CONFIG, folder_of
    from perfkit.core.errors import WorkspaceNotFoundError
    from perfkit.reports.template import new_report, period_of

    root = Path(folder_of(arguments.root))
    if not (root / CONFIG).is_file():
        raise WorkspaceNotFoundError(str(root))
    period = arguments.period or period_of(arguments.name)
    print(new_report(root, arguments.name, period))
    return EXIT_OK
