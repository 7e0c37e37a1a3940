import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, LabelsphereError, UsageError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "tags.csv"
    file.write_text(
        "image,label,confidence,split\n"
        "a.png,sky,0.9,train\na.png,sea,0.2,train\na.png,sky,0.4,train\n"
        "b.png,sky,,test\nb.png,rare,1,test\nc.png,sea,0,train\nc.png,sea,0.6,train\n"
    )
    return file


def sets(tags: Annotations) -> dict[str, dict[str, float]]:
    """Tags and confidences by image, without CSR."""
    return {
        image: {
            tags.vocabulary[label]: round(float(row[label]), 6)
            for label in row.nonzero()[0].tolist()
        }
        for image, row in zip(tags.image_ids, tags.matrix.toarray(), strict=True)
    }


def test_a_table_is_read_whole(table: Path) -> None:
    tags = Annotations.read(table)
    assert sets(tags) == {
        "a.png": {"sea": 0.2, "sky": 0.9},
        "b.png": {"rare": 1.0, "sky": 1.0},
        "c.png": {"sea": 0.6},
    }
    assert tags.vocabulary.names == ("rare", "sea", "sky")
    assert tags.columns["split"].to_list() == ["train", "test", "train"]
    assert tags.pictures is None
    assert tags.report.rows == 7
    assert tags.report.remarks() == [
        "1 tag given more than once to an image, counted once",
        "1 tag with confidence 0: known to be absent",
        "1 tag has no number in 'confidence', and counts as certain",
    ]


def test_filters_keep_the_images(table: Path) -> None:
    tags = Annotations.read(table, min_confidence=0.6, min_count=2)
    assert sets(tags) == {"a.png": {"sky": 0.9}, "b.png": {"sky": 1.0}, "c.png": {}}
    assert tags.report.low_confidence == 2
    assert tags.report.rare_labels == 2


def test_a_vocabulary_is_kept_as_it_is(table: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("sky\nunicorn\n")
    for vocabulary in (Vocabulary(["sky", "unicorn"]), tmp_path / "labels.txt"):
        tags = Annotations.read(table, vocabulary=vocabulary)
        assert tags.vocabulary.names == ("sky", "unicorn")
        assert tags.report.unknown_tags == {"sea": 2, "rare": 1}
        assert sets(tags) == {"a.png": {"sky": 0.9}, "b.png": {"sky": 1.0}, "c.png": {}}


def test_codes_are_named_before_they_are_counted(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(
        "ImageID,Source,LabelName,Confidence\n0a,m,/m/1,1\n0a,m,/m/2,0.5\n0b,m,/m/2,0\n"
    )
    (tmp_path / "classes.csv").write_text("/m/1,Cat\n/m/2,Cat\n")
    tags = Annotations.read(tmp_path / "train.csv", label_names=tmp_path / "classes.csv")
    assert sets(tags) == {"0a": {"Cat": 1.0}, "0b": {}}
    assert tags.report.duplicate_tags == 1
    assert tags.report.absent_tags == 1


def test_pictures_are_found_beside_the_table_or_where_said(table: Path, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"B")
    beside = Annotations.read(table).pictures
    assert beside is not None
    assert beside.read(1) == b"B"
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "c.png").write_bytes(b"C")
    said = Annotations.read(table, images=tmp_path / "photos").pictures
    assert said is not None
    assert said.read(2) == b"C"


def test_stored_pictures_are_named_by_their_image(tmp_path: Path) -> None:
    file = tmp_path / "tags.parquet"
    pl.DataFrame({"image": [b"A"], "id": ["a"], "tags": [["x"]]}).write_parquet(file)
    pictures = Annotations.read(file).pictures
    assert pictures is not None
    assert (pictures.name(0), pictures.read(0)) == ("a", b"A")


def test_a_folder_has_its_own_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"A")
    (tmp_path / "a.txt").write_text("sky")
    tags = Annotations.read(tmp_path)
    assert sets(tags) == {"a.png": {"sky": 1.0}}
    assert tags.pictures is not None
    assert tags.pictures.read(0) == b"A"


