"""Categories of tags."""

from pathlib import Path

import pytest

from labelsphere.archive.categories import Categories
from labelsphere.errors import DataError, UsageError


def test_names_carry_their_category_unless_there_is_a_table() -> None:
    assert Categories().of("character:alice") == "character"
    assert [Categories().of(name) for name in ("sky", ":3", "rating:")] == ["", "", ""]
    table = Categories({"alice": "character"})
    assert (table.of("alice"), table.of("character:bob")) == ("character", "")


@pytest.mark.parametrize("column", ["tag", "label", "name"])
def test_a_table_is_read_by_its_header(tmp_path: Path, column: str) -> None:
    path = tmp_path / "categories.csv"
    path.write_text(f'number,category,{column}\n1,person,"Smith, J."\n2,place,Rome\n2,place,Rome\n')
    assert dict(Categories.read(path).table) == {"Smith, J.": "person", "Rome": "place"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tag,kind\na,b\n", "has the columns tag, kind; expected category and one of"),
        ("tag,category\na,b\na,c\n", "line 3: 'a' is in the categories 'b' and 'c'"),
        ("tag,category\n", "holds no tags"),
        ("", "has the columns"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "categories.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        Categories.read(path)
    with pytest.raises(UsageError, match="there is no file"):
        Categories.read(tmp_path / "other.csv")
