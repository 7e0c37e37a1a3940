import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from labelsphere.annotations import Annotations, Revision
from labelsphere.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table of four images: one sound, one cut short, one missing, one without tags."""
    picture = BytesIO()
    Image.new("RGB", (32, 32), "red").save(picture, "PNG")
    (tmp_path / "a.png").write_bytes(picture.getvalue())
    (tmp_path / "b.png").write_bytes(picture.getvalue()[:-30])
    (tmp_path / "d.png").write_bytes(picture.getvalue())
    (tmp_path / "tags.csv").write_text(
        'image,tags\na.png,"sky,T-shirt,sky"\nb.png,"sky,t shirt"\nc.png,"sky,t shirt"\nd.png,\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def test_figures_and_problems_are_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "tags.csv"]) == 0
    printed = capsys.readouterr()
    assert "Median occurrences per class" in printed.out
    assert "2.00" in printed.out
    for line in (
        "1 image missing; training leaves them out:",
        "  c.png",
        "1 image cannot be opened; training leaves them out:",
        "1 image without tags; training leaves them out:",
        "  d.png",
        "1 label on one image only; a minimum count leaves them out:",
        "  t shirt (2) ~ T-shirt (1)",
    ):
        assert line in printed.out.splitlines()
    assert "tags.csv: 1 tag given more than once to an image, counted once" in printed.err
    assert "Opening pictures 4/4" in printed.err


def test_json_holds_it_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "tags.csv", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["statistics"] == {
        "images": 3,
        "labels": 3,
        "annotations": 6,
        "labels_per_image": 2.0,
        "median_occurrences": 2.0,
        "untagged_images": 1,
        "unused_labels": 0,
    }
    assert printed["report"]["duplicate_tags"] == 1
    assert printed["pictures_checked"] is True
    assert {problem["kind"]: problem["count"] for problem in printed["problems"]} == {
        "missing_image": 1,
        "unreadable_image": 1,
        "untagged_image": 1,
        "single_use_label": 1,
        "spelling_same_letters": 1,
    }


def test_pictures_can_be_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "tags.csv", "--no-pictures", "--json"]) == 0
    printed = capsys.readouterr()
    result = json.loads(printed.out)
    assert result["pictures_checked"] is False
    assert not {"missing_image", "unreadable_image"} & {p["kind"] for p in result["problems"]}
    assert printed.err == ""


def test_options_reach_the_reader(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "labels.txt").write_text("sky\n")
    arguments = ["--vocabulary", "labels.txt", "--separator", ",", "--no-pictures", "--json"]
    assert main(["inspect", "tags.csv", *arguments]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["statistics"]["labels"] == 1
    assert result["report"]["unknown_tags"] == {"t shirt": 2, "T-shirt": 1}


def test_examples_are_as_many_as_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "tags.csv"
    table.write_text("image,tags\nx,sky\n" + "".join(f"{row},\n" for row in range(12)))
    assert main(["inspect", str(table), "--examples", "2"]) == 0
    assert "  … and 10 more\n" in capsys.readouterr().out
    assert main(["inspect", str(table), "--examples", "0"]) == 0
    printed = capsys.readouterr().out
    assert "more" not in printed
    assert "  11\n" in printed


def test_a_sound_table_without_pictures_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "tags.csv"
    table.write_text('image,tags\na,"sky,sea"\nb,"sky,sea"\n')
    assert main(["inspect", str(table)]) == 0
    printed = capsys.readouterr().out
    assert f"No pictures found in {tmp_path} (the first that the table names is 'a')" in printed
    assert "No problems found." in printed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none.csv"], 2, "none.csv does not exist"),
        (["tags.csv", "--format", "xml"], 2, "format must be one of"),
        (["tags.csv", "--min-count", "9"], 1, "no tag of tags.csv is left"),
        (["tags.csv", "--tag-column", "what"], 1, "no column 'what' for the tags"),
        (["tags.csv", "--images", "nowhere"], 2, "the folder of images nowhere does not exist"),
        (["empty.csv"], 1, "empty.csv is empty"),
    ],
)
def test_errors_are_one_line(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    (folder / "empty.csv").touch()
    assert main(["inspect", *arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert message in printed.err


def test_spellings_of_the_same_letters_go_into_a_file_for_revise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["a,T-shirt|sky", "b,t shirt", "c,t shirt", "d,tshirt|skies", "e,route 66", "f,route 67"]
    (tmp_path / "tags.csv").write_text("\n".join(["image,tags", *rows]) + "\n")
    source, file = str(tmp_path / "tags.csv"), tmp_path / "synonyms.csv"
    options = ["--separator", "|"]
    assert main(["inspect", source, *options, "--synonyms", str(file)]) == 0
    assert "2 labels that are another label in a different spelling" in capsys.readouterr().err
    assert Revision.read(file).becomes == {"T-shirt": "t shirt", "tshirt": "t shirt"}
    assert main(["inspect", source, *options, "--synonyms", str(file)]) == 1
    assert "synonyms.csv exists" in capsys.readouterr().err
    output = tmp_path / "new.jsonl"
    assert main(["revise", source, *options, "--changes", str(file), "--output", str(output)]) == 0
    assert Annotations.read(output).label_counts().max() == 4


def test_a_source_without_tags_is_described(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tags.json"
    images = [{"id": 1, "file_name": "a.jpg"}]
    categories = [{"id": 1, "name": "sky"}]
    file.write_text(json.dumps({"images": images, "annotations": [], "categories": categories}))
    assert main(["inspect", str(file), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["statistics"]["untagged_images"] == 1
    assert printed["report"]["notes"] == ["'annotations' is empty: no image has a tag"]
    assert main(["embed", str(file), "--output", str(tmp_path / "o")]) == 1
    assert "gives no image a tag ('annotations' is empty" in capsys.readouterr().err


def test_examples_do_not_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tags.csv"
    file.write_bytes(b"image,tags\n\x1b[31ma,\nb,sky\n" + b"\0" * 4096 + b",\n")
    assert main(["inspect", str(file)]) == 0
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out
    assert "  \\x1b[31ma" in printed.out.splitlines()
    assert max(map(len, printed.out.splitlines())) <= 202
