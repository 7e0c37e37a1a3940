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
    with pytest.raises(DataError, match=r"labels\.txt: label 'sea' is given twice"):
        Vocabulary.read(file)
    with pytest.raises(UsageError, match="is no file"):
        Vocabulary.read(tmp_path / "none.txt")
