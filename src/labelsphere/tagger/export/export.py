"""Export of a tagger as one ONNX file that needs neither PyTorch nor Labelsphere."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations import PictureBytes, Pictures
from labelsphere.artefact import new_folder, write_config
from labelsphere.datasets import icons_path
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.json_types import Json
from labelsphere.tagger.export.checking import Agreement, check_model
from labelsphere.tagger.export.graph import Graph
from labelsphere.tagger.export.profiles import PROFILES
from labelsphere.tagger.tagger import Tagger
from labelsphere.version import __version__

MODEL = "model.onnx"

_VERSION = 1
_PICTURES = 64


@dataclass(frozen=True)
class Exported:
    """Result of an export.

    Attributes:
        model: File of the model.
        tags: File of the labels.
        megabytes: Size of the model, in 10⁶ bytes.
        agreement: Comparison with the tagger.
    """

    model: Path
    tags: Path
    megabytes: float
    agreement: Agreement


def export_onnx(
    tagger: Tagger,
    folder: str | Path,
    *,
    profile: str = "standard",
    pictures: Pictures | None = None,
    overwrite: bool = False,
) -> Exported:
    """Export a tagger to ONNX: normalisation, network, decoder and calibration in one file.

    ONNX Runtime first runs the model on real pictures. It is not written if it disagrees with the
    tagger.

    Args:
        tagger: A tagger of pictures.
        folder: Folder of the model and the table of its labels.
        profile: A key of ``PROFILES``.
        pictures: Pictures for the comparison; None for some of the bundled icons.
        overwrite: Whether to replace an earlier export.

    Raises:
        UsageError: If the profile is unknown, or does not support the tagger.
        DataError: If no picture can be read.
        ArtefactError: If the folder is in use, the model is too large for one file, or it disagrees
            with the tagger.
    """
    if profile not in PROFILES:
        raise UsageError(f"profile must be one of {', '.join(PROFILES)}, but got {profile!r}")
    if tagger.takes_features:
        raise UsageError(
            "a tagger on feature vectors cannot be exported; train one on pictures, or join its "
            "backbone to it with labelsphere.tagger.features.join_backbone"
        )
    form = PROFILES[profile]
    form.check(tagger)
    graph = Graph()
    form.add(graph, tagger)
    facts = describe(tagger, profile)
    try:
        model = graph.model("labelsphere", {key: _text(value) for key, value in facts.items()})
        data = model.SerializeToString()
    except ValueError as error:
        raise ArtefactError(
            f"the model is larger than 2 GB, the limit of one ONNX file ({error}); export a tagger "
            "with a smaller backbone"
        ) from error
    folder = Path(folder)
    with new_folder(folder, overwrite=overwrite) as temporary:
        (temporary / MODEL).write_bytes(data)
        form.write_tags(tagger, temporary / form.tags_file)
        shown = sample_icons() if pictures is None else pictures
        agreement = check_model(temporary / MODEL, tagger, shown, form)
        # The same metadata as in the model, without the long lists.
        short = {key: value for key, value in facts.items() if key not in ("labels", "thresholds")}
        write_config(temporary, "onnx", _VERSION, {**short, "difference": agreement.difference})
    return Exported(folder / MODEL, folder / form.tags_file, len(data) / 1e6, agreement)


def describe(tagger: Tagger, profile: str) -> dict[str, Json]:
    """Return the metadata of the model, in JSON types."""
    calibration = tagger.calibration
    thresholds: Json = None
    if calibration is not None:
        thresholds = {
            "goal": calibration.goal.to_json(),
            # Labels that are never accepted have no threshold.
            "accept": [_finite(value) for value in calibration.accept.tolist()],
            "suggest": [_finite(value) for value in calibration.suggest.tolist()],
        }
    return {
        "labelsphere": __version__,
        "profile": profile,
        "labels": list(tagger.vocabulary),
        "thresholds": thresholds,
        "preparation": dict(tagger.preparation),
        "backbone": tagger.architecture.backbone,
        "objective": tagger.architecture.objective,
        "vocabulary": tagger.vocabulary.fingerprint(),
    }


def sample_icons(count: int = _PICTURES) -> Pictures:
    """Return some of the bundled icons, spread over the collection."""
    table = pl.read_parquet(icons_path(), columns=["id", "image"])
    rows = np.linspace(0, len(table) - 1, count).round().astype(np.int64)
    chosen = table[rows]
    image = chosen["image"]
    data = image.struct.field("bytes") if isinstance(image.dtype, pl.Struct) else image
    return PictureBytes(data, [str(name) for name in chosen["id"]])


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
