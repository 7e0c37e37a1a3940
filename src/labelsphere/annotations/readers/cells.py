"""Conversion of a column of tags to one row per tag."""

import polars as pl

from labelsphere.annotations.distinct import as_enum, names_of
from labelsphere.annotations.empty_markers import marks_nothing
from labelsphere.annotations.readers.kinds import kind_of
from labelsphere.annotations.readers.raw import RowLocation, counted_row
from labelsphere.annotations.readers.text_lists import MEND, looks_listed, parse_list
from labelsphere.annotations.report import number_of
from labelsphere.errors import DataError

_OTHER_SEPARATORS = (";", "|", ",", "，", "、", "；", "،", " ")
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u{2028}\u{2029}]"
_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
_MAY_BE_LISTED = r"^\s*(?:\[|\{|\(|np\.array\(|array\(|frozenset\(|set\(|list\(|tuple\()"

# Fields of objects in lists of tags, as Labelsphere and other taggers write them.
_LABEL_FIELDS = ("label", "tag", "name", "class", "category", "key")
_CONFIDENCE_FIELDS = ("probability", "confidence", "score", "value")
_ACCEPTED = "accepted"

_NUMBERS_MEND = ": write the classes' names instead of their numbers"


def tags_in_lists(
    column: pl.Series, confidences: pl.Series | None, location: RowLocation = counted_row
) -> tuple[pl.DataFrame, list[str]]:
    """Extract tags from a column of lists.

    Args:
        column: Lists or arrays of strings, or of objects with a label and a confidence; null counts
            as empty.
        confidences: Lists of numbers, each as long as its list of tags, or None.
        location: Function that describes the location of a row, for messages.

    Returns:
        A frame like `RawTable.tags`, and notes on how objects were read.

    Raises:
        DataError: If the lists contain other values, the confidences do not fit, or a tag contains
            a control character.
    """
    if isinstance(column.dtype, pl.Array):
        column = column.arr.to_list()
    notes: list[str] = []
    inner = column.dtype.inner  # type: ignore[attr-defined] # of lists
    if isinstance(inner, pl.Struct):
        column, confidences, notes = _objects(column, confidences)
        inner = column.dtype.inner  # type: ignore[attr-defined] # of lists
    if not (inner in (pl.String, pl.Null, pl.Categorical) or isinstance(inner, pl.Enum)):
        raise DataError(
            f"column {column.name!r} holds lists of {kind_of(inner)}; expected lists of text"
            + (_NUMBERS_MEND if inner.is_integer() else "")
        )
    parts = {"tag": column.cast(pl.List(pl.String))}
    if confidences is not None:
        inner = confidences.dtype.inner  # type: ignore[attr-defined] # of lists
        if not (inner.is_numeric() or inner == pl.Null):
            raise DataError(
                f"column {confidences.name!r} holds {kind_of(confidences.dtype)}; "
                "expected lists of numbers"
            )
        unequal = (column.list.len() != confidences.list.len()).fill_null(value=False)
        if unequal.any():
            raise DataError(
                f"{location(unequal.arg_true()[0])}: {column.name!r} and {confidences.name!r} "
                "differ in length; expected one confidence per tag"
            )
        shares = confidences.cast(pl.List(pl.Float64)).list.eval(pl.element().fill_nan(None))
        # Tags of a row without confidences have no confidence.
        unknown = column.list.eval(pl.lit(None, pl.Float64))
        parts["confidence"] = pl.select(
            pl.when(shares.is_null()).then(unknown).otherwise(shares)
        ).to_series()
    frame = pl.DataFrame(parts).with_row_index("row")
    filled = frame.filter(pl.col("tag").list.len() > 0)
    exploded = filled.explode(list(parts))
    exploded = exploded.with_columns(as_enum(exploded["tag"]))
    elements, listed = _unlisted(exploded, column.name, location)
    notes += listed + _element_notes(elements, column.name)
    if confidences is not None and shares.null_count() < len(shares):
        notes += _missing_note(elements, confidences.name)
    return _clean(elements, location), notes


