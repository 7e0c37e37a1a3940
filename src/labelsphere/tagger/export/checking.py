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
"""Tolerance of probabilities; that of moved ones is `Profile.stretch` times larger."""

SCORE_TOLERANCE = 1e-3
"""Tolerance of scores, relative to 1 plus their magnitude. Scores are log-odds: for shares near 1,
one minus the share has few digits in float32, in PyTorch and in ONNX Runtime. Scores then differ by
1e-4 while probabilities differ by 1e-5."""

FIRST = 5
"""Number of first labels that must agree."""

_BATCH = 16
_SCORES = "scores"


@dataclass(frozen=True)
class Agreement:
    """Agreement of an exported model with the tagger.

    Attributes:
        pictures: Number of pictures that were compared.
        difference: Largest difference of any output: absolute for probabilities, relative to 1 plus
            their magnitude for scores.
        same_first: Number of pictures with the same first five labels, in the same order. Labels
            whose values differ by less than the tolerance may be swapped.
    """

    pictures: int
    difference: float
    same_first: int


def check_model(path: Path, tagger: Tagger, pictures: Pictures, profile: Profile) -> Agreement:
    """Compare an exported model with its tagger on pictures.

    Args:
        path: The model.
        tagger: The tagger that was exported.
        pictures: Real pictures; unreadable ones are left out.
        profile: Profile of the model's inputs and outputs.

    Raises:
        DataError: If no picture can be read.
        ArtefactError: If a probability or score differs by more than its tolerance, or the first
            labels of a picture differ.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    inputs = ImageInputs.from_settings(pictures, tagger.preparation)
    rows = np.flatnonzero(inputs.usable())
    if not len(rows):
        raise DataError(f"none of the {len(pictures)} pictures can be read; give other pictures")
    # The exported model computes in float32, so disable bfloat16 in the tagger.
    exact = copy(tagger)
    exact.precision = "float32"
    name = session.get_inputs()[0].name
    names = [output.name for output in session.get_outputs()]
    differences, same = dict.fromkeys(names, 0.0), 0
    # Also run a batch of one, because the batch size is free.
    for some in np.split(rows, [1, *range(1 + _BATCH, len(rows), _BATCH)]):
        if not len(some):
            continue
        squares = _squares(pictures, some, tagger)
        found = dict(zip(names, session.run(None, {name: profile.pixels(squares)}), strict=True))
        wanted = profile.expected(tagger, exact.scores(inputs, some).rows(0, len(some)))
        for output, values in wanted.items():
            relative = 1 + np.abs(values) if output == _SCORES else profile.stretch(tagger)
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
            f"the exported model disagrees with the tagger: largest difference {measured}, "
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
    """Return the largest difference; 0 for equal infinities, ∞ for NaN."""
    with np.errstate(invalid="ignore"):
        apart = np.where(found == wanted, 0.0, np.abs(found - wanted) / relative)
    return float(np.nan_to_num(apart, nan=np.inf, posinf=np.inf).max())


def _same_first(found: AnyArray, wanted: AnyArray) -> AnyArray:
    """Return whether each picture's first labels agree, up to nearly equal values."""
    count = min(FIRST, wanted.shape[1])
    first = np.argsort(-found, axis=1, kind="stable")[:, :count]
    best = -np.sort(-wanted, axis=1)[:, :count]
    chosen = np.take_along_axis(wanted, first, axis=1)
    with np.errstate(invalid="ignore"):
        near = np.abs(chosen - best) <= TOLERANCE * (1 + np.abs(best))
    same: AnyArray = ((chosen == best) | near).all(axis=1)
    return same
