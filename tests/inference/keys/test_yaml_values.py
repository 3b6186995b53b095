"""Values written as YAML."""

from hypothesis import given
from hypothesis import strategies as st

from perfkit.config.yaml import parse
from perfkit.inference.keys.yaml_values import block

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
NAMES = TEXTS.filter(bool)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-99, 99),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_whatever_is_written_reads_back_the_same(value: dict[str, object]) -> None:
    assert parse(block(value), "here").value == (value or None)