def tags_in_text(
    column: pl.Series,
    separator: str,
    confidences: pl.Series | None,
    location: RowLocation = counted_row,
) -> tuple[pl.DataFrame, list[str]]:
    """Extract tags from a column of text.

    Args:
        column: Text; null has no tag. A cell that is a list written as text, such as
            ``['sky', 'sea']``, is parsed as a list.
        separator: Text between tags; empty if each cell is one tag.
        confidences: One number per cell, as number or text, or None.
        location: Function that describes the location of a row, for messages.

    Returns:
        A frame like `RawTable.tags`, and notes on suspicious cells.

    Raises:
        DataError: If the column is not text, a confidence is not a number, a tag contains a control
            character, or a list written as text cannot be parsed.
    """
    if column.dtype == pl.Null:
        column = column.cast(pl.String)
    if not (column.dtype in (pl.String, pl.Categorical) or isinstance(column.dtype, pl.Enum)):
        raise DataError(
            f"column {column.name!r} holds {kind_of(column.dtype)}; expected text, or lists of text"
            + (_NUMBERS_MEND if column.dtype.is_integer() else "")
        )
    frame = pl.DataFrame({"tag": column.cast(pl.String)}).with_row_index("row")
    if confidences is not None:
        frame = frame.with_columns(confidence=numbers_of(confidences, location))
    lists = _lists_in_text(frame["tag"], column.name, location)
    if not lists.height:
        _refuse_bare_lists(frame["tag"], column.name, location)
    plain = frame.filter(~pl.col("row").is_in(lists["row"].implode())) if lists.height else frame
    if separator:
        _refuse_split_lists(plain, column.name, separator, location)
    notes = _suspicions(plain["tag"], column.name, separator)
    if confidences is not None:
        notes += _missing_note(frame, confidences.name)
    if separator:
        plain = plain.with_columns(pl.col("tag").str.split(separator)).explode("tag")
    if lists.height:
        notes.insert(0, _lists_note(lists, frame["tag"], column.name, "cell"))
        listed = frame.drop("tag").join(lists, on="row").explode("tag").select(plain.columns)
        plain = pl.concat([plain, listed]).sort("row", maintain_order=True)
    return _clean(plain, location), notes


def _objects(
    column: pl.Series, confidences: pl.Series | None
) -> tuple[pl.Series, pl.Series | None, list[str]]:
    """Extract labels and confidences from lists of objects, such as Labelsphere's output.

    Raises:
        DataError: If the objects have no text field that is recognised as the label.
    """
    fields = {field.name: field.dtype for field in column.dtype.inner.fields}  # type: ignore[attr-defined] # of lists
    label = next((name for name in _LABEL_FIELDS if fields.get(name) == pl.String), None)
    if label is None:
        raise DataError(
            f"column {column.name!r} holds lists of {kind_of(column.dtype.inner)}; "  # type: ignore[attr-defined] # as e
            f"abov expected lists of text, or of objects with a text {_LABEL_FIELDS[0]!r}"
        )
    notes = []
    if fields.get(_ACCEPTED) == pl.Boolean:
        accepted = pl.element().struct.field(_ACCEPTED).fill_null(value=True)
        suggested = int(column.list.eval(~accepted).list.sum().sum() or 0)
        column = column.list.eval(pl.element().filter(accepted))
        if suggested:
            notes.append(f"{number_of(suggested, 'tag')} that are suggested only are left out")
    named = [n for n in _CONFIDENCE_FIELDS if n in fields and fields[n].is_numeric()]
    if confidences is None and named:
        field = next((n for n in named if _are_shares(column, n)), None)
        if field is None:
            notes.append(f"{named[0]!r} has values outside 0 to 1, and is not read as a confidence")
        else:
            confidences = column.list.eval(pl.element().struct.field(field)).alias(field)
    return column.list.eval(pl.element().struct.field(label)).alias(column.name), confidences, notes


def _are_shares(column: pl.Series, field: str) -> bool:
    values = column.list.eval(pl.element().struct.field(field)).explode().drop_nulls()
    return bool(values.is_between(0, 1).all())


def _lists_in_text(cells: pl.Series, name: str, location: RowLocation) -> pl.DataFrame:
    """Parse cells that are lists written as text: a frame of ``row`` and ``tag`` (lists).

    Raises:
        DataError: If such a list cannot be parsed.
    """
    rows: list[int] = []
    lists: list[list[str]] = []
    for row in cells.str.contains(_MAY_BE_LISTED).fill_null(value=False).arg_true().to_list():
        if looks_listed(cells[row]):
            try:
                lists.append(parse_list(cells[row]))
            except DataError as error:
                shown = cells[row][:60]
                raise DataError(f"{location(row)}: {name!r} is {shown!r}, {error}") from error
            rows.append(row)
    schema = {
        "row": cells.to_frame().with_row_index("row").schema["row"],
        "tag": pl.List(pl.String),
    }
    return pl.DataFrame({"row": rows, "tag": lists}, schema=schema)


