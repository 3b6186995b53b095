"""Parameters of a notebook: typed, and checked before anything is started."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.errors import (
    PerfkitError,
    ReportError,
    UsageError,
)
from perfkit.reports.notebook import checked, parse_parameters, read_notebook
from tests.reportkit import (
    notebook,
)


class TestParameters:
    """Typed, and checked before anything is started."""

    def read(self, folder: Path, cell: str) -> Any:
        body = json.loads(notebook("1"))
        body["cells"][0]["source"] = cell
        path = folder / "daily.ipynb"
        path.write_text(json.dumps(body))
        return read_notebook(path)

    OWN = 'date: str = ""\nwhere: str = ""\n'

    @pytest.mark.parametrize(
        ("cell", "text", "value"),
        [
            ("n: int = 3", "-12", -12),
            ("n = 3", "12", 12),
            ("n: float = 3", "1.5", 1.5),
            ("n: bool = True", "false", False),
            ("n = True", "true", True),
            ('n: str = ""', "12", "12"),
            ('n = ""', "a=b", "a=b"),
            ("n: int | None = None", "5", 5),
            ("n: date = None", "2026-04-08", "2026-04-08"),
            ("n: Decimal = Decimal(1)", "0.10", "0.10"),
        ],
    )
    def test_value_becomes_what_the_notebook_takes(
        self, tmp_path: Path, cell: str, text: str, value: object
    ) -> None:
        took = checked(self.read(tmp_path, self.OWN + cell), {"n": text})["n"]
        assert (took, type(took)) == (value, type(value))

    @pytest.mark.parametrize(
        ("cell", "text", "wanted"),
        [
            ("n: int = 3", "1.5", "a whole number"),
            ("n: int = 3", "", "a whole number"),
            ("n: float = 3", "nan", "a number"),
            ("n: bool = True", "yes", "true or false"),
            ("n: date = None", "2026-4-8", "a date YYYY-MM-DD"),
        ],
    )
    def test_malformed_value_is_an_error_that_says_what_is_wanted(
        self, tmp_path: Path, cell: str, text: str, wanted: str
    ) -> None:
        with pytest.raises(UsageError, match=f"n: '.*' is not {wanted}, as daily.ipynb needs"):
            checked(self.read(tmp_path, self.OWN + cell), {"n": text})

    @given(st.text())
    def test_any_text_is_a_whole_number_or_an_error(
        self, tmp_path_factory: pytest.TempPathFactory, text: str
    ) -> None:
        folder = tmp_path_factory.getbasetemp()
        taken = self.read(folder, self.OWN + "n: int = 1")
        try:
            value = checked(taken, {"n": text})["n"]
        except UsageError:
            return
        assert (type(value), value) == (int, int(text))

    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            ("x = 1", 'has no parameter date; add `date: str = ""`'),
            ("x = (", "its parameters cell is not valid Python"),
        ],
    )
    def test_notebook_that_cannot_be_a_report_says_why(
        self, tmp_path: Path, cell: str, said: str
    ) -> None:
        with pytest.raises(ReportError, match=said.replace("(", r"\(")):
            self.read(tmp_path, cell)

    def test_notebook_without_a_parameters_cell_or_that_is_a_folder(self, tmp_path: Path) -> None:
        path = tmp_path / "daily.ipynb"
        path.write_text('{"cells": []}')
        with pytest.raises(ReportError, match="has no parameters cell; begin it with"):
            read_notebook(path)
        path.unlink()
        path.mkdir()
        with pytest.raises(PerfkitError, match="Is a directory"):
            read_notebook(path)

    @pytest.mark.parametrize("texts", [["=1"], ["a b=1"], ["a"], ["a=1", "a=2"], ["root=x"]])
    def test_text_that_names_no_parameter_is_an_error(self, texts: list[str]) -> None:
        with pytest.raises(UsageError, match="--param"):
            parse_parameters(texts)
