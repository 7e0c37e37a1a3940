import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import ReadReport, Vocabulary
from labelsphere.annotations.assembly import assemble

_NAMES = ["unused", "cafe\u0301", "sky", "caf\u00e9"]
TRIPLES = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from("abcde"), st.sampled_from([0.25, 0.5, 0.75, 1.0])),
    max_size=30,
)


@given(TRIPLES, st.integers(1, 3), st.booleans())
def test_the_highest_confidence_of_each_pair_stays(
    triples: list[tuple[int, str, float]], min_count: int, weighted: bool
) -> None:
    report = ReadReport()
    vocabulary, matrix = assemble(
        np.array([row for row, _, _ in triples], np.int64),
        pl.Series([tag for _, tag, _ in triples], dtype=pl.String),
        np.array([value for _, _, value in triples], np.float32) if weighted else None,
        n_images=5,
        min_count=min_count,
        report=report,
    )

    best: dict[tuple[int, str], float] = {}
    for row, tag, value in triples:
        best[row, tag] = max(value if weighted else 1.0, best.get((row, tag), 0.0))
    images = {tag: sum(other == tag for _, other in best) for _, tag in best}
    names = sorted(tag for tag in images if images[tag] >= min_count)
    expected = np.array([[best.get((row, name), 0.0) for name in names] for row in range(5)])

    assert vocabulary.names == tuple(names)
    assert matrix.has_canonical_format
    assert matrix.dtype == np.float32
    assert matrix.nnz == np.count_nonzero(expected)
    np.testing.assert_array_equal(matrix.toarray(), expected.reshape(5, len(names)))
    assert report.duplicate_tags == len(triples) - len(best)
    assert report.rare_labels == len(images) - len(names)


def test_a_given_vocabulary_is_kept_in_its_order() -> None:
    report = ReadReport(unknown_tags={"x": 1})
    kept = Vocabulary(["c", "none", "a"])
    vocabulary, matrix = assemble(
        np.array([1, 0, 0, 1, 1]),
        pl.Series(["a", "a", "x", "c", "x"]),
        np.array([0.5, 1, 1, 0.25, 1], np.float32),
        n_images=3,
        vocabulary=kept,
        report=report,
    )
    assert vocabulary is kept
    assert matrix.toarray().tolist() == [[0, 0, 1], [0.25, 0, 0.5], [0, 0, 0]]
    assert matrix.indices.tolist() == [2, 0, 2]
    assert report.unknown_tags == {"x": 3}
    assert report.rare_labels == 0


def test_names_of_an_enum_that_are_not_used_are_no_labels() -> None:
    for kept in (None, Vocabulary(["sky", "cafe\u0301"])):
        report = ReadReport()
        vocabulary, matrix = assemble(
            np.array([1, 1, 0]),
            pl.Series(["caf\u00e9", "cafe\u0301", "sky"], dtype=pl.Enum(_NAMES)),
            None,
            n_images=2,
            vocabulary=kept,
            report=report,
        )
        assert vocabulary.names == (kept.names if kept else ("caf\u00e9", "sky"))
        columns = [vocabulary.index("sky"), 1 - vocabulary.index("sky")]
        assert matrix[:, columns].toarray().tolist() == [[1, 0], [0, 1]]
        assert (report.composed_tags, report.duplicate_tags) == (1, 1)
        assert (report.rare_labels, report.unknown_tags) == (0, {})


def test_tags_given_by_an_alias_are_the_label_once() -> None:
    report = ReadReport()
    vocabulary = Vocabulary(["cat", "car"], {"auto": "car"})
    names = pl.Series(["auto", "car", "auto", "ship"], dtype=pl.String)
    _, matrix = assemble(
        np.array([0, 0, 1, 1]),
        names,
        np.array([0.25, 0.5, 0.75, 1.0], np.float32),
        n_images=2,
        vocabulary=vocabulary,
        report=report,
    )
    assert matrix.toarray().tolist() == [[0.0, 0.5], [0.0, 0.75]]
    assert (report.duplicate_tags, report.unknown_tags) == (1, {"ship": 1})
