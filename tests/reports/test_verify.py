"""The first cell and type in which two reports differ."""

import json
from pathlib import Path
from typing import Any

import pytest

from perfkit.reports import verify


class TestVerify:
    """The first cell and type that differ."""

    def pair(self, tmp_path: Path, one: object, other: object) -> str | None:
        for name, body in (("a", one), ("b", other)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "report.ipynb").write_text(json.dumps(body))
        return verify.first_difference(tmp_path / "a", tmp_path / "b")

    def cells(self, *outputs: object, source: str = "x") -> dict[str, Any]:
        return {"cells": [{"cell_type": "code", "source": source, "outputs": list(outputs)}]}

    A = {"output_type": "display_data", "data": {"image/png": "AA", "text/plain": "a"}}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("one", "other", "said"),
        [
            ([A], [{**A, "data": {**A["data"], "image/png": "AB"}}], "cell 1: image/png differs"),  # type: ignore[dict-item]
            ([A], [{**A, "data": {"image/png": "AA"}}], "cell 1: text/plain differs"),
            ([A], [], "cell 1: number of outputs differs"),
            ([A], [{**A, "metadata": {}}], "cell 1: display_data output differs"),
        ],
    )
    def test_outputs(self, tmp_path: Path, one: Any, other: Any, said: str) -> None:
        assert self.pair(tmp_path, self.cells(*one), self.cells(*other)) == said

    def test_sources_cells_and_what_is_no_notebook(self, tmp_path: Path) -> None:
        found = [
            self.pair(self.folder(tmp_path, n), one, other)
            for n, (one, other) in enumerate(
                [
                    (self.cells(), self.cells(source="y")),
                    (self.cells(), {"cells": []}),
                    (self.cells(), {"cells": [{**self.cells()["cells"][0], "id": "1"}]}),
                    (self.cells(), {}),
                    (self.cells(), {**self.cells(), "metadata": {}}),
                    (self.cells(), self.cells()),
                ]
            )
        ]
        assert found == [
            "cell 1: source differs",
            "it has 0 cells now, and had 1",
            "cell 1: metadata differs",
            "report.ipynb is no longer a notebook",
            "report.ipynb differs",
            None,
        ]

    def folder(self, tmp_path: Path, number: int) -> Path:
        (tmp_path / str(number)).mkdir()
        return tmp_path / str(number)

    def test_file_that_is_there_only_once(self, tmp_path: Path) -> None:
        assert self.pair(tmp_path, {}, {}) is None
        (tmp_path / "a/equity.png").write_text("x")
        said = verify.first_difference(tmp_path / "a", tmp_path / "b")
        assert said == "equity.png is no longer made"
        said = verify.first_difference(tmp_path / "b", tmp_path / "a")
        assert said == "equity.png is missing"
