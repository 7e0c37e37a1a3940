"""What becomes of tags: chains, merges, aliases, files, and what is refused."""

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labelsphere.annotations import Revision, Vocabulary
from labelsphere.errors import DataError, UsageError

VOCABULARY = Vocabulary(["auto", "bike", "car", "misc"], {"kfz": "car"})


def test_changes_follow_each_other() -> None:
    change = Revision({"a": "b", "b": "c", "d": "c", "e": "f", "f": None, "g": "g"})
    assert change.becomes == {"a": "c", "b": "c", "d": "c", "e": None, "f": None}


def test_a_rename_keeps_the_place_and_a_merge_takes_the_one_of_its_name() -> None:
    after, places = Revision({"auto": "car", "bike": "cycle"}).apply(VOCABULARY)
    assert after.names == ("cycle", "car", "misc")
    assert places.tolist() == [1, 0, 1, 2]
    assert after.aliases == {"kfz": "car", "auto": "car", "bike": "cycle"}
    after, places = Revision({"auto": "vehicle", "car": "vehicle"}).apply(VOCABULARY)
    assert after.names == ("vehicle", "bike", "misc")
    assert places.tolist() == [0, 1, 0, 2]
    assert after.aliases == {"kfz": "vehicle", "auto": "vehicle", "car": "vehicle"}


def test_a_removed_tag_takes_its_aliases_along() -> None:
    after, places = Revision({"car": None}).apply(VOCABULARY)
    assert after.names == ("auto", "bike", "misc")
    assert after.aliases == {}
    assert places.tolist() == [0, 1, -1, 2]


def test_aliases_are_added_moved_and_taken_away() -> None:
    assert Revision({}, {"pkw": "car"}).apply(VOCABULARY)[0].aliases == {"kfz": "car", "pkw": "car"}
    # An alias stands for what it is an alias of, and a new name for an old one is a name.
    assert Revision({}, {"pkw": "kfz"}).apply(VOCABULARY)[0].aliases["pkw"] == "car"
    assert Revision({"kfz": None}).apply(VOCABULARY)[0].aliases == {}
    assert Revision({"kfz": "bike"}).apply(VOCABULARY)[0].aliases == {"kfz": "bike"}
    assert Revision({"auto": "kfz"}).apply(VOCABULARY)[0].aliases == {"kfz": "car", "auto": "car"}
    after, places = Revision({"car": "kfz"}).apply(VOCABULARY)
    assert (after.names, after.aliases) == (("auto", "bike", "kfz", "misc"), {"car": "kfz"})
    assert places.tolist() == [0, 1, 2, 3]
    after, _ = Revision({"car": "wagon"}, {"pkw": "car"}).apply(VOCABULARY)
    assert after.aliases == {"kfz": "wagon", "car": "wagon", "pkw": "wagon"}


def test_tags_that_need_not_be_known_become_aliases() -> None:
    lenient = Revision({"pkw": "car", "ship": "boat", "gone": None}, expected=())
    after, places = lenient.apply(VOCABULARY)
    assert (after.names, places.tolist()) == (VOCABULARY.names, [0, 1, 2, 3])
    assert after.aliases == {"kfz": "car", "pkw": "car"}


NAMES = st.sampled_from("abcdefgh")


@given(
    st.lists(NAMES, min_size=2, unique=True),
    st.dictionaries(NAMES, st.none() | NAMES),
)
def test_every_label_ends_where_a_walk_ends(
    names: list[str], changes: dict[str, str | None]
) -> None:
    def walk(tag: str | None) -> str | None:
        for _ in range(9):
            tag = None if tag is None else changes.get(tag, tag)
        return tag

    moved = {name: walk(name) for name in names}
    vocabulary = Vocabulary(names)
    # A walk that has not come to its end after so many steps goes round.
    round_about = any(
        (end := walk(tag)) is not None and changes.get(end, end) != end for tag in changes
    )
    if round_about:
        with pytest.raises(UsageError, match="the changes form a cycle"):
            Revision(changes)
        return
    revision = Revision(changes, expected=())
    if not any(moved.values()):
        with pytest.raises(UsageError, match="would be removed"):
            revision.apply(vocabulary)
        return
    if all(name == end for name, end in moved.items()):
        assume(any(walk(tag) in names for tag in changes if tag not in names))
    after, places = revision.apply(vocabulary)
    assert set(after.names) == set(moved.values()) - {None}
    for name, place in zip(names, places.tolist(), strict=True):
        assert (None if place < 0 else after[place]) == moved[name]
        # An old name still finds what it became, unless it is another label's name now.
        if moved[name] is not None and name not in after.names:
            assert after.index(name) == place