def _refuse_bare_lists(cells: pl.Series, name: str, location: RowLocation) -> None:
    first = next((cell for cell in cells if cell and not cell.isspace()), "")
    if not first.lstrip().startswith(("[", "{")):
        return
    stripped = cells.str.strip_chars()
    filled = stripped.is_not_null() & (stripped != "")
    bracketed = stripped.str.contains(r"(?s)^(\[[^\[\]]*\]|\{[^{}]*\})$") & filled
    several = (bracketed & stripped.str.contains(r"[,\s]")).arg_true()
    if len(several) and int(bracketed.sum()) == int(filled.sum()):
        raise DataError(
            f"{location(several[0])}: {name!r} is {cells[several[0]][:60]!r}, and every cell has "
            f"such brackets, which would become part of the tags: {MEND}"
        )


def _refuse_split_lists(
    plain: pl.DataFrame, name: str, separator: str, location: RowLocation
) -> None:
    """Refuse cells such as ``[sky, sea]``, which would be split into ``[sky`` and ``sea]``."""
    cell = pl.col("tag").str.strip_chars()
    whole = cell.str.contains(r"(?s)^(\[[^\[\]]*\]|\{[^{}]*\})$")
    wrong = plain.filter(whole & cell.str.contains(separator, literal=True))
    if wrong.height:
        row, shown = int(wrong["row"][0]), str(wrong["tag"][0])[:60]
        raise DataError(
            f"{location(row)}: {name!r} is {shown!r}, whose brackets would become part of the "
            f"tags: {MEND}"
        )


def _lists_note(lists: pl.DataFrame, cells: pl.Series, name: str, what: str) -> str:
    """Describe lists that were written as text."""
    example = " ".join(str(cells[int(lists["row"][0])]).split())
    shown = example if len(example) <= 40 else example[:39] + "…"
    return f"{number_of(lists.height, what)} of {name!r} read as a list written as text: {shown}"


def _unlisted(
    frame: pl.DataFrame, name: str, location: RowLocation
) -> tuple[pl.DataFrame, list[str]]:
    """Flatten lists with elements that are lists written as text, and describe these.

    ``tag`` is an Enum, of text where there are such lists.
    """
    if not names_of(frame["tag"]).str.contains(_MAY_BE_LISTED).any():
        return frame, []
    frame = frame.with_columns(pl.col("tag").cast(pl.String))
    rows = frame["row"]
    lists = _lists_in_text(frame["tag"], name, lambda number: location(int(rows[number])))
    if not lists.height:
        return frame, []
    numbered = frame.with_row_index("element")
    read = lists.rename({"row": "element", "tag": "listed"})
    joined = numbered.join(read, on="element", how="left", maintain_order="left")
    tag = pl.coalesce("listed", pl.concat_list("tag")).alias("tag")
    return (
        joined.with_columns(tag).select(frame.columns).explode("tag"),
        [_lists_note(lists, frame["tag"], name, "element")],
    )


def _element_notes(frame: pl.DataFrame, name: str) -> list[str]:
    """Describe lists with empty texts, or with several tags in one text."""
    notes = []
    empty = frame["tag"].null_count()
    if empty:
        what = number_of(empty, "element")
        holds = "is empty, and not a tag" if empty == 1 else "are empty, and not tags"
        notes.append(f"{what} of the lists of {name!r} {holds}")
    filled = frame.drop_nulls("tag")
    single = filled.filter(pl.len().over("row") == 1)["tag"]
    several = int(single.cast(pl.String).str.contains(r"[^,]+,[^,]+").sum())
    if several > filled["row"].n_unique() / 2:
        notes.append(
            f"{number_of(several, 'list')} of {name!r} hold one text with ',', read as one tag; "
            "if that separates tags, write each tag as a separate element"
        )
    return notes


def _missing_note(frame: pl.DataFrame, name: str) -> list[str]:
    """Describe tags without a confidence in a column of confidences."""
    tagged = pl.col("tag").cast(pl.String).str.strip_chars() != ""
    lacking = frame.filter(tagged & pl.col("confidence").is_null()).height
    if not lacking:
        return []
    one = lacking == 1
    have, counts = ("has", "counts") if one else ("have", "count")
    return [f"{number_of(lacking, 'tag')} {have} no number in {name!r}, and {counts} as certain"]


