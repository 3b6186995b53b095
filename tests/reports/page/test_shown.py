"""One output as Markdown: the richest form that can be shown, or a note."""

from base64 import b64encode
from typing import Any

import pytest

from perfkit.reports.page.pictures import Pictures
from perfkit.reports.page.settled import Ids, widget_text
from perfkit.reports.page.shown import OF_WIDGET, markdown_of, note

PNG = b64encode(b"a picture").decode()
PLOTLY = {
    "application/vnd.plotly.v1+json": {"data": [], "layout": {"title": {"text": "Equity"}}},
    "text/html": '<div id="x"></div><script>draw()</script>',
}


def shown(data: dict[str, Any], **metadata: Any) -> str:
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    return markdown_of(output, Pictures())


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ({"text/markdown": "*a*", "text/html": "<p>b", "text/plain": "c"}, "*a*"),
        ({"text/html": "<p>b</p>", "image/png": PNG, "text/plain": "c"}, "b"),
        ({"text/html": "", "text/plain": "<HTML object>"}, ""),
        ({"image/png": PNG, "text/plain": "<Figure>"}, "![](figure_1.png)"),
        ({"image/svg+xml": "<svg/>", "image/png": PNG}, "![](figure_1.svg)"),
        ({"image/jpeg": PNG}, "![](figure_1.jpg)"),
        ({"image/png": ""}, note("a picture that is empty or damaged")),
        ({"application/pdf": PNG, "text/plain": "x"}, "[figure\\_1.pdf](figure_1.pdf)"),
        ({"text/latex": "$x$", "text/plain": "x"}, "$x$"),
        ({"application/json": {"a": 1}}, '```\n{\n  "a": 1\n}\n```'),
        ({"text/plain": ["a\n", "b"]}, "```\na\nb\n```"),
        (PLOTLY, note("an interactive plotly chart “Equity”")),
        (PLOTLY | {"image/png": PNG}, "![](figure_1.png)"),
        (
            {"application/vnd.vegalite.v5+json": {"title": "T"}, "text/plain": "<VegaLite 5>"},
            note("an interactive Vega chart “T”"),
        ),
        ({"application/javascript": "x", "text/plain": "<x.Js object>"}, note("a script")),
        ({"text/html": "<p>a</p><video>"}, f"a\n\n{note('a video')}"),
        ({"application/x-own": "1"}, note("an output of the type application/x-own")),
    ],
)
def test_richest_form_is_shown_or_named(data: dict[str, Any], wanted: str) -> None:
    assert shown(data) == wanted


def test_pictures_keep_their_names_and_no_two_are_one() -> None:
    pictures = Pictures()
    for name in ("equity.png", "Equity.png", "", "../../a b.png", "", "é"):
        output = {"output_type": "display_data", "data": {"image/png": PNG}}
        markdown_of({**output, "metadata": {"filename": name}}, pictures)
    named = ["equity.png", "Equity_2.png", "figure_1.png", "a-b.png", "figure_2.png", "é.png"]
    assert list(pictures.files) == named


def test_what_is_printed_to_standard_error_is_named() -> None:
    stream = {"output_type": "stream", "name": "stderr", "text": "careful\n"}
    assert markdown_of(stream, Pictures()) == "*Standard error:*\n\n```\ncareful\n```"
    assert markdown_of({**stream, "name": "stdout"}, Pictures()) == "```\ncareful\n```"


def test_widget_is_its_last_state() -> None:
    widgets = {
        "box": {"state": {"children": ["IPY_MODEL_label", "IPY_MODEL_bar", "IPY_MODEL_box"]}},
        "label": {"state": {"_model_name": "HTMLModel", "value": "<b>done</b> &lt;1"}},
        "bar": {"state": {"_model_name": "FloatProgressModel", "value": 3.0, "max": 4.0}},
    }
    assert widget_text(widgets, "box").startswith("done <1 3/4 done <1 3/4")
    assert widget_text(widgets, "none") == ""
    assert shown({"text/plain": "3/4"}, **{OF_WIDGET: True}) == "```\n3/4\n```"
    assert shown({"text/plain": ""}, **{OF_WIDGET: True}) == note("a widget")


def test_random_ids_are_numbered_in_their_order_and_no_order_of_a_trade_is() -> None:
    uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"
    html = f'<table id="T_ab12f"><td id="T_ab12f_row0">{uuid}</td></table><p id={uuid}>'
    ids = Ids()
    assert ids.numbered(f'<i id="T_ab12f">{uuid}</i>') == f'<i id="T_00001">{uuid}</i>'
    found = ids.numbered(html)
    assert 'id="T_00001_row0"' in found
    assert "<p id=id-00002>" in found


def test_count_of_a_bar_stands_there_once() -> None:
    widgets = {
        "bar": {"state": {"_model_name": "FloatProgressModel", "value": 20.0, "max": 20.0}},
        "left": {"state": {"_model_name": "HTMLModel", "value": "load: 100%"}},
        "right": {"state": {"_model_name": "HTMLModel", "value": " 20/20 [00:00&lt;00:00]"}},
        "box": {"state": {"children": [f"IPY_MODEL_{n}" for n in ("left", "bar", "right")]}},
    }
    assert widget_text(widgets, "box").startswith("load: 100% 20/20")
    assert widget_text(widgets, "box").count("20/20") == 1