@pytest.mark.parametrize(
    ("changes", "aliases", "message"),
    [
        ({"atuo": "car"}, None, "no tag 'atuo' among the 4 labels to change; close .* 'auto'"),
        ({"car": "car"}, None, "none of the 0 changes concerns the 4 labels"),
        ({}, {"kfz": "car"}, "none of the 1 changes concerns"),
        ({}, {"bike": "car"}, "alias 'bike' is a label itself"),
        ({}, {"pkw": "cra"}, "no tag 'cra' .* close spellings: 'car'"),
        (dict.fromkeys(VOCABULARY.names), None, "all 4 labels would be removed"),
    ],
)
def test_what_does_not_fit_the_vocabulary_is_refused(
    changes: dict[str, str | None], aliases: dict[str, str] | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        Revision(changes, aliases).apply(VOCABULARY)


def test_a_circle_is_refused_and_told() -> None:
    with pytest.raises(UsageError, match="'b' becomes 'c' becomes 'b': the changes form a cycle"):
        Revision({"b": "c", "c": "b"})
    with pytest.raises(UsageError, match="'a' becomes 'b' becomes 'c' becomes 'b'"):
        Revision({"a": "b", "b": "c", "c": "b"})


@pytest.mark.parametrize("changes", [{"": "a"}, {"a": ""}, {"a": 3}])
def test_names_are_texts(changes: dict[str, str | None]) -> None:
    with pytest.raises(DataError, match="non-empty strings"):
        Revision(changes)


def test_a_revision_stays_as_it_is_and_has_its_own_aliases() -> None:
    change = Revision({"a": "b"})
    assert Revision.of(change) is change
    assert Revision.of({"a": "b"}, {"c": "b"}).aliases == {"c": "b"}
    with pytest.raises(UsageError, match="its own aliases"):
        Revision.of(change, {"c": "b"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "tag,becomes\nauto,car\nmisc,\n\nship,boat\n"),
        ("a.tsv", "auto\tcar\nmisc\t\nship\tboat\n"),
        ("a.json", json.dumps({"auto": "car", "misc": None, "ship": "boat"})),
        ("bom.csv", "\ufeffauto,car\nmisc,\nship,boat"),
    ],
)
def test_files_say_what_becomes_of_tags(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    change = Revision.read(tmp_path / name)
    assert change.becomes == {"auto": "car", "misc": None, "ship": "boat"}
    # A site's list names more than one vocabulary has.
    assert change.apply(Vocabulary(["misc", "car"]))[0].aliases == {"auto": "car"}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("a,b\nb,c,d\n", DataError, "line 2: expected a tag and what it becomes, but got 'b,c,d'"),
        (",b\n", DataError, "line 1: expected a tag"),
        ("a,b\na,c\n", DataError, "'a' becomes both 'b' and 'c'"),
        ('{"a": "b", "a": null}', DataError, "'a' becomes both 'b' and None"),
        ('{"a": ["b"]}', DataError, "'a' must become a text or null"),
        ('{"a": "b"', DataError, "cannot be read as JSON"),
        ("a,b\nb,a\n", UsageError, "'a' becomes 'b' becomes 'a'"),
        ("", DataError, "is empty"),
    ],
)
def test_files_that_cannot_be_used_are_named(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "changes.csv"
    path.write_text(text)
    with pytest.raises(error, match=message) as found:
        Revision.read(path)
    assert "changes.csv" in str(found.value)
    with pytest.raises(UsageError, match="is not a file; expected tags and what they become"):
        Revision.read(tmp_path / "none.csv")
