from pathlib import Path

import pytest

from labelsphere.annotations import Vocabulary
from labelsphere.errors import DataError, UsageError


def test_names_have_numbers_in_their_order() -> None:
    vocabulary = Vocabulary(["sky", "beach"])
    assert list(vocabulary) == ["sky", "beach"]
    assert [vocabulary.index(name) for name in vocabulary] == [0, 1]
    assert vocabulary[1] == "beach"
    assert vocabulary.get("crane") is None
    with pytest.raises(KeyError):
        vocabulary.index("crane")


def test_equal_names_in_another_order_are_another_vocabulary() -> None:
    one, other = Vocabulary(["a", "b"]), Vocabulary(["b", "a"])
    assert one != other
    assert one.fingerprint() != other.fingerprint()
    assert one == Vocabulary(iter(["a", "b"]))
    assert len({one, other, Vocabulary(["a", "b"])}) == 2


def test_an_alias_finds_its_label_and_is_none() -> None:
    vocabulary = Vocabulary(["sky", "beach"], {"shore": "beach"})
    assert vocabulary.get("shore") == vocabulary.index("shore") == vocabulary.index("beach")
    assert "shore" in vocabulary
    assert list(vocabulary) == ["sky", "beach"]
    assert len(vocabulary) == 2
    plain = Vocabulary(["sky", "beach"])
    assert vocabulary == plain
    assert hash(vocabulary) == hash(plain)
    assert vocabulary.fingerprint() == plain.fingerprint()


@pytest.mark.parametrize(
    ("aliases", "message"),
    [
        ({"sky": "beach"}, "an alias that is not a label, but got 'sky'"),
        ({"": "beach"}, "an alias that is not a label, but got ''"),
        ({"shore": "bech"}, "alias 'shore' stands for 'bech', which is not a label"),
    ],
)
def test_aliases_that_do_not_fit_are_refused(aliases: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Vocabulary(["sky", "beach"], aliases)


def test_joined_vocabularies_keep_their_labels_and_all_aliases() -> None:
    one = Vocabulary(["car", "sky"], {"auto": "car", "air": "sky"})
    other = Vocabulary(["auto", "sea", "sky"], {"air": "sea", "ocean": "sea", "car": "auto"})
    joined = one.joined(other)
    assert joined.names == ("car", "sky", "sea")
    assert joined.aliases == {"auto": "car", "air": "sky", "ocean": "sea"}
    # What the other knows as another name of its "auto" is, here, another name of "car".
    pkw = Vocabulary(["auto"], {"pkw": "auto"})
    assert one.joined(pkw).aliases == {"auto": "car", "air": "sky", "pkw": "car"}
    assert one.joined(Vocabulary(["sky"])) is one


def test_labels_are_named_as_another_vocabulary_names_them() -> None:
    known = Vocabulary(["car", "cat", "sky"], {"auto": "car", "tom": "cat", "air": "sky"})
    named = Vocabulary(["sea", "auto", "tom", "cat"], {"pkw": "auto", "air": "sea"})
    named = named.named_as_in(known)
    assert named.names == ("sea", "car", "cat")
    # "air" stands for another label over there, which is not here.
    assert named.aliases == {"pkw": "car", "air": "sea", "auto": "car", "tom": "cat"}
    plain = Vocabulary(["sea", "car"])
    assert plain.named_as_in(Vocabulary(["car"])) is plain


def test_close_spellings_are_found_among_labels_and_aliases() -> None:
    vocabulary = Vocabulary(["three", "tree", "horse"], {"timber": "tree"})
    assert vocabulary.close_to("Tree") == ["tree", "three"]
    assert vocabulary.close_to("timbre")[0] == "timber"
    assert vocabulary.close_to("xyz") == []


@pytest.mark.parametrize(
    ("names", "message"), [(["a", ""], "''"), (["a", "b", "a"], "'a' is given twice")]
)
def test_empty_and_repeated_names_are_refused(names: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Vocabulary(names)


def test_a_file_has_one_label_a_line(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_bytes("\ufeffsea, calm\r\n\r\n  beach \n".encode())
    assert Vocabulary.read(file).names == ("sea, calm", "beach")


def test_a_file_with_a_label_twice_is_named(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("sea\nsea\n")
    with pytest.raises(
        DataError, match=r"labels\.txt line 2: label 'sea' is given twice, first in"
    ):
        Vocabulary.read(file)
    with pytest.raises(UsageError, match="is not a file"):
        Vocabulary.read(tmp_path / "none.txt")
