"""Recognition of the columns of images and tags by their names."""

import re
from collections.abc import Sequence

from labelsphere.errors import DataError

# Between the words of imageName, but not in ImageID or IMAGE.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")

# In order of preference. Names are compared in lower case with `-` and blanks as `_`.
IMAGE_NAMES = (
    "image_id",
    "imageid",
    "id",
    "image",
    "image_name",
    "imagename",
    "file_name",
    "filename",
    "fname",
    "file",
    "path",
    "image_path",
    "imagepath",
    "file_path",
    "filepath",
    "image_file",
    "imagefile",
    "image_index",
    "img",
    "img_path",
    "img_name",
    "image_url",
    "picture",
    "photo",
    "url",
)
PATH_NAMES = (
    "path",
    "image_path",
    "imagepath",
    "file_path",
    "filepath",
    "image_file",
    "imagefile",
    "img_path",
    "file_name",
    "filename",
    "fname",
    "file",
    "image_name",
    "imagename",
    "img_name",
    "image",
    "img",
    "picture",
    "photo",
)
FOLDER_NAMES = ("folder", "directory", "dir", "subfolder", "image_folder")
"""Names of columns of the folder of a file in another column."""
SET_NAMES = (
    *("tags", "labels", "keywords", "categories", "classes", "label_names", "finding_labels"),
    *("tag_list", "taglist", "label_list", "labellist", "tag_names"),
)
"""Names of columns of all tags of an image."""
SINGLE_NAMES = (
    "tag",
    "label",
    "label_name",
    "labelname",
    "class_name",
    "category_name",
    "keyword",
    "category",
    "class",
)
"""Names of columns of one tag: the long form, one row per tag."""
CONFIDENCE_NAMES = ("confidence", "confidences", "probability", "probabilities", "score", "scores")
ABSENT_NAMES = ("absent_tags", "absent", "negative_tags", "negatives")
"""Names of columns of known absences."""
SPLIT_NAMES = ("split", "subset", "is_valid")
"""Names of split columns; the first that a table has is used."""
SCORE_NAMES = ("score", "scores")
"""Names that may also mean something else, such as an aesthetic score of the image."""

_MOST_SHOWN = 20


def plain_name(name: str) -> str:
    """Normalise a column's name for comparisons.

    Removes differences in case, ``-``, ``_``, blanks and line ends between words, and invisible
    letters.
    """
    words = " ".join(_UNSEEN.sub("", name).split())
    spaced = _CAMEL.sub("_", words.lstrip("#").strip())
    return spaced.lower().replace("-", "_").replace(" ", "_")


def recognise(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the column with the most preferred of some names, or None."""
    plain = {plain_name(column): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain), None)


def choose_column(
    columns: Sequence[str], given: str | None, names: Sequence[str], what: str, option: str
) -> str:
    """Choose the column given by the user, or else a recognised one.

    Args:
        columns: All columns.
        given: The user's choice, or None.
        names: Names to recognise, in order of preference.
        what: Contents of the column, for the message.
        option: Argument for the column, for the message.

    Raises:
        DataError: If there is no such column; the message lists the columns.
    """
    shown = ", ".join(repr(column) for column in columns[:_MOST_SHOWN])
    more = f" and {len(columns) - _MOST_SHOWN:,} more" if len(columns) > _MOST_SHOWN else ""
    there = f"{shown}{more}" or "none"
    if given is not None:
        if given not in columns:
            raise DataError(f"no column {given!r} for the {what}; the columns are: {there}")
        return given
    found = recognise(columns, names)
    if found is None:
        raise DataError(
            f"no column is recognised as the {what}; the columns are: {there}: "
            f"name one with the argument `{option}`"
        )
    return found
