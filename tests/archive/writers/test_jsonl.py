"""JSON lines are what a JSON parser reads back."""

import json
from pathlib import Path

from labelsphere.archive.writers.jsonl import write_jsonl
from tests.archive.writers.pictures import CALIBRATED, RAW


def test_json_lines(tmp_path: Path) -> None:
    write_jsonl(CALIBRATED, tmp_path / "o", calibrated=True)
    lines = (tmp_path / "o").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "image": 'a,"b".png',
        "tags": [{"label": "sky", "probability": 0.9}],
        "suggested": [{"label": "sea", "probability": 0.3}],
    }
    assert json.loads(lines[1]) == {"image": "new\nline.png", "tags": [], "suggested": []}
    write_jsonl(RAW, tmp_path / "o", calibrated=False)
    lines = (tmp_path / "o").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[2]) == {"image": "海.png", "tags": [{"label": "日本", "score": 1.5}]}
