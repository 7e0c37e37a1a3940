"""Text sidecars: tags separated by commas on one line, or one tag per line."""

from collections.abc import Sequence
from typing import Literal

from labelsphere.errors import DataError

TextForm = Literal["commas", "lines"]
"""``"commas"`` writes ``sky, sea``; ``"lines"`` writes one tag per line."""


def add_to_text(
    text: str | None, names: Sequence[str], form: TextForm = "commas"
) -> tuple[str, tuple[str, ...]]:
    """Add tags to the contents of a text sidecar.

    Existing text is kept unchanged. Tags are added with the separator and the final line end of the
    file.

    Args:
        text: Contents of the sidecar; None if it does not exist.
        names: Tags to add, in order. Existing tags are not added again.
        form: Form of a new sidecar.

    Returns:
        The new contents, and the names that were added.

    Raises:
        DataError: If a name contains the separator or a line end, and would be read as two tags.
    """
    form = _form_of(text) or form
    there = set(_tags(text or "", form))
    added = tuple(dict.fromkeys(name for name in names if name not in there))
    for name in added:
        if (form == "commas" and "," in name) or "\n" in name or "\r" in name:
            expected = "no comma" if form == "commas" and "," in name else "no line end"
            raise DataError(
                f"the tag {name!r} cannot be written to a text sidecar; expected a name with "
                f"{expected}: write one tag per line, or XMP sidecars"
            )
    if not added:
        return text or "", ()
    line_end = "\r\n" if "\r\n" in (text or "") else "\n"
    between = line_end if form == "lines" else ", "
    before = (text or "").rstrip()
    after = (text or "")[len(before) :]
    if text is None:
        after = line_end
    if form == "commas":
        before = before.rstrip(",").rstrip() if before.endswith(",") else before
    joined = between.join([*([before] if before else []), *added])
    return joined + after, added


def remove_from_text(text: str, names: Sequence[str]) -> str:
    """Remove tags from the contents of a text sidecar, and leave the others as they are.

    Args:
        text: Contents of the sidecar.
        names: Tags to remove; missing ones are ignored.
    """
    form = _form_of(text) or "commas"
    unwanted = set(names)
    if form == "lines":
        lines = text.splitlines(keepends=True)
        kept_lines = "".join(line for line in lines if line.strip() not in unwanted)
        return kept_lines if text.endswith(("\n", "\r")) else kept_lines.rstrip("\r\n")
    before = text.rstrip()
    cells = before.split(",")
    kept = [cell for cell in cells if cell.strip() not in unwanted]
    if kept and cells[0].strip() in unwanted:
        kept[0] = kept[0].lstrip()
    return ",".join(kept) + text[len(before) :] if kept else ""


def _form_of(text: str | None) -> TextForm | None:
    """Detect the form of the contents; None if both are possible."""
    lines = [line for line in (text or "").splitlines() if line.strip()]
    if len(lines) > 1:
        return "lines"
    return "commas" if lines and "," in lines[0] else None


def _tags(text: str, form: TextForm) -> list[str]:
    cells = text.splitlines() if form == "lines" else text.split(",")
    return [cell.strip() for cell in cells if cell.strip()]
