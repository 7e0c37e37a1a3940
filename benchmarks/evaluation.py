"""Every figure over 14,000 images × 6,112 classes, and what other ways to the same figures take.

Truth has the figures of the paper's FastEval14k (§4.1, simulated); scores are noise that is lifted
where a tag is true. Each way runs in a process of its own, the ways take turns. Where two ways
compute the same figure, the values are compared.

    python benchmarks/evaluation.py
"""

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reporting import RESULTS, ROUNDS, Measured, apart, in_turn, table, write_results

SEED = 0
CALIBRATION_IMAGES = 2_800_000

WAYS: dict[str, tuple[str, str]] = {
    "all": ("labelsphere, all figures", "`evaluate`"),
    "per image": ("labelsphere, all but `class_ap`", "`evaluate`, `per_class=False`"),
    "map@100": ("labelsphere, MAP@100 alone", "`Ranking.from_scores`, `MapAt100`"),
    "intervals": ("labelsphere, intervals of all figures", "200 resamples"),
    "plain map@100": ("MAP@100, straightforward NumPy", "`argsort`, one count for each k"),
    "sklearn class_ap": ("average precision per class, scikit-learn", "`average_precision_score`"),
    "sklearn image_ap": (
        "average precision per image, scikit-learn",
        "`label_ranking_average_precision_score`",
    ),
    "sklearn ndcg@10": ("nDCG at 10, scikit-learn", "`ndcg_score`"),
}


def measure(way: str) -> dict[str, Any]:
    """Compute figures in one way.

    Returns:
        ``figures``, the ``seconds`` that they took by the clock and on the processor, and
        ``memory_gib``, the most memory held beyond truth and scores.
    """
    import time

    import numpy as np
    from reporting import peak_resident_gib, resident_gib, restart_peak
    from simulation import simulate_labels

    truth = simulate_labels("fasteval14k", seed=SEED).matrix
    random = np.random.default_rng(SEED)
    scores = random.standard_normal(truth.shape, dtype=np.float32)
    images = np.repeat(np.arange(truth.shape[0]), np.diff(truth.indptr))
    scores[images, truth.indices] += 2
    trained_on = simulate_labels("calibration10m", seed=SEED, labels=truth.shape[1])
    counts = trained_on.label_counts()
    compute = _ways(scores, truth, counts)[way]
    del trained_on
    restart_peak()
    before = resident_gib()
    started, worked = time.perf_counter(), time.process_time()
    figures = compute()
    return {
        "figures": figures,
        "processor_seconds": time.process_time() - worked,
        "seconds": time.perf_counter() - started,
        "memory_gib": round(peak_resident_gib() - before, 3),
    }


def _ways(scores: Any, truth: Any, counts: Any) -> dict[str, Callable[[], dict[str, float]]]:
    """What each way computes; what has to be ready before stands outside the functions."""
    import numpy as np
    from sklearn import metrics as sklearn

    from labelsphere.metrics import DenseScores, MapAt100, Ranking, evaluate

    dense = DenseScores(scores)
    given: dict[str, Any] = {"label_counts": counts, "n_images": CALIBRATION_IMAGES}

    def map_alone() -> dict[str, float]:
        ranking = Ranking.from_scores(dense, truth)
        return {"map@100": MapAt100(truth.shape[1]).update(ranking.top, truth).compute()}

    def plain_map() -> dict[str, float]:
        is_true = truth.toarray() > 0
        top = np.argsort(-scores, axis=1, kind="stable")[:, :100]
        hits = np.take_along_axis(is_true, top, axis=1)
        total = np.zeros(truth.shape[1])
        for k in range(1, 101):
            first = top[:, :k].ravel()
            predicted = np.bincount(first, minlength=len(total))
            right = np.bincount(first, weights=hits[:, :k].ravel(), minlength=len(total))
            total += np.divide(right, predicted, out=np.zeros_like(right), where=predicted > 0)
        return {"map@100": float(total[is_true.any(axis=0)].mean() / 100)}

    def class_ap() -> dict[str, float]:
        is_true = truth.toarray() > 0
        classes = np.flatnonzero(is_true.any(axis=0))
        found = [sklearn.average_precision_score(is_true[:, n], scores[:, n]) for n in classes]
        return {"class_ap": float(np.mean(found))}

    def image_ap() -> dict[str, float]:
        figure = sklearn.label_ranking_average_precision_score(truth.toarray(), scores)
        return {"image_ap": float(figure)}

    def ndcg() -> dict[str, float]:
        return {"ndcg@10": float(sklearn.ndcg_score(truth.toarray(), scores, k=10))}

    def intervals() -> dict[str, float]:
        found = evaluate(dense, truth, **given).intervals()
        return {key: high - low for key, (low, high) in found.items()}

    return {
        "all": lambda: evaluate(dense, truth, **given).values,
        "per image": lambda: evaluate(dense, truth, per_class=False, **given).values,
        "map@100": map_alone,
        "intervals": intervals,
        "plain map@100": plain_map,
        "sklearn class_ap": class_ap,
        "sklearn image_ap": image_ap,
        "sklearn ndcg@10": ndcg,
    }


def largest_difference(answers: dict[str, list[Measured[dict[str, Any]]]]) -> float:
    """The most that a figure differs between `evaluate` and another way to it."""
    reference = answers["all"][0].value["figures"]
    others = (way for way in answers if way not in ("all", "intervals"))
    return max(
        float(abs(figure - reference[key]))
        for way in others
        for key, figure in answers[way][0].value["figures"].items()
    )


def main() -> None:
    """Measure every way in turn, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()

    def turn_of(way: str) -> Callable[[], Measured[dict[str, Any]]]:
        return lambda: apart(measure, way)

    answers = in_turn({way: turn_of(way) for way in WAYS}, given.rounds)
    rows = []
    for way, (what, how) in WAYS.items():
        values = [answer.value for answer in answers[way]]
        medians = (
            statistics.median(value[key] for value in values)
            for key in ("seconds", "processor_seconds", "memory_gib")
        )
        figures = str(len(values[0]["figures"]))
        rows.append([f"{what}: {how}", figures, *(f"{median:.2f}" for median in medians)])
    lines = [
        "# Evaluation at the size of FastEval14k: 14,000 images × 6,112 classes",
        "",
        f"Medians of {given.rounds} rounds, each way in a process of its own, in turn. "
        "Where the processor's seconds exceed the clock's, two threads worked. Memory is "
        "what was held beyond the scores (0.32 GiB of float32) and the sparse truth. Where two "
        "ways compute the same figure they differ by at most "
        f"{largest_difference(answers):.1e}: scikit-learn lets equal scores count together.",
        "",
        *table(["way", "figures", "seconds", "processor seconds", "memory, GiB"], rows),
        "",
        'Simulated truth (`simulate_labels("fasteval14k")`): the figures themselves say nothing.',
    ]
    found: dict[str, Any] = {
        way: [answer.value for answer in of_way] for way, of_way in answers.items()
    }
    difference = largest_difference(answers)
    write_results(
        "evaluation",
        lines,
        {"ways": found, "largest_difference": difference},
        seed=SEED,
        packages=["scikit-learn"],
        folder=given.output,
    )


if __name__ == "__main__":
    main()
