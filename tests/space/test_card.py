"""The card says what the space is, in numbers that are true of it."""

import numpy as np

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.space import LabelSpace


def test_the_card_holds_the_figures_and_the_nearest_labels() -> None:
    tags = Annotations.from_lists(
        [["sky", "sea|coast"]] * 3 + [["cat", "sofa"]] * 2 + [["cat"]] * 1400,
        vocabulary=Vocabulary(["sky", "sea|coast", "cat", "sofa", "unseen"]),
    )
    card = LabelSpace.fit(tags, "shifted", dim=2, shift=0.5).card()
    assert "| labels | 5, 4 of them placed |" in card
    assert "| dimensions | 2 |" in card
    assert "| method | shifted (shift 0.5) |" in card
    assert "| images counted | 1,405 |" in card
    assert "| pairs of labels seen together | 2 |" in card
    assert "| sky | 3 | sea\\|coast 1.00," in card
    assert "| unseen |" not in card


def test_a_space_made_by_hand_says_what_is_not_known() -> None:
    space = LabelSpace(Vocabulary(["a", "b"]), np.eye(2, dtype=np.float32), np.array([1, 1]))
    card = space.card()
    assert "| method | not known |" in card
    assert "| images counted |" not in card


def test_a_card_tells_what_near_means_and_no_figure_that_a_method_lacks() -> None:
    tags = Annotations.from_lists([["sky", "sea"]] * 3 + [["cat"]])
    card = LabelSpace.fit(tags, "ecoc", dim=8).card()
    assert "Each label is a word of bits" in card
    assert "occur together" not in card
    assert "| method | ecoc (tries 10, seed 0) |" in card
    assert "| bits between the nearest words |" in card
    assert "eigenvalues" not in card
    assert "occur together" in LabelSpace.fit(tags).card()


def test_what_became_of_an_older_space_is_told() -> None:
    rows = [["man", "horse"]] * 3 + [["man", "car"], ["car", "cow"], ["horse"], ["cow"]]
    space = LabelSpace.fit(Annotations.from_lists(rows))
    text = space.revise({"cow": "cattle"}).aligned_to(space).card()
    assert "| aliases | 1 |" in text
    assert "| labels by which it was aligned with an older space | 4 |" in text
    assert "| their mean proximity to their older embeddings | 1.000 |" in text
    assert "aliases |" not in space.card()
