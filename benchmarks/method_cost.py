"""What a step of the sphere costs beside logistic regression's, and what decoding costs.

    python benchmarks/method_cost.py

The network that `train` puts on feature vectors as wide as EfficientNet-Lite0's, and batches of
128, once with the bundled icons' 3,344 labels and once with the paper's 17,355. Labels,
features and embeddings are random: only their sizes matter to the time. Both objectives take turns
within one process; a ratio is the median over rounds of the ratio within a round. Decoding is
timed for 256 images and the largest number of tag sets that a tagger keeps, against the matrix
products of the same sizes: of points with the sets' embeddings, and the head itself.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from reporting import table, write_results
from scipy.sparse import csr_array
from torch import nn

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import SparseRows
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import DECODERS, DecoderWeights
from labelsphere.tagger.feature_network import FeatureNetwork
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.optimizers import build_optimizer
from labelsphere.tagger.tag_sets import MOST_SETS, TagSets

LABELS = (3_344, 17_355)
WIDTH, HIDDEN, DIM, BATCH = 1_280, 2_048, 1_024, 128
TAGS, DECODED, SEED = 6, 256, 0
BASELINE, OURS = "logistic", "sphere"


def main() -> None:
    """Time steps and decoding, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    torch.set_num_threads(1)
    lines, values = [f"# Cost of the method\n\nMedian of {given.rounds} rounds, one thread.\n"], {}
    rows = []
    for labels in LABELS:
        found = alternated({name: step_of(name, labels) for name in (BASELINE, OURS)}, given.rounds)
        values[f"steps, {labels} labels"] = found
        rows.append([f"a step, {labels:,} labels", *cells(found, OURS, BASELINE)])
    lines += table(["", "logistic regression, s", "sphere, s", "ratio"], rows)
    rows = []
    for labels in LABELS:
        found = alternated(decoding(labels), given.rounds)
        values[f"decoding, {labels} labels"] = found
        for base in ("product with the sets", "product with the head"):
            rows.append([f"{labels:,} labels, {base}", *cells(found, "decoder", base)])
    lines += ["", *table([f"{DECODED} images", "product, s", "decoder, s", "ratio"], rows)]
    write_results("method_cost", lines, values, seed=SEED)
    print("\n".join(lines))


def alternated(work: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each in turn, after a round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds + 1):
        for name, function in work.items():
            started = time.perf_counter()
            function()
            if number:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def cells(found: dict[str, list[float]], ours: str, base: str) -> list[str]:
    """Both medians, and the median of the ratios."""
    ratios = [a / b for a, b in zip(found[ours], found[base], strict=True)]
    medians = (statistics.median(found[name]) for name in (base, ours))
    return [*(f"{value:.4f}" for value in medians), f"{statistics.median(ratios):.2f}"]


def context(labels: int) -> LabelContext:
    """Labels with random embeddings, and as many random tag sets as are kept."""
    random = np.random.default_rng(SEED)
    vectors = random.normal(size=(labels, DIM)).astype(np.float32)
    counts = random.integers(1, 1_000, labels)
    names = Vocabulary([f"tag {number}" for number in range(labels)])
    sets = TagSets.from_rows(tag_rows(labels, MOST_SETS))
    return LabelContext(names, counts, 20_000, LabelSpace(names, vectors, counts), sets)


def tag_rows(labels: int, rows: int) -> SparseRows:
    """Random tags."""
    random = np.random.default_rng(SEED)
    chosen = np.sort(random.integers(0, labels, (rows, TAGS)), axis=1)
    ends = np.arange(rows + 1) * TAGS
    matrix = csr_array((np.ones(rows * TAGS), chosen.ravel(), ends), shape=(rows, labels))
    matrix.sum_duplicates()
    return matrix


def step_of(name: str, labels: int) -> Callable[[], object]:
    """A whole training step: forward, loss, backward, optimizer."""
    objective = OBJECTIVES[name].build(context(labels))
    network = FeatureNetwork(WIDTH, objective.width, HIDDEN)
    objective.initialise(network.head)
    optimizer = build_optimizer("adamw", network, 1e-3, 0.05)
    features = torch.randn((BATCH, WIDTH), generator=torch.manual_seed(SEED))
    batch = LabelBatch.from_rows(tag_rows(labels, BATCH), np.arange(BATCH), torch.device("cpu"))

    def step() -> None:
        loss = objective(network(features), batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


def decoding(labels: int) -> dict[str, Callable[[], object]]:
    """The decoder, and products of the same sizes."""
    known = context(labels)
    head = nn.Linear(HIDDEN, DIM)
    decoder = DECODERS["sphere"].build(known, head, DecoderWeights((0.2, 1.0), 0.1, -1.0, 20.0))
    generator = torch.manual_seed(SEED)
    points = torch.randn((DECODED, HIDDEN), generator=generator)
    sets = torch.from_numpy(known.embedded_sets[1])
    classifier = torch.randn((labels, HIDDEN), generator=generator)
    small = torch.randn((DECODED, DIM), generator=generator)
    return {
        "product with the sets": lambda: small @ sets.T,
        "product with the head": lambda: points @ classifier.T,
        "decoder": lambda: decoder.scores(points),
    }


if __name__ == "__main__":
    main()
