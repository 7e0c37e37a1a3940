from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image
from scipy.sparse import csr_array

from labelsphere.annotations import (
    Annotations,
    PictureFiles,
    Problem,
    Vocabulary,
    find_problems,
)


def kinds(problems: list[Problem]) -> dict[str, int]:
    return {problem.kind: problem.count for problem in problems}


def test_a_sound_table_has_none() -> None:
    assert find_problems(Annotations.from_lists([["sky", "sea"], ["sea", "sky"]])) == []


def test_tables_are_looked_through() -> None:
    tags = Annotations.from_lists(
        [["sky", "rare"], ["sky"], [], ["other"]],
        image_ids=["a", "b", "c", "b"],
        vocabulary=Vocabulary(["sky", "rare", "never"]),
    )
    found = {problem.kind: problem for problem in find_problems(tags)}
    assert {kind: problem.examples for kind, problem in found.items()} == {
        "untagged_image": ["c", "b"],
        "repeated_image_id": ["b (2 rows)"],
        "single_use_label": ["rare"],
        "unused_label": ["never"],
    }
    assert found["untagged_image"].message.startswith("2 images without tags")


def test_spellings_are_found_by_kind() -> None:
    names = ["T-shirt", "t shirt", "dog", "dogs", "giraffe", "girafe"]
    tags = Annotations.from_lists([names, names, ["t shirt", "dog", "giraffe"]])
    problems = find_problems(tags)
    assert kinds(problems) == {
        "spelling_same_letters": 1,
        "spelling_plural": 1,
        "spelling_one_letter": 1,
    }
    assert problems[0].examples == ["t shirt (3) ~ T-shirt (2)"]


def test_examples_can_be_few_or_all() -> None:
    tags = Annotations.from_lists([["x"]] * 2 + [[]] * 30)
    (some,) = find_problems(tags)
    (few,) = find_problems(tags, examples=3)
    (every,) = find_problems(tags, examples=None)
    assert [p.count for p in (some, few, every)] == [30] * 3
    assert [len(p.examples) for p in (some, few, every)] == [10, 3, 30]


@pytest.fixture
def broken_folder(tmp_path: Path) -> Path:
    whole = BytesIO()
    Image.new("RGB", (32, 32), "red").save(whole, "JPEG")
    (tmp_path / "good.jpg").write_bytes(whole.getvalue())
    (tmp_path / "cut.jpg").write_bytes(whole.getvalue()[:-40])
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("no picture")
    lines = "".join(f"{n}.jpg,red\n" for n in ("good", "cut", "empty", "text", "gone"))
    (tmp_path / "tags.csv").write_text("image,tags\n" + lines)
    return tmp_path


def test_pictures_are_opened(broken_folder: Path) -> None:
    tags = Annotations.read(broken_folder / "tags.csv")
    calls: list[tuple[int, ...]] = []
    problems = find_problems(tags, progress=lambda *at: calls.append(at))
    assert kinds(problems) == {"missing_image": 1, "unreadable_image": 3}
    missing, unreadable = problems
    assert missing.examples == [str(broken_folder / "gone.jpg")]
    cut, empty, text = unreadable.examples
    assert cut.startswith(f"{broken_folder / 'cut.jpg'}: ")
    assert "truncated" in cut.lower()
    assert empty.endswith("empty (0 bytes)")
    assert text.endswith("cannot identify image file")
    assert calls == [(5, 5)]


def test_pictures_need_not_be_opened(broken_folder: Path) -> None:
    tags = Annotations.read(broken_folder / "tags.csv")
    assert find_problems(tags, check_pictures=False) == []


def test_a_missing_row_of_pictures_keeps_its_name() -> None:
    tags = Annotations(
        ["x"],
        Vocabulary(["red"]),
        csr_array(np.ones((1, 1), np.float32)),
        pl.DataFrame(),
        PictureFiles(["/nowhere/x.png"]),
    )
    problems = find_problems(tags)
    assert problems[0].examples == ["/nowhere/x.png"]
