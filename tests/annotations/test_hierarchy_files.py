import json
from pathlib import Path

import pytest

from labelsphere.annotations import Hierarchy
from labelsphere.errors import DataError, UsageError

TENCENT = "category_index\tcategory_id\tindex_of_parent_category\tcategory name\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "hierarchy"
    path.write_text(text, encoding="utf-8")
    return path


def parents(hierarchy: Hierarchy) -> dict[str, list[str]]:
    rows = hierarchy.parents.toarray()
    names = hierarchy.vocabulary.names
    return {
        name: [names[number] for number in row.nonzero()[0]]
        for name, row in zip(names, rows, strict=True)
    }


def test_tencent_gives_parents_by_index(tmp_path: Path) -> None:
    text = TENCENT + "0\tn9\t1\thorse\n1\tn1\t-1\tobject, physical object\n2\tn2\t1\tdog\n"
    found = Hierarchy.read(write(tmp_path, text))
    assert parents(found) == {"n9": ["n1"], "n1": [], "n2": ["n1"]}
    assert found.names == ("horse", "object, physical object", "dog")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("0\tn1\t7\tdog\n", "line 2: parent 7 is unknown; expected an index from 0 to 0"),
        ("0\tn1\t-2\tdog\n", "line 2: parent -2 is unknown"),
        ("1\tn1\t-1\tdog\n", "line 2: expected index 0, but got 1"),
        ("0\tn1\t-1\n", "line 2: expected index, code"),
        ("0\tn1\tx\tdog\n", "line 2: expected index, code"),
        ("0\tn1\t-1\tdog\n1\tn1\t0\tcat\n", "'n1' is given twice"),
        ("0\tn1\t1\tdog\n1\tn2\t0\tcat\n", "'n1' is a kind of 'n2' is a kind of 'n1'"),
    ],
)
def test_tencent_with_faults_is_refused(tmp_path: Path, lines: str, message: str) -> None:
    path = write(tmp_path, TENCENT + lines)
    with pytest.raises(DataError, match=message) as caught:
        Hierarchy.read(path)
    assert str(path) in str(caught.value)


def test_open_images_nests_kinds_and_leaves_parts_apart(tmp_path: Path) -> None:
    tree = {
        "LabelName": "/m/entity",
        "Subcategory": [
            {
                "LabelName": "/m/animal",
                "Part": [{"LabelName": "/m/eye", "Subcategory": [{"LabelName": "/m/pupil"}]}],
                "Subcategory": [{"LabelName": "/m/bat"}],
            },
            {"LabelName": "/m/flyer", "Subcategory": [{"LabelName": "/m/bat"}]},
        ],
    }
    assert parents(Hierarchy.read(write(tmp_path, json.dumps(tree)))) == {
        "/m/entity": [],
        "/m/animal": ["/m/entity"],
        "/m/eye": [],
        "/m/pupil": ["/m/eye"],
        "/m/bat": ["/m/animal", "/m/flyer"],
        "/m/flyer": ["/m/entity"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as JSON"),
        ('{"name": "x"}', "objects with LabelName and Subcategory"),
        ('[{"LabelName": "x"}]', "objects with LabelName and Subcategory"),
        ('{"LabelName": "x", "Subcategory": "y"}', "Subcategory of 'x' must be a list"),
        ('{"LabelName": "x", "Subcategory": ["y"]}', 'but got "y"'),
        ('{"LabelName": "x", "Subcategory": [{"LabelName": "x"}]}', "'x' is a kind of 'x'"),
    ],
)
def test_open_images_with_faults_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Hierarchy.read(write(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        'child,parent\ncrane,bird\ncrane,"machine, big"\n\nbird,\n',
        "\ufeffcrane\tbird\ncrane\tmachine, big\n",
    ],
)
def test_two_columns_are_child_and_parent(tmp_path: Path, text: str) -> None:
    assert parents(Hierarchy.read(write(tmp_path, text))) == {
        "crane": ["bird", "machine, big"],
        "bird": [],
        "machine, big": [],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("child,parent\n", "has no label"),
        ("crane,bird\ndog\n", "line 2: expected a label and its parent, but got 'dog'"),
        ("crane,bird,animal\n", "line 1"),
        (",bird\n", "line 1"),
        ("a,b\nb,a\n", "'a' is a kind of 'b' is a kind of 'a'"),
    ],
)
def test_two_columns_with_faults_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Hierarchy.read(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv is not a file"):
        Hierarchy.read(tmp_path / "none.csv")