def _clean(frame: pl.DataFrame, location: RowLocation) -> pl.DataFrame:
    """Strip tags, and drop empty ones; ``tag`` becomes an Enum, ``row`` int64."""
    tag = frame["tag"]
    if not (isinstance(tag.dtype, pl.Enum) and _are_stripped(names_of(tag))):
        frame = frame.with_columns(pl.col("tag").cast(pl.String).str.strip_chars())
        frame = frame.filter(pl.col("tag").str.len_bytes() > 0)
    filled = frame.drop_nulls("tag").with_columns(pl.col("row").cast(pl.Int64))
    filled = filled.with_columns(as_enum(filled["tag"]))
    names = names_of(filled["tag"])
    wrong = names.filter(names.str.contains(_CONTROL))
    if len(wrong):
        row, tag = filled.filter(pl.col("tag").is_in(wrong.implode())).select("row", "tag").row(0)
        shown = repr(tag if len(tag) <= 60 else tag[:59] + "…")
        raise DataError(f"{location(row)}: the tag {shown} holds {_control_in(tag)}")
    return filled


def _are_stripped(names: pl.Series) -> bool:
    """Return whether no name is empty or has surrounding blanks."""
    return bool(((names == names.str.strip_chars()) & (names != "")).all())


def _control_in(tag: str) -> str:
    """Name the control character in a tag, and how to fix it."""
    letter = next(c for c in tag if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029")
    if letter in _LINE_ENDS:
        return (
            "a line end, which no tag may: take it out; in CSV, look for a quote on that line that "
            "is not closed"
        )
    what = {"\0": "a NUL byte", "\t": "a tab"}.get(
        letter, f"the control character {ord(letter):#x}"
    )
    return f"{what}, which no tag may: take it out"


def numbers_of(column: pl.Series, location: RowLocation = counted_row) -> pl.Series:
    """Convert a column to float64; NaN and words for it, such as ``n/a``, become null.

    Args:
        column: Numbers, or numbers as text; ``0,9`` is 0.9.
        location: Function that describes the location of a row, for messages.

    Raises:
        DataError: If a cell is not a number.
    """
    if not (column.dtype.is_numeric() or column.dtype in (pl.String, pl.Null)):
        raise DataError(f"column {column.name!r} holds {kind_of(column.dtype)}; expected numbers")
    text = column.str.strip_chars() if column.dtype == pl.String else column
    if column.dtype == pl.String:
        text = text.str.replace(r"^([+-]?\d*),(\d+)$", "${1}.${2}")
        text = pl.select(pl.when(~marks_nothing(text)).then(text)).to_series()
    numbers = text.cast(pl.Float64, strict=False)
    missing = text.is_null() if column.dtype != pl.String else text.fill_null("") == ""
    wrong = (numbers.is_null() & ~missing).arg_true()
    if len(wrong):
        raise DataError(
            f"{location(wrong[0])}: {column.name!r} is {column[wrong[0]]!r}; expected a number"
        )
    return numbers.fill_nan(None)


def _suspicions(column: pl.Series, name: str, separator: str) -> list[str]:
    """Describe cells that seem to have another separator or other quotes."""
    filled = column.drop_nulls()
    half = len(filled) / 2
    framed = int(filled.str.contains(r"^\s*'.*'\s*$").sum())
    if framed > half:
        return [
            f"{number_of(framed, 'cell')} of {name!r} are in single quotes, which are read as "
            'part of the tags; put "…" in place of them'
        ]
    if not separator:
        several = int(filled.str.contains(",", literal=True).sum())
        if several > half:
            return [
                f"{number_of(several, 'cell')} of {name!r} hold ',' and were read as one tag each; "
                "if a cell holds several tags, give the argument `separator`"
            ]
        return []
    if filled.str.contains(separator, literal=True).any():
        return []
    for other in _OTHER_SEPARATORS:
        several = int(filled.str.contains(other, literal=True).sum())
        # Blanks also occur within tags, the other separators hardly ever.
        enough = several > half if other == " " else several >= half
        if other != separator and several and enough:
            return [
                f"no cell of {name!r} holds {separator!r}, but {several:,} hold {other!r}; "
                "if that separates tags, give it with the argument `separator`"
            ]
    return []
