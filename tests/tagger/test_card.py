from collections.abc import Callable

import pytest

from labelsphere import __version__
from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.card import tagger_card
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext


@pytest.mark.parametrize(
    ("objective", "facts"),
    [
        ("cosine", ["cosine proximity", "3 dimensions, see `space/`"]),
        ("logistic", ["independent sigmoid", "| label space | none |"]),
    ],
)
def test_states_the_facts(
    planted_features: Callable[..., tuple[Annotations, AnyArray]],
    objective: str,
    facts: list[str],
) -> None:
    tags, features = planted_features(60)
    space = LabelSpace.fit(tags, dim=3) if objective == "cosine" else None
    inputs = FeatureInputs(features)
    labels = LabelContext.of(tags, space)
    tagger = Tagger(
        Architecture("mlp", None, objective), labels, inputs.settings(), inputs.sample_shape
    )
    card = tagger_card(tagger)
    shared = ["`mlp`", "| tags | 12 |", "| training images | 60 |", f"Labelsphere {__version__}"]
    for fact in facts + shared:
        assert fact in card
    counts = tags.label_counts()
    first = card.split("Most frequent tags in training: ")[1].split(",")[0]
    assert counts[tags.vocabulary.index(first)] == counts.max()
    # Four tags of twelve go unnamed at the most frequent ten.
    assert card.count("tag 0") + card.count("tag 1") == 10
