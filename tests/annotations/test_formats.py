from labelsphere.annotations.formats import formats_as_markdown, read_formats, write_formats
from labelsphere.annotations.readers import READERS
from labelsphere.annotations.writers import WRITERS


def test_every_reader_and_writer_has_a_row() -> None:
    assert [name for name, _, _ in read_formats()] == list(READERS)
    assert [name for name, _, _ in write_formats()] == list(WRITERS)
    for name, told, text in read_formats():
        assert text == READERS[name].description
        assert all(suffix in told for suffix in READERS[name].suffixes)
    for name, kept, _ in write_formats():
        assert all(what in kept for what in WRITERS[name].keeps)
        assert (kept == "tags only") == (not WRITERS[name].keeps)


def test_folders_are_told_by_their_form() -> None:
    told = {name: how for name, how, _ in read_formats()}
    assert told["folder"] == "a folder of this form"
    assert told["csv"] == "`.csv` `.tsv` `.tab`"


def test_markdown_has_a_line_a_format_and_two_headings() -> None:
    lines = formats_as_markdown().split("\n")
    assert len(lines) == len(READERS) + len(WRITERS) + 5
    rows = [line for line in lines if line.startswith("| `") and not line.startswith("| `--")]
    assert [row.split("`")[1] for row in rows] == [*READERS, *WRITERS]
    # A bar within a description would be a column of its own.
    assert {row.count("|") for row in rows} == {4}
