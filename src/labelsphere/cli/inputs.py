"""Options of the inputs of a network, and the images or feature vectors they select."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.inputs import Inputs

_PANEL = {"panel": "Inputs"}

DeviceOption = Annotated[
    str, typer.Option(help="auto (a GPU where there is one) or cpu.", rich_help_panel="Inputs")
]
# Decoded pictures are kept if all of them fit into this many bytes: each is then decoded once.
_KEPT_BYTES = 4 * 2**30


@dataclass(frozen=True)
class VectorOptions:
    """Feature vectors instead of a table's pictures.

    Attributes:
        features: Feature vectors instead of pictures, one per row of the tag table: .npy, .npz as
            scipy.sparse.save_npz writes it, or .parquet.
        feature_column: Column of the vectors in a .parquet file with several columns of lists.
    """

    features: Path | None = field(default=None, metadata=_PANEL)
    feature_column: str | None = field(default=None, metadata=_PANEL)

    def read(self, tags: "Annotations") -> "Inputs | None":
        """Read the table's vectors, not yet standardised; None if no file is given.

        Raises:
            UsageError: If there is no such file or column.
            DataError: If the file cannot be used, or has another number of rows than the table.
        """
        if self.features is None:
            return None
        from labelsphere.tagger.inputs import read_features

        vectors = read_features(self.features, self.feature_column)
        check_number(len(vectors), tags.n_images, self.features)
        return vectors


@dataclass(frozen=True)
class InputOptions(VectorOptions):
    """Inputs of a saved tagger, and the device.

    Attributes:
        device: auto (a GPU where there is one) or cpu.
    """

    device: str = field(default="auto", metadata=_PANEL)

    def prepared(self, tagger: "Tagger", tags: "Annotations") -> "Inputs":
        """Prepare a table's inputs as in training, and move the tagger to the device.

        Raises:
            UsageError: If the tagger needs pictures or features and the other is given.
            DataError: If the features cannot be used.
        """
        from labelsphere.tagger.devices import accelerator

        inputs = self._inputs_like(tagger, tags)
        tagger.network.to(accelerator(self.device).device)
        return inputs

    def _inputs_like(self, tagger: "Tagger", tags: "Annotations") -> "Inputs":
        from labelsphere.errors import UsageError
        from labelsphere.tagger.inputs import ImageInputs

        if self.features is not None:
            vectors = features_like(tagger, self.features, self.feature_column)
            check_number(len(vectors), tags.n_images, self.features)
            return vectors
        if tagger.takes_features:
            raise UsageError(
                "this tagger was trained on feature vectors: give a file of vectors with --features"
            )
        pictures = tags.require_pictures()
        return ImageInputs.from_settings(pictures, tagger.preparation, memory_limit=_KEPT_BYTES)


@dataclass(frozen=True)
class TaggedInputs(InputOptions):
    """Inputs of a saved tagger that are given one by one, not by a table.

    Attributes:
        features: Feature vectors instead of pictures, for a tagger trained on vectors.
    """


def features_like(tagger: "Tagger", features: Path, feature_column: str | None) -> "Inputs":
    """Read feature vectors from a file, and prepare them as in the tagger's training.

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


def check_number(vectors: int, images: int, path: Path) -> None:
    """Refuse a file with more or fewer rows than the table.

    Raises:
        DataError: If the numbers differ.
    """
    from labelsphere.errors import DataError

    if vectors != images:
        raise DataError(
            f"{path} has {vectors:,} rows and the tag table {images:,} images; "
            "expected one row per image, in the table's order"
        )
