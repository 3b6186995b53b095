"""Notebooks as any analyst writes them: the report has what JupyterLab shows, or says why not.

Each is run twice: by `perfkit report`, and in a kernel of its own as JupyterLab does. What the
second run shows must be on the page of the first.
"""

import json
import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from perfkit.core.formatting import plain
from perfkit.reports.page.printed import MOST_LINES, as_left, of_any_run
from tests.reportkit import LOGS, Ran, Tree, finish, is_clean, start, tokens, tree, write_workspace

pytestmark = pytest.mark.slow

PYPLOT = "import matplotlib.pyplot as plt\nimport numpy as np\nx = np.linspace(0, 6, 50)"
FRAME = """\
import pandas as pd
df = pd.DataFrame({
    "day": pd.date_range("2025-01-01", periods=90),
    "symbol": ["BTC|USDT", "<ETH>", "SOL"] * 30,
    "side": ["long", "short"] * 45,
    "pnl": [(n * 37 % 101 - 50) / 4 for n in range(90)],
})
"""

NOTEBOOKS = {
    "show": [PYPLOT, "plt.plot(x, np.sin(x))\nplt.title('Equity')\nplt.show()", "plt.close('all')"],
    "fig as last value": [PYPLOT, "fig, ax = plt.subplots()\nax.plot(x)\nfig"],
    "nothing at the end": [
        "%matplotlib inline\n" + PYPLOT,
        "plt.plot(x, x)",
        "plt.bar(['a', 'b'], [1, 2]);",
        "plt.figure(figsize=(4, 2))\nplt.hist(x)\nplt.xlabel('pnl')",
    ],
    "loop": [
        PYPLOT,
        "for n in range(3):\n    print('figure', n)\n    plt.plot(x, x ** n)\n    plt.show()",
        "for n in range(3):\n    fig, ax = plt.subplots(num=f'Power {n}')\n    ax.plot(x, x ** n)",
    ],
    "subplots": [
        PYPLOT,
        "fig, axes = plt.subplots(2, 2, figsize=(8, 6), sharex=True)\n"
        "for n, ax in enumerate(axes.flat):\n    ax.plot(x, x ** n)\n    ax.set_title(f'{n}')\n"
        "fig.suptitle('Four')\nfig.tight_layout()\nplt.show()",
    ],
    "retina": [
        "%config InlineBackend.figure_formats = ['retina']\n" + PYPLOT,
        "plt.plot(x)\nplt.show()",
        "%config InlineBackend.figure_formats = ['jpeg']\nplt.plot(x)\nplt.show()",
    ],
    "seaborn": [
        "import seaborn as sns\nsns.set_theme()\n" + FRAME,
        "sns.barplot(data=df, x='symbol', y='pnl', errorbar=None)",
        "sns.relplot(data=df, x='day', y='pnl', hue='side');",
    ],
    "frames": [
        FRAME,
        "df.head()",
        "df",
        "df.groupby('symbol')['pnl'].describe()",
        "df.groupby(['symbol', 'side']).agg({'pnl': ['sum', 'mean', 'count']})",
        "df.pivot_table(index='symbol', columns='side', values='pnl')",
        "df['pnl']",
        "display(df.tail(2), df.dtypes)\ndf.shape",
    ],
    "styler": [
        FRAME,
        "small = df.head(4)[['symbol', 'pnl']]\n"
        "small.style.format({'pnl': '{:+.2f} $'}).hide(axis='index').set_caption('The best')"
        ".map(lambda v: 'color: red' if v < 0 else '', subset=['pnl'])",
        "small.style.bar(subset=['pnl'])",
    ],
    "long prints": [
        "for n in range(5000):\n    print('line', n)",
        "print('x' * 1500)\nprint({'a': [1, 2], '`b`': '```'})\nprint('\\n\\n  indented | <b>')",
        "import pprint\npprint.pprint({f'key {n}': list(range(20)) for n in range(5)})",
    ],
    "warnings": [
        "import warnings\nwarnings.warn('prices are old')\nprint('after')",
        "import logging\nlogging.warning('slow')\nlogging.getLogger('x').error('broken')",
        "import sys\nprint('to stderr', file=sys.stderr)\nprint('to stdout')",
    ],
    "progress bars": [
        "from tqdm import tqdm\nall = 0\nfor n in tqdm(range(50), desc='Days'):\n    all += n\nall",
        "import sys\nfor n in range(5):\n    sys.stdout.write(f'\\r{n + 1}/5 done')\nprint()",
        "from IPython.display import clear_output\n"
        "for n in range(3):\n    clear_output(wait=True)\n    print('step', n)",
    ],
    "display": [
        "from IPython.display import HTML, JSON, Latex, Markdown, Math, Code, display\n"
        "display(Markdown('**Net** `x`\\n\\n- a\\n- b'))",
        "display(HTML('<h4>Top <b>three</b></h4><ol><li>BTC</li><li>ETH</li></ol><p>a<br>b</p>'))",
        "display(Latex('$x^2$'))\ndisplay(JSON({'a': [1, 2]}))\ndisplay(Math('y'))",
        "handle = display('first', display_id=True)\nhandle.update('second')",
        "'a text'",
        "{'a': 1}, None, 3.5",
        "None",
    ],
    "pictures": [
        "md:# Ours\n\n![logo](logo.png)\n\n![attached](attachment:note.png)",
        "from IPython.display import Image, SVG, HTML, display\nImage(filename='logo.png')",
        "display(Image(filename='photo.jpg'))",
        "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
        "from PIL import Image as Pil\nPil.new('RGB', (4, 4), 'red')",
    ],
    "plotly": [
        "import plotly.express as px\n" + FRAME,
        "px.line(df, x='day', y='pnl', title='Every day')",
        "fig = px.bar(df, x='symbol', y='pnl')\nfig.show()",
    ],
    "files beside": [
        "import helpers, pandas as pd\nhelpers.greet()",
        "pd.read_csv('prices.csv')",
        "!echo from the shell",
        "%%bash\necho from bash",
        "%precision 2\nhelpers.GAIN",
    ],
    "trades": [
        "import perfkit\ndesk = perfkit.open(root)\nprint(desk.summary('daily', date))",
        "trades = desk.trades()\ntrades[['symbol', 'net_pnl', 'closed_at']]",
        "import matplotlib.pyplot as plt\n"
        "trades['net_pnl'].astype(float).cumsum().plot(title='Since the start')",
        "desk.summary('all')",
        "desk.figures('all')",
    ],
    "tagged": ["print('before')", "raises:1 / 0", "print('after')"],
    "raises": ["md:## Ratios", "ratio = 1\nratio / 0", "print('never')"],
    "exits": ["import sys\nprint('so far')", "sys.exit('no data today')"],
    "desktop": [
        "import matplotlib\nmatplotlib.use('TkAgg')\n" + PYPLOT,
        "plt.plot(x)\nplt.show()",
        "%matplotlib qt\nplt.plot(x ** 2)\nplt.show()",
        "plt.switch_backend('Agg')\nplt.plot(x ** 3)",
    ],
}
FAIL = {
    "raises": ("cell 3 of raises.ipynb, under “Ratios”", "ZeroDivisionError: division by zero"),
    "exits": ("cell 3 of exits.ipynb", "SystemExit: no data today"),
}
SHOWN_IN_WINDOWS = ("desktop",)
"""JupyterLab shows these figures in windows of a desktop, or not at all."""
NEEDS = {"seaborn": "seaborn", "plotly": "plotly", "retina": "PIL"}
HERE = [name for name in NOTEBOOKS if name not in NEEDS or find_spec(NEEDS[name])]
GOOD = [name for name in HERE if name not in FAIL]
PARAMETERS = 'date: str = ""\nroot: str = ""'
ARROW = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def built(cells: list[str]) -> Any:
    """A notebook of parameters and these cells, which say what they are before a colon."""
    page = nbformat.v4.new_notebook()
    page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    page.cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    for text in cells:
        if text.startswith("md:"):
            page.cells.append(nbformat.v4.new_markdown_cell(text[3:]))
        elif text.startswith("raises:"):
            tags = {"tags": ["raises-exception"]}
            page.cells.append(nbformat.v4.new_code_cell(text[7:], metadata=tags))
        else:
            page.cells.append(nbformat.v4.new_code_cell(text))
        if "attachment:" in text:
            page.cells[-1].attachments = {"note.png": {"image/png": "bm90ZQ=="}}
    for number, cell in enumerate(page.cells):
        cell.id = f"cell-{number}"
    return page


