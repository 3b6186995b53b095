"""Tags that are changed in a page; all else stays, byte for byte."""

from hypothesis import given
from hypothesis import strategies as st

from perfkit.reports.page.tags import with_tags

PAGE = """<!doctype html>
<h1 title='a > b'>A &amp; B</h1>\r
<style>img { width: 1px; }</style>
<script>if (a < b) "<img src=x>"</script>
<!-- <img src="c"> -->
<p>ä <IMG alt="x &lt; > y" src="one.png"/><img
  src="two.png"></p> < img & <br/>
"""


def test_page_without_a_change_stays() -> None:
    assert with_tags(PAGE, lambda _, __: None) == PAGE


def test_tags_are_changed_where_they_stand_whatever_stands_in_them() -> None:
    seen = []

    def change(tag: str, attributes: object) -> str | None:
        seen.append((tag, dict(attributes)))  # type: ignore[call-overload]
        return "[gone]" if tag == "img" else None

    changed = PAGE.replace('<IMG alt="x &lt; > y" src="one.png"/>', "[gone]")
    changed = changed.replace('<img\n  src="two.png">', "[gone]")
    assert with_tags(PAGE, change) == changed
    assert ("img", {"alt": "x < > y", "src": "one.png"}) in seen
    assert [tag for tag, _ in seen] == ["h1", "style", "script", "p", "img", "img", "br"]


@given(st.text(st.sampled_from("<>/!-&;'\"=img srcab\r\n\u2028\x0b\x0c")))
def test_any_text_stays_where_nothing_is_changed(page: str) -> None:
    assert with_tags(page, lambda _, __: None) == page


@given(st.lists(st.sampled_from(["\u2028", "\x0c", "\r", "\r\n", "\n", "a", "é", "<b>", "<i\n>"])))
def test_each_tag_is_found_at_its_place(parts: list[str]) -> None:
    page = "".join(parts)
    expected = page.replace("<b>", "[b]").replace("<i\n>", "[i]")
    assert with_tags(page, lambda tag, _: f"[{tag}]") == expected
