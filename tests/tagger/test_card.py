from collections.abc import Callable
from dataclasses import replace

import pytest

from labelsphere import __version__
from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.recipes import RECIPES, Recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.card import method_description, tagger_card
from labelsphere.tagger.choices import TrainingChoice
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.report import MetricValue, Quality, TrainingReport


@pytest.mark.parametrize(
    ("objective", "facts"),
    [
        ("cosine", ["Cosine proximity to PMI embeddings", "3 dimensions, see `space/`"]),
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
    card = tagger_card(tagger.architecture, tagger.labels, None)
    shared = ["`mlp`", "| tags | 12 |", "| training images | 60 |", f"Labelsphere {__version__}"]
    for fact in facts + shared:
        assert fact in card
    counts = tags.label_counts()
    first = card.split("Most frequent tags in training: ")[1].split(",")[0]
    assert counts[tags.vocabulary.index(first)] == counts.max()
    # Four tags of twelve go unnamed at the most frequent ten.
    assert card.count("tag 0") + card.count("tag 1") == 10
    assert "## Quality" not in card
    assert "## Training" not in card


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_is_described_by_its_own_words(recipe: Recipe) -> None:
    report = TrainingReport(recipe.name + "+dim=3", (), {}, {}, 1, 1.0)
    described = method_description(recipe.objective, report)
    assert described == f"{recipe.name}+dim=3: {recipe.description}"
    assert recipe.objective in method_description(recipe.objective)


def test_choices_and_quality_with_intervals_are_on_the_card() -> None:
    labels = LabelContext.of(Annotations.from_lists([["sea"], ["sky", "sea"]]))
    definitions = {"precision@1": "Share of images whose best tag is right.", "class_ap": "AP."}
    bucket = {"class_ap": MetricValue(0.25, 0.125, 0.375)}
    quality = Quality(
        "test",
        40,
        {"precision@1": MetricValue(0.5, 0.4, 0.6)},
        {"1-9": bucket},
        {"1-9": 2},
        definitions,
    )
    choice = TrainingChoice("image size", "128 px", "no GPU", "--image-size N")
    report = TrainingReport(
        "logistic", (choice,), {"train": 9, "val": 1}, {"cannot be read": 3}, 30, 2.0, 20, quality
    )
    card = tagger_card(Architecture("mlp", None, "logistic"), labels, report)
    for line in (
        "| precision@1 | 0.500 [0.400, 0.600] |",
        "| 1-9 | 2 | – | 0.250 [0.125, 0.375] |",
        "- precision@1: Share of images whose best tag is right.",
        "| image size | 128 px | no GPU | `--image-size N` |",
        "Images: 9 train, 1 val; left out: 3 (cannot be read). Steps: 30 in 2 s, weights of "
        "step 20.",
    ):
        assert line in card
    assert "weights were chosen on" not in card
    on_val = replace(report, quality=replace(quality, part="val"))
    assert "weights were chosen on these validation images" in tagger_card(
        Architecture("mlp", None, "logistic"), labels, on_val
    )
