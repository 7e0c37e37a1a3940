"""Inputs for a saved tagger: new pictures, or their shape only."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from labelsphere.annotations import PictureBytes, PictureFiles, Pictures
from labelsphere.errors import UsageError
from labelsphere.tagger.inputs.features import FeatureInputs
from labelsphere.tagger.inputs.images import ImageInputs
from labelsphere.tagger.inputs.protocol import Inputs


def open_pictures(sources: Sequence[str | Path | bytes]) -> Pictures:
    """Make pictures from paths or encoded bytes, without reading them.

    Args:
        sources: All paths, or all bytes.

    Raises:
        UsageError: If paths and bytes are mixed.
    """
    data = [source for source in sources if isinstance(source, bytes)]
    paths = [Path(source) for source in sources if not isinstance(source, bytes)]
    if data and paths:
        raise UsageError(
            f"pictures must be all paths or all bytes, but got {len(paths)} paths and "
            f"{len(data)} bytes"
        )
    if data:
        names = [f"picture {number}" for number in range(1, len(data) + 1)]
        return PictureBytes(pl.Series(data, dtype=pl.Binary), names)
    return PictureFiles(paths)


def shape_only(settings: Mapping[str, Any]) -> Inputs:
    """Make inputs without samples that have the shape and preparation of saved settings.

    Args:
        settings: Settings from `Inputs.settings`.

    Raises:
        DataError: If the settings have an unknown kind.
    """
    if settings.get("kind") == "features":
        return FeatureInputs.from_settings(np.zeros((0, len(settings["mean"]))), settings)
    return ImageInputs.from_settings(PictureFiles([]), settings)
