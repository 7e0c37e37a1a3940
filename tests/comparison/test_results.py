"""``results.json``: written, read back, and refused where it is of another kind."""

import json
from pathlib import Path

import pytest

from labelsphere.comparison.results import ComparisonResults
from labelsphere.errors import ArtefactError


def test_what_is_written_is_read_back(example_results: ComparisonResults, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    example_results.write(path)
    assert ComparisonResults.read(path) == example_results
    content = json.loads(path.read_text())
    assert (content["format"], content["format_version"]) == ("labelsphere.comparison", 3)
    estimate = content["delivered"]["logistic"]["precision@1"]
    assert estimate == {"value": 0.399, "low": 0.389, "high": 0.409}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file"),
        ("{", "holds no results"),
        ("[]", "holds no results"),
        ("{}", "holds no results"),
        ('{"format": "labelsphere.comparison", "format_version": 2}', "version 2; expected"),
        ('{"format": "labelsphere.comparison", "format_version": 3}', "holds no results"),
    ],
)
def test_other_files_are_refused(text: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ArtefactError, match=message):
        ComparisonResults.read(path)
