"""Profiles of exported models: inputs, outputs and files for Labelsphere and other programs."""

import csv
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from scipy.special import expit, logit

from labelsphere.arrays import AnyArray, FloatArray
from labelsphere.errors import UsageError
from labelsphere.tagger.calibration import Calibration
from labelsphere.tagger.export.calibrating import add_log_odds
from labelsphere.tagger.export.decoding import add_scores
from labelsphere.tagger.export.graph import Graph
from labelsphere.tagger.export.network import network_graph
from labelsphere.tagger.export.preparation import add_preparation
from labelsphere.tagger.tagger import Tagger

PICTURES = "batch"


class Profile(ABC):
    """Profile of an exported model.

    Attributes:
        description: One line for help and errors.
        tags_file: Name of the table of labels beside the model.
    """

    description: ClassVar[str]
    tags_file: ClassVar[str]

    @abstractmethod
    def check(self, tagger: Tagger) -> None:
        """Check that a tagger can be exported with this profile.

        Raises:
            UsageError: If it cannot.
        """

    @abstractmethod
    def add(self, graph: Graph, tagger: Tagger) -> None:
        """Add inputs, tagger and outputs to a graph."""

    @abstractmethod
    def pixels(self, squares: AnyArray) -> AnyArray:
        """Convert square pictures, uint8 (batch, side, side, 3) RGB, to the model's input."""

    @abstractmethod
    def expected(self, tagger: Tagger, scores: FloatArray) -> dict[str, AnyArray]:
        """Compute expected outputs of the model from the tagger's scores (batch, labels)."""

    def stretch(self, tagger: Tagger) -> AnyArray | float:  # noqa: ARG002 - for subclasses
        """How much larger than those of probabilities the outputs' differences may be."""
        return 1.0

    @abstractmethod
    def write_tags(self, tagger: Tagger, path: Path) -> None:
        """Write the table of labels."""


class StandardProfile(Profile):
    """Profile with pixels as input, and scores and probabilities as outputs.

    Input ``pictures``: uint8 (batch, side, side, 3), RGB. Output ``scores``: float32
    (batch, labels). Output ``probabilities``: the same shape, if the tagger is calibrated.
    """

    description = "uint8 RGB pixels in, scores and probabilities out"
    tags_file = "tags.csv"

    def check(self, tagger: Tagger) -> None:
        """Accept every tagger of pictures."""

    def add(self, graph: Graph, tagger: Tagger) -> None:
        """Add inputs, tagger and outputs to a graph."""
        side = tagger.sample_shape[1]
        pixels = graph.input("pictures", np.uint8, [PICTURES, side, side, 3])
        scores = add_tagger(graph, tagger, pixels)
        shape: list[str | int] = [PICTURES, len(tagger.vocabulary)]
        graph.output(scores, "scores", np.float32, shape)
        calibration = tagger.calibration
        if calibration is not None:
            odds = add_log_odds(graph, calibration, scores)
            graph.output(graph.node("Sigmoid", odds), "probabilities", np.float32, shape)

    def pixels(self, squares: AnyArray) -> AnyArray:
        """Return the pictures unchanged."""
        return squares

    def expected(self, tagger: Tagger, scores: FloatArray) -> dict[str, AnyArray]:
        """Return scores, and probabilities of a calibrated tagger."""
        found: dict[str, AnyArray] = {"scores": scores}
        calibration = tagger.calibration
        if calibration is not None:
            found["probabilities"] = calibration.probabilities(scores)
        return found

    def write_tags(self, tagger: Tagger, path: Path) -> None:
        """Write labels with their counts and thresholds, in the order of the outputs."""
        calibration = tagger.calibration
        header = ["name", "count"] + ([] if calibration is None else ["accept", "suggest"])
        rows: list[list[str | int | float]] = []
        for number, name in enumerate(tagger.vocabulary):
            row: list[str | int | float] = [name, int(tagger.labels.counts[number])]
            if calibration is not None:
                row += [float(calibration.accept[number]), float(calibration.suggest[number])]
            rows.append(row)
        _write_csv(path, header, rows)