def test_a_format_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "tags.dump"
    file.write_text("image\ttags\na\tx,y\n")
    assert sets(Annotations.read(file, format="csv")) == {"a": {"x": 1.0, "y": 1.0}}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"format": "xml"}, "format must be one of open-images, csv, .*, but got 'xml'"),
        ({"format": "folder"}, "is a file, which format 'folder' does not read"),
        ({"min_count": 0}, "min_count must be at least 1, but got 0"),
        ({"min_count": 2, "vocabulary": Vocabulary(["sky"])}, "contradict"),
        ({"min_confidence": 1.5}, "min_confidence must be from 0 to 1, but got 1.5"),
        ({"images": "/nowhere"}, "the folder of images /nowhere does not exist"),
        ({"vocabulary": "/nowhere/labels.txt"}, "is not a file; expected a vocabulary"),
        ({"label_names": "/nowhere/names.csv"}, "is not a file; expected label codes"),
    ],
)
def test_bad_arguments_are_refused(table: Path, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Annotations.read(table, **arguments)


def test_bad_sources_are_refused(table: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv does not exist"):
        Annotations.read(tmp_path / "none.csv")
    (tmp_path / "tags.xyz").touch()
    with pytest.raises(UsageError, match=r"is not clear from its ending; .*\.csv, .* open-images"):
        Annotations.read(tmp_path / "tags.xyz")
    with pytest.raises(UsageError, match="is a folder, which format 'csv' does not read"):
        Annotations.read(tmp_path, format="csv")
    with pytest.raises(UsageError, match="images cannot be given for a folder"):
        Annotations.read(tmp_path, images=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_count": 3}, r"no tag of .* is left: .*3 labels on too few images dropped"),
        ({"vocabulary": Vocabulary(["x"])}, r"3 tags outside the vocabulary dropped.*sea \(2\)"),
    ],
)
def test_nothing_left_is_an_error_that_says_why(
    table: Path, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        Annotations.read(table, **arguments)


def test_no_tags_at_all_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("image,tags\na,\nb,\n")
    with pytest.raises(DataError, match=r"gives no image a tag; .* its 2 rows"):
        Annotations.read(file)


def test_every_error_is_one_line(table: Path) -> None:
    for arguments in ({"min_count": 9}, {"tag_column": "q"}, {"format": "parquet"}):
        with pytest.raises(LabelsphereError) as caught:
            Annotations.read(table, **arguments)
        assert "\n" not in str(caught.value)


def test_reading_needs_no_torch() -> None:
    code = "import sys, labelsphere.annotations; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_where_pictures_were_searched_is_told(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    file = tmp_path / "here" / "tags.csv"
    file.write_text("image,tags\nphotos/a.jpg,sky\nphotos/b.jpg,sea\n")
    tags = Annotations.read(file)
    searched = (
        f"no pictures found in {tmp_path / 'here'} (the first that the table names is "
        "'photos/a.jpg')"
    )
    assert tags.report.no_pictures == searched
    with pytest.raises(UsageError) as raised:
        tags.select([1]).require_pictures()
    assert str(raised.value).startswith(f"{searched}; name their folder with --images")
    assert "--features" in str(raised.value)
    with pytest.raises(UsageError) as raised:
        tags.require_pictures(vectors=False)
    assert "--features" not in str(raised.value)
    notes = tags.write(tmp_path / "out", format="cvat", pictures=True)
    assert any(note.startswith(searched) for note in notes)


def test_pictures_that_are_found_are_required_in_vain(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "tags.csv").write_text("image,tags\na.jpg,sky\n")
    tags = Annotations.read(tmp_path / "tags.csv")
    assert tags.require_pictures() is tags.pictures
    assert tags.report.no_pictures == ""


def test_annotations_of_lists_have_no_pictures() -> None:
    with pytest.raises(UsageError, match=r"^the annotations have no pictures; name their folder"):
        Annotations.from_lists([["sky"]]).require_pictures()


def test_pictures_of_a_piped_table_are_beside_the_process(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "tags.csv").write_text("image,tags\na.jpg,sky\n")
    code = (
        "from labelsphere.annotations import Annotations\n"
        "tags = Annotations.read('/dev/stdin', format='csv')\n"
        "print(tags.require_pictures().read(0))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        input=(tmp_path / "tags.csv").read_bytes(),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert ran.stdout.strip() == b"b'x'"
