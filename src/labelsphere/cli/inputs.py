"""The options of what a network is fed, and images or feature vectors made from them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.inputs import Inputs

_PANEL = "Inputs"

FeaturesOption = Annotated[
    Path | None,
    typer.Option(
        help="Feature vectors in place of pictures, one a row of the tag table: .npy, .npz as "
        "scipy.sparse.save_npz writes it, or .parquet.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
FeatureColumnOption = Annotated[
    str | None,
    typer.Option(
        help="Column of the vectors in a .parquet file with several columns of lists.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
ImageSizeOption = Annotated[
    int | None,
    typer.Option(
        help="Side of the square that pictures are brought to, in pixels; 64, or the preset's.",
        min=1,
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
FitOption = Annotated[
    str,
    typer.Option(
        help="How a picture becomes a square: pad (white margins), crop (the middle) or stretch.",
        rich_help_panel=_PANEL,
    ),
]
AugmentOption = Annotated[
    str,
    typer.Option(
        help="Change of pictures while training: none, shift or shift+flip.",
        rich_help_panel=_PANEL,
    ),
]
SplitOption = Annotated[
    str | None,
    typer.Option(
        help="Column that names train, val and test images; 'split' where the table has it.",
        show_default=False,
    ),
]
GroupOption = Annotated[
    str | None,
    typer.Option(
        help="Column whose equal values mark variants of one image: one of each is taken an "
        "epoch, and the first is scored.",
        show_default=False,
    ),
]
DeviceOption = Annotated[
    str, typer.Option(help="auto (a GPU where there is one) or cpu.", rich_help_panel=_PANEL)
]

WorkersOption = Annotated[
    int,
    typer.Option(help="Batches prepared ahead of the network.", min=0, rich_help_panel=_PANEL),
]

IMAGE_SIZE = 64

# Decoded pictures are kept where all fit into this: each is then decoded once.
_KEPT_BYTES = 4 * 2**30


def table_inputs(
    tags: "Annotations",
    *,
    features: Path | None,
    feature_column: str | None,
    size: int,
    fit: str,
    augment: str,
    normalisation: tuple[Sequence[float], Sequence[float]],
) -> "Inputs":
    """The inputs of a training, one a row of the table.

    Args:
        tags: The tag table.
        features: File of feature vectors, or None for the table's pictures.
        feature_column: Column of the vectors.
        size: Side of a picture in pixels.
        fit: How a picture becomes a square.
        augment: Change of pictures while training.
        normalisation: Mean and standard deviation of each channel.

    Raises:
        UsageError: If an option is wrong, or there is nothing to feed a network.
        DataError: If the features cannot be used.
    """
    from labelsphere.tagger.inputs import ImageInputs

    if features is not None:
        return table_features(tags, features, feature_column)
    if tags.pictures is None:
        raise _no_pictures()
    mean, std = normalisation
    return ImageInputs(
        tags.pictures, size, fit, augment, mean=mean, std=std, memory_limit=_KEPT_BYTES
    )


def table_features(tags: "Annotations", features: Path, feature_column: str | None) -> "Inputs":
    """A table's feature vectors from a file, not yet standardised.

    Raises:
        UsageError: If there is no such file or column.
        DataError: If the file cannot be used, or has another number of rows than the table.
    """
    from labelsphere.tagger.inputs import read_features

    vectors = read_features(features, feature_column)
    _check_number(vectors, tags, features)
    return vectors


def inputs_like(
    tagger: "Tagger", tags: "Annotations", *, features: Path | None, feature_column: str | None
) -> "Inputs":
    """A table's inputs, prepared as those that a tagger was trained on.

    Raises:
        UsageError: If the tagger needs pictures or features and the other is given.
        DataError: If the features cannot be used.
    """
    from labelsphere.tagger.inputs import ImageInputs

    if features is None and tagger.takes_features:
        raise features_needed()
    if features is not None:
        vectors = features_like(tagger, features, feature_column)
        _check_number(vectors, tags, features)
        return vectors
    if tags.pictures is None:
        raise _no_pictures()
    return ImageInputs.from_settings(tags.pictures, tagger.preparation, memory_limit=_KEPT_BYTES)


def features_like(tagger: "Tagger", features: Path, feature_column: str | None) -> "Inputs":
    """Feature vectors from a file, prepared as those that a tagger was trained on.

    Raises:
        UsageError: If the tagger was trained on pictures.
        DataError: If the features cannot be used, or have another width.
    """
    from labelsphere.errors import UsageError
    from labelsphere.tagger.inputs import FeatureInputs, read_features

    if not tagger.takes_features:
        raise UsageError("this tagger was trained on pictures and takes no --features")
    vectors = read_features(features, feature_column)
    return FeatureInputs.from_settings(vectors.matrix, tagger.preparation)


def features_needed() -> Exception:
    """The error for a tagger that cannot read pictures."""
    from labelsphere.errors import UsageError

    return UsageError(
        "this tagger was trained on feature vectors: give a file of them with --features"
    )


def _check_number(inputs: "Inputs", tags: "Annotations", path: Path) -> None:
    from labelsphere.errors import DataError

    if len(inputs) != tags.n_images:
        raise DataError(
            f"{path} has {len(inputs):,} rows and the tag table {tags.n_images:,} images; "
            "expected one row an image, in the table's order"
        )


def _no_pictures() -> Exception:
    from labelsphere.errors import UsageError

    return UsageError(
        "no pictures are found for the tag table; name their folder with --images, or give "
        "feature vectors with --features"
    )
