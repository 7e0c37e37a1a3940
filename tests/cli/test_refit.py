"""``labelsphere refit``: a tagger goes on with tags that were added and counted anew."""

import json
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.space import LabelSpace, count_cooccurrence
from labelsphere.tagger import Tagger
from tests.cli.conftest import run_process


def refitted(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert main(["refit", *map(str, arguments), "--json"]) == 0
    result: dict[str, object] = json.loads(capsys.readouterr().out)
    return result


def test_the_same_tags_leave_everything_where_it_was(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = planted / "tags.csv"
    old = LabelSpace.fit(Annotations.read(source).select(range(140)))
    old.save(tmp_path / "space")
    result = refitted(capsys, tmp_path / "space", source, "--output", tmp_path / "new")
    assert (result["new"], result["gone"], result["aligned_labels"]) == ([], [], 6)
    assert result["aligned_proximity"] == pytest.approx(1, abs=1e-5)
    new = LabelSpace.load(tmp_path / "new")
    np.testing.assert_allclose(new.vectors, old.vectors, atol=1e-4)
    assert [entry["label"] for entry in result["moved"]] == [n.label for n in new.moved(old)]


def test_a_tagger_knows_a_tag_that_was_counted_after_its_training(
    shape_tagger: Path, shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = Annotations.read(shapes / "tags.csv")
    # Every circle is a ball from now on, and one of two names for squares goes.
    lists = [
        [*tags.tags_of(row), *(["ball"] if "circle" in tags.tags_of(row) else [])]
        for row in range(tags.n_images)
    ]
    more = Annotations.from_lists(lists).revise({"round": None})
    more.write(tmp_path / "more.csv")
    output = tmp_path / "tagger"
    result = refitted(capsys, shape_tagger, tmp_path / "more.csv", "--output", output)
    assert (result["new"], result["gone"]) == (["ball"], ["round"])
    old, new = Tagger.load(shape_tagger), Tagger.load(output)
    assert new.space is not None
    assert old.space is not None
    assert new.space.dim == old.space.dim
    ranks: dict[bool, list[int]] = {True: [], False: []}
    right = 0
    for picture in sorted((shapes / "pictures").glob("[0-9]*.png")):
        number = int(picture.stem)
        names = [tag.label for tag in new.tag(picture, top=20)]
        ranks[number // 3 % 3 == 0].append(names.index("ball"))
        colours = [name for name in names if name in ("red", "green", "blue")]
        right += colours[0] == ("red", "green", "blue")[number % 3]
    assert np.mean(ranks[True]) + 1 < np.mean(ranks[False])
    assert right > 0.8 * 72


def test_from_counts_as_a_process(space_folder: Path, tmp_path: Path) -> None:
    rows = [["man", "horse", "rider"]] * 8 + [["cow", "meadow"]] * 5 + [["office", "desk"]] * 4
    count_cooccurrence(Annotations.from_lists(rows)).save(tmp_path / "counts")
    arguments = ["refit", str(space_folder), str(tmp_path / "counts"), "--dim", "3"]
    done = run_process([*arguments, "--output", str(tmp_path / "new")])
    assert done.returncode == 0, done.stderr
    assert "Moved farthest" in done.stdout
    assert "new: desk" in done.stderr
    assert LabelSpace.load(tmp_path / "new").dim == LabelSpace.load(space_folder).dim


@pytest.mark.parametrize(
    ("rows", "options", "code", "message"),
    [
        (
            [["x", "y"]] * 3 + [["z"]],
            [],
            1,
            "none of the 3 labels has an embedding in the old space",
        ),
        ([["x", "man"]] * 3 + [["y"]], [], 2, "1 labels in common, too few to align"),
        ([["man", "cow"]], ["--dim", "99"], 2, "dim must be at most"),
        ([["man", "cow"]], ["--option", "shift=2"], 2, "'pmi' has no option 'shift'"),
    ],
)
def test_what_is_refused(
    space_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: list[list[str]],
    options: list[str],
    code: int,
    message: str,
) -> None:
    Annotations.from_lists(rows).write(tmp_path / "new.csv")
    output = tmp_path / "new"
    arguments = [str(space_folder), str(tmp_path / "new.csv"), *options, "--output", str(output)]
    assert main(["refit", *arguments]) == code
    assert message in capsys.readouterr().err
    assert not output.exists()