def written(folder: Path) -> Path:
    """A workspace with all of these notebooks, each listed as a report."""
    root = write_workspace(folder / "trading", LOGS)
    for name in HERE:
        nbformat.write(built(NOTEBOOKS[name]), root / f"notebooks/{name}.ipynb")
    beside = root / "notebooks"
    (beside / "helpers.py").write_text("GAIN = 1.23456\n\ndef greet():\n    print('hello')\n")
    (beside / "prices.csv").write_text("symbol,price\nBTC,100.5\nETH,3.25\n")
    (beside / "logo.png").write_bytes(ARROW)
    Image.new("RGB", (3, 3)).save(beside / "photo.jpg")
    listed = "".join(f"  - name: {json.dumps(name)}\n" for name in HERE)
    with (root / "config/perfkit.yaml").open("a") as config:
        config.write(f"\nreports:\n{listed}")
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    root = written(tmp_path_factory.mktemp("own"))
    return root, finish(start("report", "all", "--root", root), seconds=900)


@pytest.fixture(scope="module")
def root(made: tuple[Path, Ran]) -> Path:
    return made[0]


def page_of(root: Path, name: str) -> Tree:
    return tree(root / "reports" / name / "2026-04-08")


@cache
def in_jupyter(root: Path, name: str) -> list[Any]:
    """The cells of a notebook run in a kernel of its own, from its own folder."""
    from nbclient import NotebookClient

    page = built(NOTEBOOKS[name])
    resources = {"metadata": {"path": str(root / "notebooks")}}
    NotebookClient(
        page, timeout=120, kernel_name="python3", coalesce_streams=True, resources=resources
    ).execute()
    return list(page.cells)


