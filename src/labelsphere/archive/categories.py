"""Categories of tags, such as character or place: from a table, or from the tags' own names."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from labelsphere.annotations.text import decode_text
from labelsphere.errors import DataError, UsageError

_NAMES = ("tag", "label", "name")
_CATEGORY = "category"


@dataclass(frozen=True)
class Categories:
    """Categories of tags.

    Attributes:
        table: Category of each tag. If it is empty, a category is the text before the first colon
            of a name.

    Examples:
        >>> Categories().of("character:alice")
        'character'
        >>> Categories({"alice": "character"}).of("sky")
        ''
    """

    table: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """Return the category of a tag; empty if it has none."""
        if self.table:
            return self.table.get(name, "")
        before, colon, after = name.partition(":")
        return before if colon and after else ""

    @classmethod
    def read(cls, path: Path) -> "Categories":
        """Read a CSV file with the columns ``category`` and ``tag``, ``label`` or ``name``.

        Raises:
            UsageError: If there is no such file.
            DataError: If it has no such columns, or a tag is in two categories.
        """
        if not path.is_file():
            raise UsageError(f"there is no file {path}; expected a CSV file of tag,category")
        rows = csv.DictReader(StringIO(decode_text(path.read_bytes(), path), newline=""))
        names = rows.fieldnames or []
        column = next((name for name in _NAMES if name in names), None)
        if column is None or _CATEGORY not in names:
            raise DataError(
                f"{path} has the columns {', '.join(names)}; expected {_CATEGORY} and one of "
                f"{', '.join(_NAMES)}"
            )
        table: dict[str, str] = {}
        for row in rows:
            name, category = (row[column] or "").strip(), (row[_CATEGORY] or "").strip()
            if table.setdefault(name, category) != category:
                raise DataError(
                    f"{path}, line {rows.line_num}: {name!r} is in the categories "
                    f"{table[name]!r} and {category!r}; expected one"
                )
        if not table:
            raise DataError(f"{path} holds no tags; expected one line per tag below the header")
        return cls(table)
