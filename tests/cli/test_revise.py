"""``labelsphere revise``: tables, counts, spaces and taggers with their tags changed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.space import Counts, LabelSpace, count_cooccurrence
from labelsphere.tagger import Tagger
from labelsphere.tagger.decoders import log_prior
from tests.cli.conftest import Refused, run_process

TABLE = "image,tags,split\na,auto;road,train\nb,car;road,train\nc,car;auto;misc,test\nd,cat,test\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "tags.csv"
    path.write_text(TABLE)
    (tmp_path / "synonyms.csv").write_text("tag,becomes\nauto,car\nmisc,\nkfz,car\nship,boat\n")
    return path


def revised(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert main(["revise", *map(str, arguments), "--json"]) == 0
    result: dict[str, object] = json.loads(capsys.readouterr().out)
    return result


def test_a_table_by_a_list_of_synonyms(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = table.with_name("new.jsonl")
    options = ["--changes", table.with_name("synonyms.csv"), "--separator", ";"]
    result = revised(capsys, table, *options, "--output", output)
    told = {"before": 5, "removed": 1, "merged": 1, "labels": 3, "aliases": 2}
    assert result == {"output": str(output), **told}
    new = Annotations.read(output)
    expected = [["car", "road"], ["car", "road"], ["car"], ["cat"]]
    assert [new.tags_of(row) for row in range(4)] == expected
    assert new.column("split").to_list() == ["train", "train", "test", "test"]
    assert table.read_text() == TABLE


def test_counts_and_what_is_counted_into_them_afterwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, new = tmp_path / "counts", tmp_path / "new"
    tags = Annotations.from_lists([["auto", "road"], ["car", "road"], ["cat"]])
    count_cooccurrence(tags).save(folder)
    result = revised(capsys, folder, "--rename", "auto=car", "--output", new)
    assert (result["merged"], result["labels"]) == (1, 3)
    expected = count_cooccurrence(tags.revise({"auto": "car"}))
    assert Counts.load(new).joint.toarray().tolist() == expected.joint.toarray().tolist()
    # Who annotates goes on using both names, and an image with both has the tag once.
    (tmp_path / "more.csv").write_text("image,tags\na,auto|car|misc\nb,auto\nc,cat\n")
    assert (
        main(["count", str(tmp_path / "more.csv"), "--separator", "|", "--update", str(new)]) == 0
    )
    updated = Counts.load(new)
    assert updated.vocabulary.names == ("car", "cat", "road", "misc")
    assert updated.vocabulary.aliases == {"auto": "car"}
    assert updated.occurrences.tolist() == [4, 2, 2, 1]


def test_counts_that_do_not_tell_a_merge(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count_cooccurrence(Annotations.read(table, separator=";")).save(tmp_path / "counts")
    options = ["--rename", "auto=car", "--output", str(tmp_path / "new")]
    assert main(["revise", str(tmp_path / "counts"), *options]) == 1
    told = "how many images hold all of 'auto', 'car' and 'road' (0 to 1)"
    assert told in capsys.readouterr().err


def test_a_space_whose_old_names_are_still_found(
    space_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new"
    options = ["--rename", "horse=pony", "--rename", "cow = cattle", "--remove", "office"]
    result = revised(capsys, space_folder, *options, "--alias", "guy=man", "--output", new)
    assert (result["labels"], result["removed"], result["merged"]) == (5, 1, 0)
    for names in (["pony", "guy"], ["horse", "man"]):
        assert main(["combine", str(new), *names, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["neighbors"][0][0] == "rider"
    place = ["place", str(new), "milk", "--counts", "cow=2,meadow=2", "--images", "2"]
    assert main([*place, "--output", str(tmp_path / "larger")]) == 0
    assert LabelSpace.load(tmp_path / "larger").neighbors("milk", 1)[0].label == "cattle"


def test_a_tagger_predicts_by_the_new_names(
    shape_tagger: Path, shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new"
    options = ["--rename", "circle=disc", "--rename", "round=disc", "--remove", "angular"]
    revised(capsys, shape_tagger, *options, "--output", new)
    old, tagger = Tagger.load(shape_tagger), Tagger.load(new)
    assert set(tagger.vocabulary) == {*old.vocabulary, "disc"} - {"circle", "round", "angular"}
    picture = shapes / "pictures/00.png"
    before = {tag.label: tag.score for tag in old.tag(picture, top=99)}
    after = {tag.label: tag.score for tag in tagger.tag(picture, top=99)}
    for name in ("red", "green", "square", "triangle"):
        assert after[name] == pytest.approx(before[name], abs=1e-5)
    # Circles are round: both were embedded at about one point, and so is what they are now. Scores
    # are cosines times the decoder's weight, and a term of the label's frequency.
    weights = tagger.decoder_weights
    prior = dict(
        zip(tagger.vocabulary, log_prior(tagger.labels.counts, tagger.labels.n_images), strict=True)
    )
    before_prior = dict(
        zip(old.vocabulary, log_prior(old.labels.counts, old.labels.n_images), strict=True)
    )
    cosines = [
        (before[name] - weights.prior * float(before_prior[name])) / weights.terms[0]
        for name in ("circle", "round")
    ]
    disc = (after["disc"] - weights.prior * float(prior["disc"])) / weights.terms[0]
    assert disc == pytest.approx(np.mean(cosines), abs=0.1)


def test_the_table_as_a_process(space_folder: Path, tmp_path: Path) -> None:
    arguments = ["revise", str(space_folder), "--rename", "cow=horse"]
    done = run_process([*arguments, "--output", str(tmp_path / "new")])
    assert done.returncode == 0, done.stderr
    assert "Merged into others" in done.stdout
    assert f"written to {tmp_path / 'new'}" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "nothing to change; give --changes, --rename, --remove or --alias"),
        (["--rename", "hrose=pony"], 2, "no tag 'hrose' among the 6 labels to change"),
        (["--rename", "horse"], 2, "--rename must be two names with one = between"),
        (["--rename", "cow=a", "--rename", "cow=b"], 2, "gives 'cow' twice: 'a' and 'b'"),
        (["--rename", "cow=man", "--rename", "man=cow"], 2, "'cow' becomes 'man' becomes 'cow'"),
        (["--alias", "cow=man"], 2, "alias 'cow' is a label itself"),
        (["--remove", "cwo"], 2, "close spellings: 'cow'"),
        (["--changes", "nowhere.csv"], 2, "nowhere.csv is not a file"),
    ],
)
def test_what_is_refused(
    space_folder: Path, refused: Refused, arguments: list[str], code: int, message: str
) -> None:
    refused(["revise", str(space_folder), *arguments], code, message)


def test_the_original_stays(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--separator", ";", "--remove", "misc", "--overwrite", "--output", str(table)]
    assert main(["revise", str(table), *options]) == 2
    assert "is the input; name another file" in capsys.readouterr().err
    assert table.read_text() == TABLE


def test_a_table_written_back_finds_its_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    (tmp_path / "pics").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "pics/a.png")
    (tmp_path / "tags.csv").write_text("id,image,tags\n7,pics/a.png,sea\n")
    (tmp_path / "out").mkdir()
    for output in (tmp_path / "n.csv", tmp_path / "out/n.csv"):
        options = ["--rename", "sea=ocean", "--output", str(output)]
        assert main(["revise", str(tmp_path / "tags.csv"), *options]) == 0
        assert output.read_text() == "id,image,tags\n7,pics/a.png,ocean\n"
        told = f"read {output} with --images {tmp_path}" in capsys.readouterr().err
        assert told == (output.parent != tmp_path)
    assert Annotations.read(tmp_path / "n.csv").pictures is not None


def test_confidences_and_other_columns_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text("image,label,confidence\na,sea,0.3\na,sky,0.0\nb,sky,1.0\n")
    revised(capsys, tmp_path / "t.csv", "--rename", "sea=ocean", "--output", tmp_path / "n.csv")
    assert (tmp_path / "n.csv").read_text() == (
        "image,label,confidence\na,ocean,0.3\na,sky,0.0\nb,sky,1.0\n"
    )


def test_a_tag_called_none_is_kept_where_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text("image,tags\na,none\nb,sea\n")
    options = ["--rename", "sea=ocean", "--keep", "none", "--output", tmp_path / "n.csv"]
    revised(capsys, tmp_path / "t.csv", *options)
    assert (tmp_path / "n.csv").read_text() == "image,tags\na,none\nb,ocean\n"
