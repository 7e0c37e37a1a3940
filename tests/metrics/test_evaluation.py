import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, FloatArray
from labelsphere.errors import DataError, UsageError
from labelsphere.metrics import DenseScores, Evaluation, evaluate
from labelsphere.metrics.weights import capped_frequency_weights

COUNTS = np.array([0, 1, 3, 9, 10, 30, 100, 1000, 5000])


def run(scores: AnyArray, truth: AnyArray, **options: Any) -> Evaluation:
    given_options = {"label_counts": COUNTS, "n_images": 9000, **options}
    return evaluate(DenseScores(scores), csr_array(truth), **given_options)


@given(seed=st.integers(0, 10**6))
def test_order_of_images_does_not_matter(seed: int, random_case: Callable) -> None:
    scores, truth = random_case(seed)
    shuffled = np.random.default_rng(seed).permutation(len(scores))
    one, other = run(scores, truth), run(scores[shuffled], truth[shuffled])
    assert one.values == pytest.approx(other.values, abs=1e-12)
    for name, values in one.by_frequency.items():
        assert values == pytest.approx(other.by_frequency[name], abs=1e-12)


@given(seed=st.integers(0, 10**6))
def test_rankings_of_an_image_do_not_see_a_constant_added(seed: int, random_case: Callable) -> None:
    scores, truth = random_case(seed)
    moved = scores + np.random.default_rng(seed).integers(-8, 8, len(scores))[:, None]
    one = run(scores, truth, per_class=False).values
    assert run(moved, truth, per_class=False).values == pytest.approx(one, abs=1e-12)


@given(seed=st.integers(0, 10**6))
def test_figures_lie_between_0_and_their_highest(seed: int, random_case: Callable) -> None:
    evaluation = run(*random_case(seed))
    for values in [evaluation.values, *evaluation.by_frequency.values()]:
        weighted = values["weighted_map@100"]
        assert 0 <= weighted <= 10
        assert all(
            0 <= value <= 1 + 1e-12 for key, value in values.items() if key != "weighted_map@100"
        )
    assert evaluation.values["weighted_map@100"] <= evaluation.highest_weighted_map + 1e-12


@given(seed=st.integers(0, 10**6))
def test_perfect_ranking_gives_1(seed: int, random_case: Callable) -> None:
    _, truth = random_case(seed)
    values = run(truth.astype(np.float32), truth).values
    for key in ("recall@10", "ndcg@5", "ndcg@10", "image_ap", "class_ap"):
        assert values[key] == pytest.approx(1.0)
    assert values["precision@1"] == pytest.approx(1.0)


def test_highest_weighted_map_is_reached_by_one_tag_each_ranked_alone() -> None:
    # 200 labels and one tag per image, ranked first; labels 100 … 199 fill the other places.
    truth = np.eye(100, 200)
    scores = truth * 2 + (np.arange(200) >= 100)
    counts = np.arange(1, 201)
    evaluation = run(scores, truth, label_counts=counts)
    assert evaluation.values["map@100"] == pytest.approx(1.0)
    highest = capped_frequency_weights(counts)[:100].mean()
    assert evaluation.highest_weighted_map == pytest.approx(highest)
    assert evaluation.values["weighted_map@100"] == pytest.approx(highest)


def test_one_pass_over_rows_and_one_over_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelsphere.metrics.scores.BLOCK_CELLS", 40)
    rng = np.random.default_rng(0)

    class Counted(DenseScores):
        seen = np.zeros((2, 30, 9), int)

        def rows(self, start: int, stop: int) -> FloatArray:
            self.seen[0, start:stop] += 1
            return super().rows(start, stop)

        def columns(self, start: int, stop: int) -> FloatArray:
            self.seen[1, :, start:stop] += 1
            return super().columns(start, stop)

    scores = Counted(rng.random((30, 9)))
    truth = csr_array(rng.random((30, 9)) < 0.5)
    reported: list[tuple[int, int]] = []
    evaluate(
        scores,
        truth,
        label_counts=COUNTS,
        progress=lambda done, total: reported.append((done, total)),
    )
    assert (scores.seen == 1).all()
    assert reported == sorted(reported)
    assert reported[-1] == (39, 39)


