import pytest

from labelsphere.comparison.report import numbers


@pytest.mark.parametrize(("value", "text"), [(0.1234, "0.123"), (-0.5, "−0.500"), (None, "–")])
def test_decimals(value, text):
    assert numbers.decimal(value) == text


@pytest.mark.parametrize(("values", "decimals"), [([], 4), ([0.0999], 4), ([0.1], 3), ([-12.0], 2)])
def test_decimals_follow_the_largest(values, decimals):
    assert numbers.decimals_for(values) == decimals


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (59.96, "1 min 0 s"),
        (60, "1 min 0 s"),
        (3599.7, "1 h 0 min"),
        (7260, "2 h 1 min"),
    ],
)
def test_durations(seconds, text):
    assert numbers.duration(seconds) == text


def test_shares():
    assert numbers.signed_percent(0.696) == "+70 %"
    assert [numbers.fraction(share) for share in (0.25, 1.0, 0.123)] == ["1/4", "all", "0.123"]
