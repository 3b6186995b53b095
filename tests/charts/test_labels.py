"""Words and amounts on charts."""

from decimal import Decimal

import pytest

from perfkit.charts.labels import money, safe, short


class TestWords:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("126.05071", "126.05"),
            ("-0.0051", "−0.0051"),
            ("0.00012345", "0.00012"),
            ("0", "0.00"),
            ("-1234.5", "−1,234.50"),
        ],
    )
    def test_amounts_keep_two_decimals_or_two_digits(self, value: str, text: str) -> None:
        assert money(Decimal(value)) == text

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("0", "0"),
            ("0.34", "+0.3"),
            ("-6.04", "−6.0"),
            ("-9.96", "−10"),
            ("9960", "+10k"),
            ("342.85", "+343"),
            ("-1234", "−1.2k"),
            ("56789", "+57k"),
            ("123456789", "+123M"),
            ("-1e22", "−1e+22"),
        ],
    )
    def test_amounts_in_a_cell_are_short(self, value: str, text: str) -> None:
        assert short(Decimal(value)) == text

    def test_a_name_is_never_invisible(self) -> None:
        assert [safe(name) for name in ("", " ", "\u200b")] == ["(none)", "(blank)", "?"]
