"""Saving and loading of a calibration: editable ``thresholds.json``, and a file of arrays."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from labelsphere.arrays import AnyArray, DoubleArray, IntArray
from labelsphere.artefact import new_file
from labelsphere.errors import ArtefactError
from labelsphere.tagger.calibration.calibration import SOURCES, Calibration
from labelsphere.tagger.calibration.expectation import Expectation
from labelsphere.tagger.calibration.goal import Goal
from labelsphere.tagger.calibration.isotonic import IsotonicCurves
from labelsphere.tagger.calibration.platt import PlattScaling

THRESHOLDS = "thresholds.json"
_NUMBERS = "calibration.safetensors"
_VERSION = 1
_EXPECTED = ("recall", "suggest_precision", "suggest_recall")


def save_calibration(calibration: Calibration, folder: Path) -> None:
    """Write ``thresholds.json`` and ``calibration.safetensors`` atomically to a folder."""
    finite = np.isfinite(calibration.accept)
    precision = calibration.precision
    document = {
        "version": _VERSION,
        "goal": calibration.goal.to_json(),
        "default": {
            "accept": _median(calibration.accept[finite]),
            "suggest": _median(calibration.suggest[finite]),
        },
        "labels": {
            name: {
                "accept": _number(calibration.accept[label]),
                "suggest": _number(calibration.suggest[label]),
                "positives": int(calibration.positives[label]),
                "precision": _number(precision.value[label]),
                "low": _number(precision.low[label]),
                "high": _number(precision.high[label]),
                "source": calibration.sources[label],
            }
            for label, name in enumerate(calibration.names)
        },
    }
    arrays: dict[str, AnyArray] = {
        "counts": calibration.counts,
        "level": np.array([calibration.scale, calibration.center, calibration.reach]),
        "curves.labels": calibration.curves.labels,
        "curves.starts": calibration.curves.starts,
        "curves.given": calibration.curves.given,
        "curves.found": calibration.curves.found,
    }
    for field in fields(PlattScaling):
        arrays[f"platt.{field.name}"] = getattr(calibration.platt, field.name)
    for name in _EXPECTED:
        one: Expectation = getattr(calibration, name)
        arrays[name] = np.stack([one.value, one.low, one.high])
    # Write the arrays first: they are not read without thresholds, but thresholds need them.
    with new_file(folder / _NUMBERS) as temporary:
        save_file({name: np.ascontiguousarray(value) for name, value in arrays.items()}, temporary)
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    with new_file(folder / THRESHOLDS) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def load_calibration(folder: Path, names: tuple[str, ...]) -> Calibration | None:
    """Load a tagger's calibration; None if it has none.

    Args:
        folder: The tagger's folder.
        names: The tagger's labels, in their order.

    Raises:
        ArtefactError: If a file is missing or damaged, or has other labels.
    """
    path = folder / THRESHOLDS
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            raise ValueError(f"version {document['version']!r}, expected {_VERSION}")
        path = folder / _NUMBERS
        arrays = load_file(path)
        path = folder / THRESHOLDS
        return _build(document, arrays, names)
    except (OSError, SafetensorError, LookupError, TypeError, ValueError, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ArtefactError(
            f"{path} cannot be used ({reason}); correct it, or run: labelsphere calibrate"
        ) from error


def _build(
    document: dict[str, dict[str, dict[str, object]]],
    arrays: dict[str, AnyArray],
    names: tuple[str, ...],
) -> Calibration:
    labels = document["labels"]
    if set(labels) != set(names):
        unknown = min(set(labels) ^ set(names))
        raise ValueError(f"its labels differ from the tagger's: only one of them has {unknown!r}")
    rows = [labels[name] for name in names]
    accept = np.array(
        [_threshold(row, name, "accept") for row, name in zip(rows, names, strict=True)]
    )
    suggest = np.array(
        [_threshold(row, name, "suggest") for row, name in zip(rows, names, strict=True)]
    )
    sources = tuple(str(row["source"]) for row in rows)
    for source in sources:
        if source not in SOURCES:
            raise ValueError(f"source must be one of {', '.join(SOURCES)}, but got {source!r}")
    platt = PlattScaling(*(arrays[f"platt.{field.name}"] for field in fields(PlattScaling)))
    for field in fields(PlattScaling):
        if len(getattr(platt, field.name)) != len(names):
            raise ValueError(f"{_NUMBERS} has another number of labels")
    scale, center, reach = arrays["level"].tolist()
    return Calibration(
        goal=Goal.from_json(document["goal"]),
        names=names,
        counts=arrays["counts"],
        positives=_column(rows, "positives").astype(np.int64),
        scale=scale,
        center=center,
        reach=reach,
        platt=platt,
        curves=_curves(arrays),
        accept=accept,
        suggest=suggest,
        precision=Expectation(
            _column(rows, "precision"), _column(rows, "low"), _column(rows, "high")
        ),
        recall=Expectation(*arrays["recall"]),
        suggest_precision=Expectation(*arrays["suggest_precision"]),
        suggest_recall=Expectation(*arrays["suggest_recall"]),
        sources=sources,
    )


def _curves(arrays: dict[str, AnyArray]) -> IsotonicCurves:
    parts = ("labels", "starts", "given", "found")
    curves = IsotonicCurves(*(arrays[f"curves.{part}"] for part in parts))
    starts: IntArray = curves.starts
    if len(starts) != len(curves.labels) + 1 or starts[-1] != len(curves.given):
        raise ValueError(f"{_NUMBERS} is damaged")
    return curves


def _column(rows: list[dict[str, object]], key: str) -> DoubleArray:
    return np.array([float(str(row[key])) for row in rows])


def _threshold(row: dict[str, object], name: str, key: str) -> float:
    """Check a threshold of the file, which users may edit; null for none."""
    value = row[key]
    if value is None:
        return float("inf")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{key} of {name!r} must be a number from 0 to 1 or null, not {value!r}")
    return float(value)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _median(values: DoubleArray) -> float | None:
    return float(np.median(values)) if len(values) else None
