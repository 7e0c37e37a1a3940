import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.readers.cells import tags_in_lists, tags_in_text
from labelsphere.annotations.readers.kinds import kind_of
from labelsphere.errors import DataError

CELLS = st.lists(st.none() | st.text("ab, ;", max_size=8), min_size=1, max_size=8)


@given(CELLS, st.sampled_from([",", ";", ", ", ""]))
def test_cells_are_split_and_stripped(cells: list[str | None], separator: str) -> None:
    tags, _ = tags_in_text(pl.Series("tags", cells, pl.String), separator, None)
    assert tags.rows() == [
        (row, tag.strip())
        for row, cell in enumerate(cells)
        for tag in ((cell or "").split(separator) if separator else [cell or ""])
        if tag.strip()
    ]
    assert tags.schema["row"] == pl.Int64
    assert isinstance(tags.schema["tag"], pl.Enum)


@given(st.lists(st.none() | st.lists(st.none() | st.sampled_from(["a", " b ", ""])), max_size=8))
def test_lists_are_laid_end_to_end(lists: list[list[str | None] | None]) -> None:
    tags, _ = tags_in_lists(pl.Series("tags", lists, pl.List(pl.String)), None)
    assert tags.rows() == [
        (row, tag.strip())
        for row, inner in enumerate(lists)
        for tag in inner or []
        if tag is not None and tag.strip()
    ]


def test_lists_have_confidences_beside_them() -> None:
    lists = pl.Series("tags", [["a", "b"], [], None, ["c"]])
    beside = pl.Series("scores", [[0.5, None], [], None, [1]], pl.List(pl.Float32), strict=False)
    assert tags_in_lists(lists, beside)[0].rows() == [(0, "a", 0.5), (0, "b", None), (3, "c", 1.0)]


def test_confidences_must_fit_their_tags() -> None:
    lists = pl.Series("tags", [["a"], ["b", "c"]])
    with pytest.raises(DataError, match="row 2: 'tags' and 'scores' differ in length"):
        tags_in_lists(lists, pl.Series("scores", [[0.5], [0.5]]))
    with pytest.raises(DataError, match="'scores' holds lists of text; expected lists of numbers"):
        tags_in_lists(lists, pl.Series("scores", [["x"], ["y", "z"]]))


@pytest.mark.parametrize("dtype", [pl.Array(pl.String, 2), pl.List(pl.Categorical)])
def test_other_kinds_of_lists_of_text_will_do(dtype: pl.DataType) -> None:
    column = pl.Series("tags", [["a", "b"]], dtype)
    assert tags_in_lists(column, None)[0].rows() == [(0, "a"), (0, "b")]


def test_cells_have_confidences_as_numbers_or_text() -> None:
    cells = pl.Series("label", ["a", "b", None])
    for beside in (
        pl.Series("score", [" 0.5", None, "1"]),
        pl.Series("score", [0.5, None, 1]),
    ):
        tags, _ = tags_in_text(cells, "", beside)
        assert tags.rows() == [(0, "a", 0.5), (1, "b", None)]
    with pytest.raises(DataError, match="row 2: 'score' is 'high'; expected a number"):
        tags_in_text(cells, "", pl.Series("score", ["1", "high", ""]))
    with pytest.raises(DataError, match="'score' holds true and false; expected numbers"):
        tags_in_text(cells, "", pl.Series("score", [True, False, None]))


def test_other_types_are_refused_in_plain_words() -> None:
    with pytest.raises(DataError, match="'tags' holds lists of whole numbers; expected lists of"):
        tags_in_lists(pl.Series("tags", [[1, 2]]), None)
    with pytest.raises(DataError, match="'tags' holds whole numbers; expected text, or lists of"):
        tags_in_text(pl.Series("tags", [1, 2]), ",", None)
    with pytest.raises(DataError, match="'tags' holds lists of lists of text"):
        tags_in_lists(pl.Series("tags", [[["a"]]]), None)
    assert kind_of(pl.Float32()) == "numbers"
    assert kind_of(pl.Binary()) == "bytes"
    assert kind_of(pl.Date()) == "dates"


def test_a_wrong_separator_is_suspected() -> None:
    cells = pl.Series("tags", ["a;b", "c;d", "e"])
    _, notes = tags_in_text(cells, ",", None)
    assert notes == [
        "no cell of 'tags' holds ',', but 2 hold ';'; "
        "if that separates tags, give it with the argument `separator`"
    ]
    _, notes = tags_in_text(pl.Series("label", ["a, b", "c, d", "e"]), "", None)
    assert notes == [
        "2 cells of 'label' hold ',' and were read as one tag each; "
        "if a cell holds several tags, give the argument `separator`"
    ]


@pytest.mark.parametrize("cells", [["a;b", "c", "d"], ["a,b;c", "d;e"], [None], []])
def test_an_odd_cell_is_no_suspicion(cells: list[str | None]) -> None:
    _, notes = tags_in_text(pl.Series("tags", cells, pl.String), ",", None)
    assert notes == []


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["sky; sea", "sky"], ";"),
        (["sky|sea", None, "sky"], "|"),
        (["a;b"], ";"),
        (["a b", "c d", "e f"], " "),
        (["sky;sea", "tree;sky", "cat"], ";"),
    ],
)
def test_half_of_the_cells_are_enough_to_suspect(cells: list[str | None], mark: str) -> None:
    _, notes = tags_in_text(pl.Series("tags", cells, pl.String), ",", None)
    assert [f"hold {mark!r}" in note for note in notes] == [True]


def test_tags_of_two_words_are_no_suspicion() -> None:
    _, notes = tags_in_text(pl.Series("tags", ["wine glass", "cat"]), ",", None)
    assert notes == []
