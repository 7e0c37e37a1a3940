"""A tagger of coloured squares for each kind of decoder, trained for a moment."""

from collections.abc import Callable
from copy import copy

import pytest

from labelsphere.annotations import Annotations
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.calibration import Goal, calibrate
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.label_context import LabelContext

SIZE = 32
NETWORK = {"channels": (8, 16, 32, 64)}


@pytest.fixture(scope="session")
def squares(coloured_squares: Callable[..., Annotations]) -> Annotations:
    return coloured_squares(480)


@pytest.fixture(scope="session")
def make_tagger(squares: Annotations) -> Callable[..., Tagger]:
    """Taggers by objective and decoder, trained once each; calibrated on request."""
    made: dict[tuple[str, str | None], Tagger] = {}

    def make(objective: str, decoder: str | None = None) -> Tagger:
        key = objective, decoder
        if key not in made:
            assert squares.pictures is not None
            inputs = ImageInputs(squares.pictures, SIZE)
            space = LabelSpace.fit(squares, dim=3, split="none")
            tagger = Tagger(
                Architecture("resnet10t", NETWORK, objective, decoder),
                LabelContext.of(squares, space),
                inputs.settings(),
                inputs.sample_shape,
            )
            settings = TrainingSettings(epochs=3, batch_size=30)
            tagger.fit(squares, inputs, settings, device="cpu")
            tagger.calibration = None
            made[key] = tagger
        return made[key]

    return make


@pytest.fixture(scope="session")
def calibrated(squares: Annotations, make_tagger: Callable[..., Tagger]) -> Tagger:
    """The recommended objective and decoder, with probabilities and curves of some labels."""
    tagger = copy(make_tagger("sphere"))
    assert squares.pictures is not None
    inputs = ImageInputs(squares.pictures, SIZE)
    tagger.calibration = calibrate(
        tagger.scores(inputs),
        squares.matrix,
        names=tuple(tagger.vocabulary),
        counts=tagger.labels.counts,
        goal=Goal(precision=0.9),
    )
    assert len(tagger.calibration.curves.labels) >= 2
    return tagger