class WdProfile(Profile):
    """Profile for programs that read taggers of the WD family.

    Input ``input``: float32 (batch, side, side, 3), BGR, 0 to 255. Output ``output``: float32
    (batch, 4 + labels) probabilities, shifted so that each label's own accept threshold is at 0.35,
    the usual threshold of these programs. The first four columns are ratings, which this tagger
    lacks: their probability is 0.
    """

    description = "for programs that read WD taggers: BGR, 0 to 255, four ratings first"
    tags_file = "selected_tags.csv"

    RATINGS = ("general", "sensitive", "questionable", "explicit")
    RATING, GENERAL = 9, 0
    THRESHOLD = 0.35

    def check(self, tagger: Tagger) -> None:
        """Refuse a tagger without thresholds, or with names that these programs cannot read.

        Raises:
            UsageError: If the tagger cannot be exported.
        """
        self._calibration(tagger)
        names = [_underscored(name) for name in tagger.vocabulary]
        broken = [name for name in names if "," in name or "\n" in name or '"' in name]
        if broken:
            raise UsageError(
                f"{len(broken)} labels contain a comma, a quotation mark or a line break, such as "
                f"{broken[0]!r}; some programs for WD taggers cannot read them: rename them with "
                "labelsphere revise"
            )
        seen = set(self.RATINGS)
        for name in names:
            if name in seen:
                raise UsageError(
                    f"two labels would have the name {name!r} (blanks become _, and the names of "
                    "ratings are reserved): rename one with labelsphere revise"
                )
            seen.add(name)

    def add(self, graph: Graph, tagger: Tagger) -> None:
        """Add inputs, tagger and outputs to a graph."""
        side = tagger.sample_shape[1]
        pixels = graph.input("input", np.float32, [PICTURES, side, side, 3])
        scores = add_tagger(graph, tagger, pixels, bgr=True)
        calibration = self._calibration(tagger)
        odds = add_log_odds(graph, calibration, scores)
        moved = graph.node("Add", odds, graph.stored("profile.shift", self._shift(calibration)))
        likely = graph.node("Sigmoid", moved)
        rows = graph.node("Shape", likely, start=0, end=1)
        size = graph.node("Concat", rows, graph.constant(np.array([4])), axis=0)
        ratings = graph.node("Expand", graph.constant(np.float32(0.0)), size)
        shape: list[str | int] = [PICTURES, 4 + len(tagger.vocabulary)]
        graph.output(graph.node("Concat", ratings, likely, axis=1), "output", np.float32, shape)

    def pixels(self, squares: AnyArray) -> AnyArray:
        """Convert the pictures to BGR floats."""
        return squares[..., ::-1].astype(np.float32)

    def expected(self, tagger: Tagger, scores: FloatArray) -> dict[str, AnyArray]:
        """Return four ratings of 0, then shifted probabilities."""
        calibration = self._calibration(tagger)
        with np.errstate(divide="ignore"):
            odds = logit(calibration.probabilities(scores))
        likely = expit(odds + self._shift(calibration))
        return {"output": np.concatenate([np.zeros((len(scores), 4)), likely], axis=1)}

    def stretch(self, tagger: Tagger) -> AnyArray:
        """The steepest slope of moved probabilities, e^|shift|."""
        # A sigmoid's slope is p(1 − p); moved and unmoved slopes differ by at most e^|shift|.
        shift = np.abs(self._shift(self._calibration(tagger)))
        steepest = np.exp(np.where(np.isfinite(shift), shift, 0.0))
        return np.concatenate([np.ones(len(self.RATINGS)), steepest])

    def write_tags(self, tagger: Tagger, path: Path) -> None:
        """Write numbers, names, categories and counts; ratings first."""
        rows: list[list[str | int | float]] = [
            [number, name, self.RATING, 0] for number, name in enumerate(self.RATINGS)
        ]
        for number, name in enumerate(tagger.vocabulary):
            count = int(tagger.labels.counts[number])
            rows.append([4 + number, _underscored(name), self.GENERAL, count])
        _write_csv(path, ["tag_id", "name", "category", "count"], rows)

    def _shift(self, calibration: Calibration) -> AnyArray:
        """Return the offsets of the labels' log-odds; −∞ for a label that is never accepted."""
        with np.errstate(divide="ignore"):
            shift: AnyArray = logit(self.THRESHOLD) - logit(np.minimum(calibration.accept, 1.0))
        return shift

    @staticmethod
    def _calibration(tagger: Tagger) -> Calibration:
        calibration = tagger.calibration
        if calibration is None:
            raise UsageError(
                "this profile needs the thresholds of a calibrated tagger; calibrate it first: "
                "labelsphere calibrate TAGGER TAGS"
            )
        return calibration


PROFILES: dict[str, Profile] = {"standard": StandardProfile(), "wd": WdProfile()}
"""Profiles by name."""


def add_tagger(graph: Graph, tagger: Tagger, pixels: str, *, bgr: bool = False) -> str:
    """Add preparation, network and decoder to a graph, and return the scores."""
    decoder = tagger.decoder()
    prepared = add_preparation(graph, pixels, tagger.preparation, bgr=bgr)
    network = network_graph(tagger.network, tagger.sample_shape, features=decoder.features)
    return add_scores(graph, decoder, graph.insert(network, prepared))


def _underscored(name: str) -> str:
    return name.replace(" ", "_")


def _write_csv(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[str | int | float]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
