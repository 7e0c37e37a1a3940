"""Comparison of an exported model with its tagger on real pictures."""

from copy import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from labelsphere.annotations import Pictures
from labelsphere.arrays import AnyArray, IntArray
from labelsphere.errors import ArtefactError, DataError
from labelsphere.tagger.export.profiles import Profile
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.inputs.decoding import decode_picture
from labelsphere.tagger.tagger import Tagger

TOLERANCE = 1e-4
"""Largest difference of a probability."""

SCORE_TOLERANCE = 1e-3
"""Largest difference of a score, as a share of 1 plus its magnitude. A score is a log-odds: where a
share is nearly 1, the float32 value of one minus the share has few digits left, in PyTorch as in
ONNX Runtime. Scores then differ by 1e-4 where probabilities differ by 1e-5."""

FIRST = 5
"""How many of the first labels must be the same."""

_BATCH = 16
_SCORES = "scores"


@dataclass(frozen=True)
class Agreement:
    """Agreement of an exported model with the tagger.

    Attributes:
        pictures: Pictures that both were asked about.
        difference: Largest difference of any output: of probabilities as it is, of scores as a
            share of 1 plus their magnitude.
        same_first: Pictures whose first five labels are the same, in the same order. Labels whose
            values differ by less than the tolerance may change places.
    """

    pictures: int
    difference: float
    same_first: int


def check_model(path: Path, tagger: Tagger, pictures: Pictures, profile: Profile) -> Agreement:
    """Ask an exported model and the tagger about the same pictures.

    Args:
        path: The model.
        tagger: What it was exported from.
        pictures: Real pictures; those that cannot be read are left out.
        profile: What the model takes and puts out.

    Raises:
        DataError: If no picture can be read.
        ArtefactError: If a probability or score differs by more than its tolerance, or the first
            labels of a picture do.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    inputs = ImageInputs.from_settings(pictures, tagger.preparation)
    rows = np.flatnonzero(inputs.usable())
    if not len(rows):
        raise DataError(f"none of the {len(pictures)} pictures can be read; give others")
    # What the network computes in bfloat16 elsewhere is not what is compared here.
    exact = copy(tagger)
    exact.precision = "float32"
    name = session.get_inputs()[0].name
    names = [output.name for output in session.get_outputs()]
    differences, same = dict.fromkeys(names, 0.0), 0
    # A batch of one first: the number of pictures is free.
    for some in np.split(rows, [1, *range(1 + _BATCH, len(rows), _BATCH)]):
        if not len(some):
            continue
        squares = _squares(pictures, some, tagger)
        found = dict(zip(names, session.run(None, {name: profile.pixels(squares)}), strict=True))
        wanted = profile.expected(tagger, exact.scores(inputs, some).rows(0, len(some)))
        for output, values in wanted.items():
            relative = 1 + np.abs(values) if output == _SCORES else 1.0
            largest = _largest(found[output], values, relative)
            differences[output] = max(differences[output], largest)
        last = names[-1]
        same += int(_same_first(found[last], wanted[last]).sum())
    within = all(value <= _tolerance(output) for output, value in differences.items())
    if not within or same < len(rows):
        measured = ", ".join(
            f"{value:.2g} in {output} (allowed {_tolerance(output):g})"
            for output, value in differences.items()
        )
        raise ArtefactError(
            f"the exported model answers otherwise than the tagger: largest difference {measured}, "
            f"the same first {FIRST} labels on {same} of {len(rows)} pictures; nothing is written"
        )
    return Agreement(len(rows), max(differences.values()), same)


def _tolerance(output: str) -> float:
    return SCORE_TOLERANCE if output == _SCORES else TOLERANCE


def _squares(pictures: Pictures, rows: IntArray, tagger: Tagger) -> AnyArray:
    size, fit = int(tagger.preparation["size"]), str(tagger.preparation["fit"])
    decoded = [
        decode_picture(pictures.read(row), size, fit, pictures.name(row)) for row in rows.tolist()
    ]
    return np.stack(decoded)


def _largest(found: AnyArray, wanted: AnyArray, relative: AnyArray | float) -> float:
    """The largest difference; equal infinities differ by 0, NaN by ∞."""
    with np.errstate(invalid="ignore"):
        apart = np.where(found == wanted, 0.0, np.abs(found - wanted) / relative)
    return float(np.nan_to_num(apart, nan=np.inf, posinf=np.inf).max())


def _same_first(found: AnyArray, wanted: AnyArray) -> AnyArray:
    """Whether each picture's first labels are the same, up to values that are nearly equal."""
    count = min(FIRST, wanted.shape[1])
    first = np.argsort(-found, axis=1, kind="stable")[:, :count]
    best = -np.sort(-wanted, axis=1)[:, :count]
    chosen = np.take_along_axis(wanted, first, axis=1)
    with np.errstate(invalid="ignore"):
        near = np.abs(chosen - best) <= TOLERANCE * (1 + np.abs(best))
    same: AnyArray = ((chosen == best) | near).all(axis=1)
    return same
