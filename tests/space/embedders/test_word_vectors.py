"""Labels by the words of their names."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space.embedders.word_vectors import embed_by_words

WORDS = """\
sky 3 0 0
traffic 0 2 0
light 0 0 5
traffic_light 0 3 4
Paris 0 1 0
paris 1 0 0
nothing 0 0 0
"""


def embedded(folder: Path, *names: str, **options: object) -> tuple[np.ndarray, dict[str, object]]:
    (folder / "words.txt").write_text(WORDS, encoding="utf-8")
    tags = Annotations.from_lists([[]], vocabulary=Vocabulary(names))
    embedding = embed_by_words(tags, path=str(folder / "words.txt"), **options)
    return embedding.vectors, embedding.facts


def test_a_label_is_its_words_vector_at_unit_norm_though_no_image_has_it(tmp_path: Path) -> None:
    vectors, facts = embedded(tmp_path, "sky", "light")
    assert vectors.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert vectors.dtype == np.float32
    assert (facts["unknown"], facts["partly_known"]) == (0, 0)


def test_a_name_of_several_words_is_looked_up_whole_first(tmp_path: Path) -> None:
    vectors, _ = embedded(tmp_path, "traffic light", "Traffic Light")
    np.testing.assert_allclose(vectors, [[0, 0.6, 0.8]] * 2, atol=1e-7)


@pytest.mark.parametrize("name", ["sky light", "light/sky", "Sky-Light", "sky_light (sky)"])
def test_other_words_are_averaged_each_at_unit_norm(tmp_path: Path, name: str) -> None:
    vectors, _ = embedded(tmp_path, name)
    times = np.array([name.lower().count("sky"), 0, 1])
    np.testing.assert_allclose(vectors[0], times / np.linalg.norm(times), atol=1e-6)


def test_capitals_are_kept_where_the_file_knows_them(tmp_path: Path) -> None:
    vectors, _ = embedded(tmp_path, "Paris", "paris", "PARIS", "SKY")
    assert vectors.tolist() == [[0, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]]


def test_unknown_labels_have_no_place_and_are_told(tmp_path: Path) -> None:
    vectors, facts = embedded(tmp_path, "sky", "glamping", "nothing", "sky diving")
    assert vectors.any(axis=1).tolist() == [True, False, False, True]
    assert vectors[3].tolist() == vectors[0].tolist()
    assert facts["unknown"] == 2
    assert facts["unknown_labels"] == ["glamping", "nothing"]
    assert facts["partly_known"] == 1


def test_dim_is_the_files_own(tmp_path: Path) -> None:
    assert embedded(tmp_path, "sky", dim=3)[0].shape == (1, 3)
    with pytest.raises(UsageError, match=r"dim must be 3, the width of .*words.txt, but got 300"):
        embedded(tmp_path, "sky", dim=300)


def test_labels_none_of_which_is_known_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none of the 2 labels .*words.txt knows no word of them"):
        embedded(tmp_path, "glamping", "kitesurfing")


def test_safetensors_say_the_same_as_text(tmp_path: Path) -> None:
    lines = [line.split() for line in WORDS.splitlines()]
    matrix = np.array([line[1:] for line in lines], np.float32)
    save_file({"vectors": matrix}, tmp_path / "v.safetensors")
    words = tmp_path / "names.txt"
    words.write_text("\n".join(line[0] for line in lines), encoding="utf-8")
    tags = Annotations.from_lists([["sky light", "Paris"]])
    embedding = embed_by_words(tags, path=str(tmp_path / "v.safetensors"), words=str(words))
    from_text, _ = embedded(tmp_path, *tags.vocabulary)
    assert np.array_equal(embedding.vectors, from_text)
    assert embedding.facts["options"] == {
        "path": str(tmp_path / "v.safetensors"),
        "words": str(words),
    }
