"""`python -m perfkit` is the `perfkit` command."""

from perfkit.cli.main import program

if __name__ == "__main__":
    program()
