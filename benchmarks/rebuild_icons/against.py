"""How close a table of icons comes to another one."""

import io
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image


def compared(made: pl.DataFrame, given: pl.DataFrame) -> tuple[list[str], dict[str, Any]]:
    """A report in Markdown: icons, pictures, tags and sets of two tables of icons.

    Args:
        made: The table made anew.
        given: The one to compare with.

    Returns:
        The report's lines, and its figures.
    """
    both = made.join(given, on="id", how="inner", suffix="_given")
    made_tags, given_tags = (set(t["labels"].explode().to_list()) for t in (made, given))
    shared = made_tags & given_tags
    pairs = [
        (set(left) & shared, set(right) & shared)
        for left, right in both.select("labels", "labels_given").iter_rows()
    ]
    equal = sum(left == right for left, right in pairs)
    overlap = sum(len(left & right) for left, right in pairs)
    union = sum(len(left | right) for left, right in pairs)
    errors = np.array(
        [
            _error(left["bytes"], right["bytes"])
            for left, right in both.select("image", "image_given").iter_rows()
        ]
    )
    same_base = int((both["base_id"] == both["base_id_given"]).sum())
    lines = [
        "# The icons, made anew from the published packages",
        "",
        "| | made anew | given | in both |",
        "|---|---|---|---|",
        f"| pictures | {made.height:,} | {given.height:,} | {both.height:,} |",
        _row("icons", made["base_id"].unique(), given["base_id"].unique()),
        _row("tags", pl.Series(list(made_tags)), pl.Series(list(given_tags))),
        "",
        f"Of the {both.height:,} pictures in both:",
        "",
        f"- {same_base:,} belong to the same icon.",
        f"- {equal:,} have the same tags, of those that both tables know; over all pictures the "
        f"tags in both sets are {overlap / union:.2%} of the tags in either.",
        f"- {(errors == 0).sum():,} are equal pixel for pixel; the root mean square difference "
        f"is at most 2 of 255 in {(errors <= 2).mean():.2%}, at most 10 in "
        f"{(errors <= 10).mean():.2%}.",
    ]
    for split in ("split", "split_strict"):
        same = np.mean((both[split] == both[f"{split}_given"]).to_numpy())
        lines.append(f"- {same:.1%} are in the same set of `{split}`.")
    per_source = (
        pl.concat(
            [given.group_by("source").len("given"), made.group_by("source").len("made anew")],
            how="align",
        )
        .join(both.group_by("source").len("in both"), on="source", how="left")
        .sort("source")
        .fill_null(0)
    )
    lines += ["", "| source | given | made anew | in both |", "|---|---|---|---|"]
    lines += [
        f"| {source} | {g:,} | {m:,} | {b:,} |"
        for source, g, m, b in per_source.select(
            "source", "given", "made anew", "in both"
        ).iter_rows()
    ]
    lines += [
        "",
        "The sets differ since the hash that drew the given ones is not published; groups of icons "
        "that must stay together are found by the same rule. Tags are those on at least five "
        "training icons, so they differ with the sets. Of the pictures that differ, openclipart's "
        "are cut to the ink and scaled in another way.",
    ]
    values = {
        "pictures": {"made": made.height, "given": given.height, "both": both.height},
        "same_base": same_base,
        "same_tags": equal,
        "tag_overlap": overlap / union,
        "equal_pixels": int((errors == 0).sum()),
        "sources": {row[0]: list(row[1:]) for row in per_source.iter_rows()},
    }
    return lines, values


def _row(name: str, made: pl.Series, given: pl.Series) -> str:
    both = made.is_in(given.implode()).sum()
    return f"| {name} | {len(made):,} | {len(given):,} | {both:,} |"


def _error(left: bytes, right: bytes) -> float:
    """Root mean square difference of two pictures, over pixels and channels, of 255."""
    difference = _pixels(left) - _pixels(right)
    return float(np.sqrt(np.mean(difference**2)))


def _pixels(png: bytes) -> NDArray[np.float32]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.float32)
