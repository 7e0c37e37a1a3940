"""CSV is what the csv module reads back."""

import csv
from pathlib import Path

from labelsphere.archive.writers.csv_file import write_csv
from tests.archive.writers.pictures import CALIBRATED, RAW


def test_csv(tmp_path: Path) -> None:
    write_csv(CALIBRATED, tmp_path / "o", calibrated=True)
    with (tmp_path / "o").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["image", "label", "probability", "status"],
            ['a,"b".png', "sky", "0.9", "accepted"],
            ['a,"b".png', "sea", "0.3", "suggested"],
            ["海.png", "日本", "0.99", "accepted"],
        ]
    write_csv(RAW, tmp_path / "o", calibrated=False)
    assert (tmp_path / "o").read_text(encoding="utf-8").startswith("image,label,score\n")
