import json
from collections.abc import Callable
from pathlib import Path

from labelsphere.annotations import Annotations

MakeTags = Callable[..., Annotations]


def test_an_image_folder_has_splits_and_a_card(tmp_path: Path, make_tags: MakeTags) -> None:
    make_tags().write(tmp_path / "h", format="imagefolder")
    card = (tmp_path / "h/README.md").read_text()
    assert card.startswith("---\nconfigs:\n")
    assert "split: validation\n    path: validation/**" in card
    lines = (tmp_path / "h/train/metadata.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "file_name": "a.jpg",
        "tags": ["cat", "deep sea"],
        "confidences": [0.3, 1.0],
        "absent": [],
        "width": 1,
    }
    assert json.loads(lines[1])["absent"] == ["deep sea"]
    assert (tmp_path / "h/test/metadata.jsonl").is_file()


def test_pictures_and_tags_are_read_back_from_their_splits(
    tmp_path: Path, make_tags: MakeTags
) -> None:
    make_tags(absent=False).write(tmp_path / "h", format="imagefolder")
    again = Annotations.read(tmp_path / "h")
    found = dict(zip(again.image_ids, again.column("split"), strict=True))
    assert {name.rpartition("/")[2]: split for name, split in found.items()} == {
        "a.jpg": "train",
        "b.jpg": "train",
        "c d.jpg": "validation",
        "e.jpg": "test",
    }


def test_without_a_split_all_is_for_training(tmp_path: Path) -> None:
    tags = Annotations.from_lists([["x"], ["y"]], image_ids=["a.jpg", "b.jpg"])
    tags.write(tmp_path / "h", format="imagefolder")
    lines = (tmp_path / "h/train/metadata.jsonl").read_text().splitlines()
    assert [json.loads(line)["file_name"] for line in lines] == ["a.jpg", "b.jpg"]
