"""One suite over every decoder by name: what it is chosen for, and how it behaves."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import DECODERS, Decoder, build_decoder, resolve_decoder
from labelsphere.tagger.label_context import LabelContext

NAMES = [f"tag {i}" for i in range(15)]
TAGS = Annotations.from_lists([NAMES[i : i + 3] for i in range(13)], vocabulary=Vocabulary(NAMES))
Built = tuple[Decoder, torch.Tensor]


@pytest.fixture(params=DECODERS)
def built(request: pytest.FixtureRequest) -> Built:
    """A decoder, and points that it reads."""
    space = LabelSpace.fit(TAGS, "ecoc", 8)
    reads = DECODERS[request.param].reads[0]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = nn.Linear(8, {"points": 8, "logits": 15, "both": 8 + 15}[reads])
    decoder = build_decoder(request.param, LabelContext.of(TAGS, space), head, outputs=reads)
    return decoder, torch.randn((6, 8), generator=torch.manual_seed(1))


def test_scores_are_of_every_label_and_finite(built: Built) -> None:
    decoder, points = built
    scores = decoder.scores(points)
    assert decoder.n_labels == 15
    assert scores.shape == (6, 15)
    assert scores.dtype == torch.float32
    assert scores.isfinite().all()


def test_a_range_of_labels_has_the_scores_of_all(built: Built) -> None:
    decoder, points = built
    torch.testing.assert_close(decoder.scores(points, 4, 9), decoder.scores(points)[:, 4:9])
    torch.testing.assert_close(decoder.scores(points, 4), decoder.scores(points)[:, 4:])


def test_the_best_are_those_with_the_highest_scores(built: Built) -> None:
    decoder, points = built
    labels, values = decoder.top(points, 5)
    expected = decoder.scores(points).topk(5, dim=1)
    torch.testing.assert_close(values, expected.values)
    torch.testing.assert_close(decoder.scores(points).gather(1, labels), values)
    assert decoder.top(points[:0], 5)[0].shape == (0, 5)
    for wrong in (0, 16):
        with pytest.raises(UsageError, match=f"top must be from 1 to 15 labels, but got {wrong}"):
            decoder.top(points, wrong)


def test_what_is_added_to_scores_comes_out_of_them(built: Built) -> None:
    decoder, points = built
    bias = torch.linspace(-3, 3, 15)
    torch.testing.assert_close(decoder.plus(bias).scores(points), decoder.scores(points) + bias)


def test_a_row_is_scored_by_itself(built: Built) -> None:
    decoder, points = built
    torch.testing.assert_close(decoder.scores(points[2:3]), decoder.scores(points)[2:3])


def test_decoders_for_something_else_are_refused_with_those_that_would_do(
    random_space: Callable[..., LabelSpace],
) -> None:
    space = random_space(0, labels=15, dim=8)
    labels = LabelContext(space.vocabulary, np.ones(15, np.int64), 9, space)
    with pytest.raises(
        UsageError,
        match="'conse' reads logits of a classifier, and this network puts out points of a label "
        "space; those for it: cosine, posterior, hamming, omp, sphere",
    ):
        build_decoder("conse", labels, nn.Linear(8, 8), outputs="points")
    with pytest.raises(UsageError, match=r"'omp' reads points .*; those for it: logistic, conse"):
        build_decoder("omp", labels, nn.Linear(8, 15), outputs="logits")
    with pytest.raises(UsageError, match=r"decoder must be one of cosine, .*, but got 'viterbi'"):
        build_decoder("viterbi", labels, nn.Linear(8, 8), outputs="points")


@pytest.mark.parametrize("name", DECODERS)
def test_describes_itself_in_one_line(name: str) -> None:
    description = DECODERS[name].description
    assert 10 < len(description) <= 90
    assert "\n" not in description
    assert not description.endswith(".")


def test_classes_and_instances_stand_for_names() -> None:
    kind = DECODERS["logistic"]
    assert resolve_decoder("logistic", "logits") is kind
    assert resolve_decoder(kind, "logits") is kind
    assert type(resolve_decoder(type(kind), "logits")) is type(kind)
    with pytest.raises(UsageError, match="decoder LogisticKind reads logits"):
        resolve_decoder(kind, "points")
