import pytest

from labelsphere.comparison.report.estimates import (
    Estimate,
    baseline_of,
    difference,
    estimate,
    mean_over_seeds,
    standing,
)


def method(name, mean, low=None, high=None, versus=None, baseline=None):
    entry = {"name": name, "summary": {"d": {"m": {"mean": mean, "low": low, "high": high}}}}
    if baseline:
        entry["steps_to_baseline"] = {"baseline": baseline}
    if versus:
        gain, below, above = versus
        figures = {"difference": gain, "low": below, "high": above}
        entry["versus"] = {"base": {"d": {"m": figures}}}
    return entry


def test_estimates_are_read_or_absent():
    entry = method("a", 0.5, 0.4, 0.6, versus=(0.1, 0.05, 0.15))
    assert estimate(entry, "d", "m") == Estimate(0.5, 0.4, 0.6)
    assert difference(entry, "base", "d", "m") == Estimate(0.1, 0.05, 0.15)
    assert estimate(entry, "d", "other") is None
    assert estimate(entry, "other", "m") is None
    assert estimate(method("a", float("nan")), "d", "m") is None
    assert estimate(method("a", 0.5), "d", "m") == Estimate(0.5)


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ((0.5, 0.45, 0.55), (0.4, 0.35, 0.44), ("a",)),
        ((0.5, 0.45, 0.55), (0.4, 0.35, 0.45), ("a", "b")),
        ((0.5, 0.45, 0.55), (0.4, 0.35, 0.46), ("a", "b")),
        ((0.5, None, None), (0.1, 0.05, 0.15), ("a", "b")),
        ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), ("a", "b")),
    ],
)
def test_without_differences_intervals_must_not_touch(first, second, level):
    found = standing([method("a", *first), method("b", *second)], "d", "m")
    assert (found.best, found.level, found.clear) == ("a", level, len(level) == 1)


@pytest.mark.parametrize(
    ("versus", "clear"), [((0.02, 0.01, 0.03), True), ((0.02, -0.01, 0.05), False)]
)
def test_against_a_rival_the_difference_decides(versus, clear):
    baseline = method("base", 0.40, 0.30, 0.50, baseline="base")
    other = method("new", 0.42, 0.32, 0.52, versus=versus, baseline="base")
    assert standing([baseline, other], "d", "m").clear is clear
    worse = (-versus[0], -versus[2], -versus[1])
    other = method("new", 0.38, 0.28, 0.48, versus=worse, baseline="base")
    found = standing([baseline, other], "d", "m")
    assert (found.best, found.clear) == ("base", clear)


def test_a_leader_must_be_clear_of_every_other():
    baseline = method("base", 0.40, 0.39, 0.41, baseline="base")
    near = method("near", 0.49, 0.47, 0.51, versus=(0.09, 0.08, 0.1), baseline="base")
    best = method("best", 0.50, 0.48, 0.52, versus=(0.1, 0.09, 0.11), baseline="base")
    assert standing([baseline, near, best], "d", "m").level == ("near", "best")


def test_fewer_than_two_figures_have_no_leader():
    assert standing([method("a", 0.5)], "d", "m") is None
    assert standing([method("a", 0.5), method("b", float("nan"))], "d", "m") is None


def test_baseline_is_named_by_the_targets(make_results):
    assert baseline_of(make_results(2)) == "logistic"
    assert baseline_of({"methods": [{"steps_to_baseline": None}]}) is None


def test_mean_over_seeds_leaves_out_what_is_missing():
    assert mean_over_seeds([1.0, None, float("nan"), 3.0]) == 2.0
    assert mean_over_seeds([None]) is None
