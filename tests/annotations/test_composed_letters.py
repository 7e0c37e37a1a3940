"""Tags that look the same are one: letters are composed at reading, and found either way."""

import json
from pathlib import Path
from unicodedata import normalize

import pytest

from labelsphere.annotations import Annotations, Revision, Vocabulary, stream_annotations
from labelsphere.space import LabelSpace

WORDS = ["café", "ñandú", "Ångström", "крайний", "한국", "ガラス", "ü", "ệ"]


@pytest.mark.parametrize("word", WORDS)
def test_two_forms_are_one_tag(tmp_path: Path, word: str) -> None:
    one, two = normalize("NFC", word), normalize("NFD", word)
    assert one != two
    (tmp_path / "t.csv").write_text(f'image,tags\na,"{one},sky"\nb,{two}\nc,"{one},{two}"\n')
    for tags in (
        Annotations.read(tmp_path / "t.csv"),
        next(stream_annotations(tmp_path / "t.csv").chunks()),
        Annotations.from_lists([[one, "sky"], [two], [one, two]]),
    ):
        assert set(tags.vocabulary.names) == {one, "sky"}
        assert tags.label_counts().sum() == 4
    report = Annotations.read(tmp_path / "t.csv").report
    assert report.composed_tags == 2
    assert report.duplicate_tags == 1
    assert len([told for told in report.remarks() if "composed letters" in told]) == 1


def test_hidden_letters_and_composed_ones_are_counted_apart() -> None:
    report = Annotations.from_lists([["sk\u00ady", "cafe\u0301"], ["sk\u00ady"], ["sea"]]).report
    assert (report.hidden_letters, report.composed_tags) == (2, 1)


@pytest.mark.parametrize("word", WORDS)
def test_a_lookup_finds_either(word: str) -> None:
    forms = normalize("NFC", word), normalize("NFD", word)
    for known in forms:
        vocabulary = Vocabulary(["sky", known], {"alias " + known: "sky"})
        for asked in forms:
            assert vocabulary.index(asked) == 1
            assert vocabulary.get("alias " + asked) == 0
            assert asked in vocabulary
        # A table is read with composed letters, whatever the vocabulary has.
        tags = Annotations.from_lists([forms], vocabulary=vocabulary)
        assert tags.tags_of(0) == [known]
        assert tags.report.unknown_tags == {}
        assert tags.report.duplicate_tags == 1


def test_both_forms_in_an_old_vocabulary_stay_two_labels() -> None:
    one, two = normalize("NFC", "café"), normalize("NFD", "café")
    vocabulary = Vocabulary([two, one])
    assert vocabulary.index(one) == 1
    assert vocabulary.index(two) == 0


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("old", ["NFC", "NFD"])
def test_a_change_finds_either(form: str, old: str) -> None:
    vocabulary = Vocabulary([normalize(old, "café"), "sky"])  # type: ignore[arg-type]
    after, places = Revision({normalize(form, "café"): "bar"}).apply(vocabulary)  # type: ignore[arg-type]
    assert after.names == ("bar", "sky")
    assert places.tolist() == [0, 1]


def test_a_space_with_decomposed_labels_loses_none(tmp_path: Path) -> None:
    decomposed = normalize("NFD", "café")
    rows = [["café", "sky"], ["café", "sea"], ["sky", "sea", "tree"], ["tree", "café"]]
    tags = Annotations.from_lists(rows)
    space = LabelSpace.fit(tags.revise({"café": decomposed}), dim=1)
    assert decomposed in space.vocabulary.names
    (tmp_path / "t.json").write_text(json.dumps([{"image": "a", "tags": ["café"]}]))
    aligned = space.align(Annotations.read(tmp_path / "t.json"))
    assert aligned.report.unknown_tags == {}
    assert aligned.tags_of(0) == [decomposed]
    again = space.refit(tags)
    assert again.vocabulary.names == space.vocabulary.names
