"""Writer of CSV: one line per tag."""

import csv
from collections.abc import Iterable
from pathlib import Path

from labelsphere.archive.writers.output_picture import OutputPicture, cells, columns


def write_csv(pictures: Iterable[OutputPicture], path: Path, *, calibrated: bool) -> None:
    """Write ``image,label,probability,status``, or ``image,label,score`` without calibration."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("image", *columns(calibrated=calibrated)))
        for one in pictures:
            for tag in one.tags:
                writer.writerow((one.name, *cells(tag, calibrated=calibrated)))