def test_buckets_and_counts_of_what_was_there() -> None:
    truth = np.zeros((4, 9))
    truth[0, [1, 4]] = 1
    truth[1, 8] = 1
    evaluation = run(np.zeros((4, 9)), truth)
    assert list(evaluation.by_frequency) == ["1-9", "10-29", "1000+"]
    assert (evaluation.n_images, evaluation.n_images_without_tags) == (4, 2)
    assert (evaluation.n_labels, evaluation.n_labels_in_truth) == (9, 3)


def test_given_class_weights_and_capped_frequencies(random_case: Callable) -> None:
    scores, truth = random_case(2)
    plain = run(scores, truth).values
    twice = run(scores, truth, class_weights=np.full(9, 2.0)).values
    assert twice["weighted_map@100"] == pytest.approx(2 * plain["map@100"])
    by_frequency = run(scores, truth, class_weights=capped_frequency_weights(COUNTS)).values
    assert by_frequency == pytest.approx(plain)


def test_json_round_trip(random_case: Callable) -> None:
    evaluation = run(*random_case(0))
    found = json.loads(json.dumps(evaluation.to_json(), allow_nan=False))
    assert found["values"] == evaluation.values
    assert set(found["definitions"]) == set(found["values"])
    assert found["by_frequency"] == evaluation.by_frequency


def test_intervals_are_those_of_repeated_images(random_case: Callable) -> None:
    scores, truth = random_case(6)
    evaluation = run(scores, truth)
    found = evaluation.intervals(resamples=30, seed=3, level=0.8)
    times = np.random.default_rng(3).multinomial(12, np.full(12, 1 / 12), size=30)
    drawn = [
        run(np.repeat(scores, row, axis=0), np.repeat(truth, row, axis=0)).values for row in times
    ]
    for key, figure in evaluation.values.items():
        values = np.array([resample[key] for resample in drawn])
        expected = figure + np.quantile(values, [0.1, 0.9]) - values.mean()
        assert found[key] == pytest.approx(tuple(expected), abs=1e-9)


def test_intervals_are_as_wide_as_figures_move_between_test_sets() -> None:
    # Many test sets from one source: how far figures really move, against one set's interval.
    shares = 1 / np.arange(1, 61) ** 0.7
    counts = np.arange(60, 0, -1)

    def draw(seed: int) -> Evaluation:
        rng = np.random.default_rng(seed)
        noise = rng.gumbel(size=(150, 60)) + np.log(shares)
        truth = noise >= np.sort(noise, axis=1)[:, [-3]]
        scores = rng.normal(size=truth.shape) + 0.3 * np.log(shares) + 2 * truth
        return run(scores, truth, label_counts=counts)

    evaluations = [draw(seed) for seed in range(60)]
    widths = [evaluation.intervals(resamples=60) for evaluation in evaluations[:10]]
    for key in evaluations[0].values:
        moved = np.std([evaluation.values[key] for evaluation in evaluations])
        width = np.mean([interval[key][1] - interval[key][0] for interval in widths])
        assert 0.65 < width / (2 * 1.96 * moved) < 1.5, key


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label_counts": np.ones(8, int)}, "label_counts must be 9 whole numbers"),
        ({"label_counts": np.ones(9)}, "label_counts must be 9 whole numbers"),
        ({"label_counts": -np.ones(9, int)}, "label_counts must be 9 whole numbers"),
        ({"label_counts": np.zeros(9, int)}, "counts are all 0"),
        ({"class_weights": np.ones(8)}, "class_weights must be 9 finite numbers"),
        ({"class_weights": np.full(9, np.nan)}, "class_weights must be 9 finite numbers"),
        ({"class_weights": -np.ones(9)}, "class_weights must be 9 finite numbers"),
        ({"cutoffs": (5, 0)}, "cutoffs must be one or more numbers >= 1"),
        ({"cutoffs": ()}, "cutoffs must be one or more numbers >= 1"),
        ({"n_images": 0}, "positive number of training images"),
        ({"buckets": (10, 5)}, "edges must rise"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(np.zeros((2, 9)), np.ones((2, 9)), **options)


def test_nan_scores_are_refused() -> None:
    scores = np.zeros((3, 9))
    scores[2, 0] = np.nan
    with pytest.raises(DataError, match="image row 2"):
        run(scores, np.ones((3, 9)))


@pytest.mark.parametrize(
    ("options", "message"), [({"resamples": 1}, "2 or more"), ({"level": 95}, "between 0 and 1")]
)
def test_intervals_refuse_what_makes_no_sense(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(np.zeros((2, 9)), np.ones((2, 9))).intervals(**options)