def outputs(root: Path, name: str) -> Iterator[Any]:
    for cell in in_jupyter(root, name):
        yield from cell.get("outputs", ())


def words(text: str) -> str:
    """The text with one blank between words, and none before a point, where an element ends."""
    return re.sub(r" (?=[.,](?: |$))", "", " ".join(text.split()))


def text_of(page: str) -> str:
    """All text of a page, also that of its blocks, without markup."""
    found = []
    for token in tokens(page):
        if token.type in ("fence", "text", "code_inline", "text_special"):
            found.append(token.content)
        elif token.type in ("inline", "softbreak", "hardbreak"):
            found.append(" ")
    return words("".join(found))


def shown_texts(output: Any) -> Iterator[str]:
    """The texts that JupyterLab shows of an output."""
    if output.output_type == "stream":
        lines = as_left("".join(output.text)).splitlines()
        half = MOST_LINES // 2
        yield from lines if len(lines) <= MOST_LINES else [*lines[:half], *lines[-half:]]
    elif output.output_type == "error":
        yield f"{output.ename}: {output.evalue}"
    elif "text/html" in output.data and "vnd.plotly" not in str(output.data.keys()):
        soup = BeautifulSoup(output.data["text/html"], "html.parser")
        for hidden in soup.find_all(["style", "script"]):
            hidden.decompose()
        for element in soup.find_all(["td", "th", "p", "h4", "li", "caption"]):
            yield element.get_text(" ")
    elif not any(kind.startswith("image/") for kind in output.data):
        rich = {"text/latex", "text/markdown", "application/json"} & output.data.keys()
        if not rich and "vnd.plotly" not in str(output.data.keys()):
            yield from output.data["text/plain"].splitlines()


def pictures(output: Any) -> Iterator[bytes]:
    """The picture that JupyterLab shows of an output."""
    for kind in ("image/svg+xml", "image/png", "image/jpeg"):
        if "data" in output and kind in output.data:
            body = output.data[kind]
            yield body.encode() if kind == "image/svg+xml" else b64decode(body)
            return


def test_there_are_twenty_and_every_good_one_is_made(made: tuple[Path, Ran]) -> None:
    assert len(NOTEBOOKS) >= 20
    root, ran = made
    published = {Path(line).parent.parent.name for line in ran.out.splitlines()}
    assert published == {*GOOD, "daily", "weekly", "monthly"}, ran.err
    assert ran.code == 3
    assert ran.err.splitlines()[-1] == f"perfkit: {len(FAIL)} of {len(HERE) + 3} reports failed"
    assert is_clean(root)


