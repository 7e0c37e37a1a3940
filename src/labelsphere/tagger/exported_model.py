"""Exported models, run by ONNX Runtime without PyTorch."""

import csv
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labelsphere.annotations.pictures import PictureFiles
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import AnyArray, DoubleArray, IntArray
from labelsphere.artefact import saved_kind
from labelsphere.errors import ArtefactError, DataError, MissingExtraError, UsageError
from labelsphere.tagger.inputs.decoding import read_square
from labelsphere.tagger.inputs.threads import map_ahead
from labelsphere.tagger.onnx_session import open_session
from labelsphere.tagger.tag import Tag, Tagged

if TYPE_CHECKING:
    import onnxruntime

MODEL, TAGS = "model.onnx", "tags.csv"
_UNCALIBRATED = 10


def is_exported(path: str | Path) -> bool:
    """Return whether a path is an ONNX file, or a folder that ``labelsphere export`` wrote."""
    path = Path(path)
    return path.suffix == ".onnx" or (path.is_dir() and saved_kind(path) == "onnx")


@dataclass(frozen=True, eq=False)
class ExportedModel:
    """Model with network, decoder and calibration in one file.

    Attributes:
        path: The file.
        session: Session of ONNX Runtime.
        vocabulary: The labels, in the order of the scores.
        counts: Number of training images of each label, int64, from the table beside the model; 0
            without one.
        preparation: Preparation of pictures, see `labelsphere.tagger.inputs.ImageInputs`.
        backbone: Name of the backbone.
        objective: Name of the objective.
        accept: (labels,) lowest probability of an accepted tag; None without calibration.
        suggest: (labels,) lowest probability of a suggested tag; None without calibration.
        at_most: Largest number of accepted tags per picture, if that is the calibration's goal.
    """

    path: Path
    session: "onnxruntime.InferenceSession"
    vocabulary: Vocabulary
    counts: IntArray
    preparation: Mapping[str, Any]
    backbone: str
    objective: str
    accept: DoubleArray | None
    suggest: DoubleArray | None
    at_most: int | None

    @classmethod
    def open(cls, path: str | Path) -> "ExportedModel":
        """Open a model, or the folder of one.

        Raises:
            ArtefactError: If there is none, or ``labelsphere export`` did not write it.
            MissingExtraError: If ONNX Runtime is not installed (extra ``onnx``).
            UsageError: If it was exported for other programs.
        """
        path = Path(path) / MODEL if Path(path).is_dir() else Path(path)
        session = _opened(path)
        facts = session.get_modelmeta().custom_metadata_map
        if "labelsphere" not in facts:
            raise ArtefactError(
                f"{path} was not written by labelsphere export, so its labels and preparation are "
                "unknown"
            )
        if facts["profile"] != "standard":
            raise UsageError(
                f"{path} was exported with the profile {facts['profile']!r}, for other programs; "
                "export the tagger with --profile standard"
            )
        vocabulary = Vocabulary(json.loads(facts["labels"]))
        thresholds = json.loads(facts["thresholds"])
        return cls(
            path,
            session,
            vocabulary,
            _counts(path.with_name(TAGS), vocabulary),
            json.loads(facts["preparation"]),
            facts["backbone"],
            facts["objective"],
            None if thresholds is None else _bounds(thresholds["accept"]),
            None if thresholds is None else _bounds(thresholds["suggest"]),
            None if thresholds is None else thresholds["goal"].get("at_most"),
        )

    @property
    def calibrated(self) -> bool:
        """Whether tags have probabilities."""
        return self.accept is not None

    def outputs(self, squares: Sequence[AnyArray]) -> tuple[AnyArray, AnyArray | None]:
        """Compute scores, and probabilities if calibrated, (pictures, labels) float32 each.

        Args:
            squares: Decoded pictures, uint8 (side, side, 3), RGB.
        """
        found: list[AnyArray] = self.session.run(None, {"pictures": np.stack(squares)})
        return found[0], found[1] if self.calibrated else None

    def tag(self, squares: Sequence[AnyArray], top: int | None = None) -> list[list[Tag]]:
        """Tag decoded pictures, in the order of `labelsphere.tagger.choosing.choose_tags`.

        Args:
            squares: Decoded pictures, uint8 (side, side, 3), RGB.
            top: Number of tags; None for accepted and suggested tags, or the 10 best without
                calibration.
        """
        scores, probabilities = self.outputs(squares)
        if probabilities is None:
            return [_best(self.vocabulary, row, top or _UNCALIBRATED) for row in scores]
        return [
            self._calibrated(row, likely, top)
            for row, likely in zip(scores, probabilities, strict=True)
        ]

    def tag_files(
        self, paths: Sequence[Path], top: int | None = None, *, batch_size: int = 64
    ) -> Iterator[Tagged]:
        """Tag picture files in their order; unreadable files get a problem instead of tags.

        Args:
            paths: The files.
            top: As in `tag`.
            batch_size: Pictures per batch.
        """
        size, fit = int(self.preparation["size"]), str(self.preparation["fit"])
        pictures = PictureFiles(paths)

        def read(row: int) -> AnyArray | str:
            try:
                return read_square(pictures, row, size, fit)
            except DataError as error:
                return str(error)

        for start in range(0, len(paths), batch_size):
            batch = paths[start : start + batch_size]
            workers = 0 if len(batch) == 1 else os.cpu_count() or 1
            read_in = list(map_ahead(read, range(start, start + len(batch)), workers))
            squares = [found for found in read_in if not isinstance(found, str)]
            tags = iter(self.tag(squares, top) if squares else [])
            for path, found in zip(batch, read_in, strict=True):
                if isinstance(found, str):
                    yield Tagged(path, [], found)
                else:
                    yield Tagged(path, next(tags))

    def _calibrated(self, scores: AnyArray, likely: AnyArray, top: int | None) -> list[Tag]:
        accepted = likely >= self.accept
        if self.at_most is not None and self.at_most < len(likely):
            accepted &= likely >= np.partition(likely, -self.at_most)[-self.at_most]
        suggested = (likely >= self.suggest) & ~accepted
        rows = np.arange(len(likely)) if top else np.flatnonzero(accepted | suggested)
        ordered = rows[np.lexsort((-likely[rows], ~accepted[rows]))][:top]
        return [
            Tag(
                self.vocabulary[label],
                float(scores[label]),
                float(likely[label]),
                bool(accepted[label]),
                bool(suggested[label]),
            )
            for label in ordered.tolist()
            if scores[label] > -np.inf
        ]


def _best(vocabulary: Vocabulary, scores: AnyArray, top: int) -> list[Tag]:
    best = np.argsort(-scores, kind="stable")[:top]
    return [Tag(vocabulary[n], float(scores[n])) for n in best.tolist() if scores[n] > -np.inf]


def _opened(path: Path) -> "onnxruntime.InferenceSession":
    try:
        return open_session(path)
    except MissingExtraError:
        raise
    # ONNX Runtime's errors have no other common base class.
    except Exception as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise ArtefactError(
            f"{path} cannot be opened as an ONNX model ({reason}); write one with "
            "labelsphere export TAGGER --output FOLDER"
        ) from error


def _bounds(values: Sequence[float | None]) -> DoubleArray:
    """Convert thresholds; a label that is never accepted has none."""
    return np.array([np.inf if value is None else value for value in values], np.float64)


def _counts(path: Path, vocabulary: Vocabulary) -> IntArray:
    """Read the number of training images of each label from the table; zeros without one."""
    counts = np.zeros(len(vocabulary), np.int64)
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                number = vocabulary.get(row["name"])
                if number is not None:
                    counts[number] = int(row["count"])
    return counts
