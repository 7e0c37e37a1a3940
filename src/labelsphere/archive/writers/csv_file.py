"""CSV: a line a tag."""

import csv
from collections.abc import Iterable
from pathlib import Path

from labelsphere.archive.writers.written import Written, status


def write_csv(pictures: Iterable[Written], path: Path, *, calibrated: bool) -> None:
    """Write ``image,label,probability,status``, or ``image,label,score`` without calibration."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = ("label", "probability", "status") if calibrated else ("label", "score")
        writer.writerow(("image", *names))
        for one in pictures:
            for tag in one.tags:
                if calibrated:
                    numbers = [round(tag.probability or 0.0, 6), status(tag)]
                else:
                    numbers = [round(tag.score, 6)]
                writer.writerow((one.name, tag.label, *numbers))
