"""Work that is done once, and names of its files."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from labelsphere.comparison.kept import once, slug


@dataclass(frozen=True)
class Result:
    values: tuple[float, ...]
    by_name: dict[str, float]


def test_finished_work_is_read_and_not_done_again(tmp_path: Path) -> None:
    calls: list[int] = []

    def work() -> Result:
        calls.append(1)
        return Result((0.1, 1 / 3), {"map@100": 2.0})

    first = once(tmp_path / "result.json", Result, work)
    assert once(tmp_path / "result.json", Result, work) == first == work()
    assert len(calls) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_work_that_json_cannot_hold_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        once(tmp_path / "result.json", Result, lambda: Result((float("nan"),), {}))
    assert list(tmp_path.iterdir()) == []


def test_methods_that_differ_have_files_that_differ() -> None:
    names = ["sphere", "sphere+dim=64", "sphere+exponent=0.5", "sphere+exponent=-0.5"]
    long = [f"paper+method=word-vectors+path=/{'data/' * 30}{end}.txt" for end in "ab"]
    found = [slug(name) for name in (*names, *long)]
    assert len(set(found)) == len(found)
    assert found[1] == "sphere-dim-64"
    assert all(len(name) < 100 and name.isascii() and "/" not in name for name in found)