@pytest.mark.parametrize("name", [name for name in GOOD if name not in SHOWN_IN_WINDOWS])
def test_page_has_the_texts_and_pictures_of_jupyterlab_in_their_order(
    root: Path, name: str
) -> None:
    found = page_of(root, name)
    page = found["report.md"].decode()
    text, start = text_of(page), 0
    wanted: list[bytes] = []
    for output in outputs(root, name):
        lines = [words(plain(of_any_run(one), 2_000)) for one in shown_texts(output)]
        # In a desk each result says how far the data goes; of a page it is no part.
        lines = [line for line in lines if not line.startswith("Data up to ")]
        places = {line: text.find(line, start) for line in lines}
        assert [line for line, place in places.items() if place < 0] == []
        start = max(places.values(), default=start)
        wanted += pictures(output)
    files = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page)
    if name == "pictures":
        assert files[:2] == ["logo.png", "note.png"]
        files = files[2:]
    assert [found[file] for file in files] == wanted


@pytest.mark.parametrize("name", list(FAIL))
def test_notebook_that_raises_is_a_failure_with_its_cell_and_last_line(
    made: tuple[Path, Ran], name: str
) -> None:
    root, ran = made
    where, last = FAIL[name]
    assert f"  {where}\n" in ran.err
    assert f"perfkit: {name} report 2026-04-08 failed: {last}" in ran.err
    card = json.loads((root / f"reports/failures/{name}/2026-04-08.json").read_text())
    assert card["failure"]["reason"] == last
    assert not (root / "reports" / name).exists()


def test_figures_of_any_backend_are_on_the_page(root: Path) -> None:
    found = page_of(root, "desktop")
    named = re.findall(r"!\[\]\((\w+\.png)\)", found["report.md"].decode())
    assert named == ["figure_1.png", "figure_2.png", "figure_3.png"]
    assert len({found[name] for name in named}) == 3


def test_figure_has_its_own_name_and_its_title_as_its_description(root: Path) -> None:
    assert "![Four; 0; 1; 2; 3](figure_1.png)" in page_of(root, "subplots")["report.md"].decode()
    assert {"Power-0.png", "Power-1.png", "Power-2.png"} <= page_of(root, "loop").keys()


def test_what_cannot_be_shown_is_said(root: Path) -> None:
    styler = page_of(root, "styler")["report.md"].decode()
    assert styler.count("*Not shown here: colours and bars of a table.") == 2
    if "plotly" in HERE:
        plotly = page_of(root, "plotly")["report.md"].decode()
        assert "*Not shown here: an interactive plotly chart “Every day”." in plotly
        assert plotly.count("*Not shown here: an interactive plotly chart") == 2


def test_warnings_are_told_in_the_status(root: Path) -> None:
    status = json.loads(page_of(root, "warnings")["status.json"])
    assert status["stderr_cells"] == [2, 3, 4]
    assert "stderr_cells" not in json.loads(page_of(root, "show")["status.json"])


def test_a_second_run_makes_only_what_failed_and_force_gives_the_same_bytes(root: Path) -> None:
    before = {name: page_of(root, name) for name in GOOD}
    folders = {name: (root / "reports" / name / "2026-04-08").stat().st_ino for name in GOOD}
    assert finish(start("report", "all", "--root", root), seconds=900).code == 3
    again = {name: (root / "reports" / name / "2026-04-08").stat().st_ino for name in GOOD}
    assert again == folders
    assert finish(start("report", "all", "--force", "--root", root), seconds=900).code == 3
    for name in GOOD:
        after = page_of(root, name)
        unlike = [file for file in before[name] if before[name][file] != after.get(file)]
        assert unlike == [], name
    assert is_clean(root)


def test_no_page_names_the_machine(root: Path) -> None:
    for name in GOOD:
        for file in ("report.md", "report.ipynb"):
            text = page_of(root, name)[file].decode()
            for private in (str(root), sys.prefix, "ipykernel_"):
                assert private not in text, f"{name}: {private}"
