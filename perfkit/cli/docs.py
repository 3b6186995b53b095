"""`perfkit docs`: the pages of the documentation, which ship with the package."""

from __future__ import annotations

import argparse
import sys

from perfkit.cli.arguments import Commands, Parser, add_command
from perfkit.core.interpreter import EXIT_OK

EPILOG = """\
pages are Markdown; this command takes the names of the pages they link to.

example: perfkit docs configuration"""


def add(commands: Commands[Parser]) -> None:
    """Adds the command."""
    what = "list the pages of the documentation, or print one"
    parser = add_command(commands, "docs", run, what, EPILOG)
    parser.add_argument("page", metavar="PAGE", nargs="?", help="the one to print (default: list)")


def run(arguments: argparse.Namespace) -> int:
    """Prints the list or the page."""
    from perfkit.cli.new_workspace import shipped
    from perfkit.config.checks import suggestion
    from perfkit.core.errors import UsageError

    pages = {path.stem: path for path in sorted(shipped("docs").glob("*.md"))}
    if arguments.page is None:
        width = max(map(len, pages), default=0)
        for name, path in pages.items():
            title = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
            print(f"{name:{width}}  {title}")
        return EXIT_OK
    name = arguments.page.removeprefix("docs/").removesuffix(".md")
    if name not in pages:
        raise UsageError(f"there is no page {name}; {suggestion(name, list(pages))}")
    sys.stdout.write(pages[name].read_text(encoding="utf-8"))
    if name == "metrics":
        _print_brought()
    return EXIT_OK


def _print_brought() -> None:
    """Prints the definitions of the metrics that packages bring to the workspace around."""
    from perfkit.config.settings import load
    from perfkit.config.workspace import folder_of
    from perfkit.core.errors import PerfkitError, WorkspaceNotFoundError
    from perfkit.metrics.reference import definition
    from perfkit.metrics.registry import BROUGHT

    try:
        config = load(folder_of(None))
    except WorkspaceNotFoundError:
        return
    except PerfkitError as error:  # the page is there all the same
        print(f"perfkit: {error}", file=sys.stderr)
        return
    for one in config.metrics:
        sys.stdout.write(f"\n{definition(BROUGHT[one.name])}- **From**: {one.package}\n")
