"""Tags gathered image by image."""

from labelsphere.annotations.readers.marked_tags import MarkedTags


def test_the_highest_confidence_of_a_tag_counts() -> None:
    found = MarkedTags()
    found.add("a", [("cat", 0.0), (" cat ", 0.4), ("cat", 0.2), ("", 0.9), ("sky", None)])
    found.add("b", [("cat", None), ("cat", 0.3)], path="data/b.png")
    table = found.table(["told"])
    assert table.tags.rows() == [(0, "cat", 0.4), (0, "sky", None), (1, "cat", None)]
    assert table.image_ids.to_list() == ["a", "b"]
    assert table.paths is not None
    assert table.paths.to_list() == ["a", "data/b.png"]
    assert table.columns.width == 0
    assert table.notes == ("told",)


def test_columns_are_there_only_where_they_say_something() -> None:
    found = MarkedTags()
    found.add("a", [("cat", None)], split="train")
    found.add("b", [])
    table = found.table()
    assert table.tags.columns == ["row", "tag"]
    assert table.columns["split"].to_list() == ["train", None]
    assert MarkedTags().table().rows == 0
