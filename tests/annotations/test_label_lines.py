import pytest

from labelsphere.annotations.label_lines import label_lines


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("sky\nsea\n", [(1, "sky"), (2, "sea")]),
        (" sky \r\n\r\nsea", [(1, "sky"), (3, "sea")]),
        ("salt, pepper\nsky\n", [(1, "salt, pepper"), (2, "sky")]),
        ("tag\nsky\n", [(1, "tag"), (2, "sky")]),
        ("tag_id,name,category,count\n1,sky,0,5\n2,sea,0,3\n", [(2, "sky"), (3, "sea")]),
        ('id,tag_id,name\n1,1,"salt, pepper"\n', [(2, "salt, pepper")]),
        ("id\tname\n1\tsky\n", [(2, "sky")]),
        ("LabelName,DisplayName\n/m/01,Sky\n", [(2, "Sky")]),
        ('"name","count"\nsky,1\n\nsea,2\nshort\n', [(2, "sky"), (4, "sea"), (5, "short")]),
        ("cafe\u0301\n", [(1, "café")]),
        ("", []),
    ],
)
def test_lists_of_labels(text: str, labels: list[tuple[int, str]]) -> None:
    assert label_lines(text) == labels
