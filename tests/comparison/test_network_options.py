"""The network that all methods share, and the pictures prepared for it."""

from collections.abc import Callable

import pytest

from labelsphere.annotations import Annotations
from labelsphere.comparison.network_options import SIZE, NetworkOptions, shared_network
from labelsphere.errors import UsageError


def test_pictures_are_prepared_as_the_options_say(
    coloured_squares: Callable[..., Annotations],
) -> None:
    tags = coloured_squares(6)
    options = NetworkOptions(image_size=24, fit="crop", augment="shift")
    shared = shared_network(options, features=False)
    mean, std = shared.normalisation
    assert shared.picture_inputs(tags, options).settings() == {
        "kind": "images",
        "size": 24,
        "fit": "crop",
        "augment": "shift",
        "mean": list(mean),
        "std": list(std),
    }
    plain = shared_network(NetworkOptions(), features=False)
    assert plain.picture_inputs(tags, NetworkOptions()).sample_shape == (3, SIZE, SIZE)


def test_a_table_without_pictures_is_refused() -> None:
    options = NetworkOptions()
    shared = shared_network(options, features=False)
    with pytest.raises(UsageError, match="name their folder with --images"):
        shared.picture_inputs(Annotations.from_lists([["sea"]]), options)
