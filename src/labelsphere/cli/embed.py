"""``labelsphere embed``: a label space from a table of tags."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables
from labelsphere.space.embedders import EMBEDDERS

if TYPE_CHECKING:
    from labelsphere.space import LabelSpace


def embed(
    tags: tables.TagsArgument,
    output: Annotated[
        Path, typer.Option(help="Folder to write the label space to.", show_default=False)
    ],
    method: Annotated[
        str,
        typer.Option(
            help="How to embed the labels.\n\n"
            + "\n".join(f"{name}: {entry.description}" for name, entry in EMBEDDERS.items()),
        ),
    ] = "pmi",
    dim: Annotated[
        int | None,
        typer.Option(
            help="Number of dimensions. By default, where directions have an order, all that there "
            "are, up to 4,096.",
            show_default=False,
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="An option of the method, such as path=vectors.txt; may be given several times.",
            show_default=False,
        ),
    ] = None,
    features: Annotated[
        Path | None,
        typer.Option(
            help="For rembrandt: feature vectors, one a row of the tag table; .npy, .npz as "
            "scipy.sparse.save_npz writes it, or .parquet.",
            show_default=False,
        ),
    ] = None,
    feature_column: Annotated[
        str | None,
        typer.Option(
            help="Column of the vectors in a .parquet file with several columns of lists.",
            show_default=False,
        ),
    ] = None,
    exponent: Annotated[
        float | None,
        typer.Option(
            help="Exponent of the eigenvalues; 0.5, the paper's.",
            show_default=False,
        ),
    ] = None,
    shift: Annotated[
        float | None,
        typer.Option(
            help="For shifted: how many times as often as by chance a pair must occur; 5.",
            show_default=False,
        ),
    ] = None,
    smoothing: Annotated[
        float | None,
        typer.Option(
            help="For smoothed: images with every label that are imagined; 1.",
            show_default=False,
        ),
    ] = None,
    weighted: Annotated[
        bool, typer.Option("--weighted", help="Count an image by its tags' confidence.")
    ] = False,
    split: Annotated[
        str | None,
        typer.Option(
            help="Column whose 'train' rows are counted; 'split' where the table has it.",
            show_default=False,
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            help="Column whose equal values are variants of one image: the first is counted.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output folder if it has contents.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    format: tables.FormatOption = None,
    separator: tables.SeparatorOption = None,
    image_column: tables.ImageColumnOption = None,
    tag_column: tables.TagColumnOption = None,
    min_count: tables.MinCountOption = 1,
    min_confidence: tables.MinConfidenceOption = 0.0,
    vocabulary: tables.VocabularyOption = None,
    label_names: tables.LabelNamesOption = None,
    keep: tables.KeepOption = None,
) -> None:
    """Fit a label space to a table of tags, or to counts that labelsphere count saved.

    Counts how often tags occur together, and places tags that do so near each other; --method
    names other ways of placing them. Pictures are not opened.

    Examples:
        labelsphere embed tags.csv --output space/

        labelsphere embed icons.parquet --dim 1024 --group base_id --output space/

        labelsphere embed counts/ --output space/

        labelsphere embed tags.csv --method word-vectors --option path=words.txt --output space/
    """
    from labelsphere.artefact import check_free
    from labelsphere.cli.fit_source import fit_source, options_of
    from labelsphere.cli.output import print_json
    from labelsphere.space import LabelSpace
    from labelsphere.space.embedders import checked_embedder

    check_free(output, overwrite=overwrite)
    options = options_of(method, option or [])
    source, found = fit_source(
        tags,
        weighted=weighted,
        split=split,
        group=group,
        features=features,
        feature_column=feature_column,
        format=format,
        separator=separator,
        image_column=image_column,
        tag_column=tag_column,
        min_count=min_count,
        min_confidence=min_confidence,
        vocabulary=vocabulary,
        label_names=label_names,
        keep=keep or (),
    )
    options |= found
    options |= {
        name: value
        for name, value in (("shift", shift), ("smoothing", smoothing), ("exponent", exponent))
        if value is not None
    }
    checked_embedder(method, options)
    space = LabelSpace.fit(source, method, dim, **options)
    space.save(output, overwrite=overwrite)
    if json:
        print_json({"output": output, **_figures(space), **space.record.to_json()})
    else:
        _print(space, output)


def _figures(space: "LabelSpace") -> dict[str, int]:
    return {"labels": space.n_labels, "placed": int(space.placed.sum()), "dim": space.dim}


def _print(space: "LabelSpace", output: Path) -> None:
    from labelsphere.cli.output import print_table, remark

    record, facts = space.record, space.record.facts
    cells = {
        "Labels": f"{space.n_labels:,}",
        "Placed": f"{space.placed.sum():,}",
        # Not every method counts images or pairs, or has a spectrum.
        "Images": None if record.images is None else f"{record.images:,.0f}",
        "Pairs seen together": f"{facts['pairs']:,}" if "pairs" in facts else None,
        "Dimensions": f"{space.dim:,}",
    }
    notes = []
    if "positive_share" in facts:
        share = facts["positive_share"]
        cells["Spectrum held"] = "not known" if share is None else f"{share:.2%}"
        notes.append(
            "Spectrum held: share of the squared positive eigenvalues that the dimensions keep."
        )
    known = {name: cell for name, cell in cells.items() if cell is not None}
    print_table("Label space", list(known), [list(known.values())], notes)
    names = facts.get("unknown_labels")
    if isinstance(names, list) and names:
        first = ", ".join(map(str, names[:5]))
        remark(f"{facts['unknown']:,} labels are not known to the file given, such as {first}")
    unplaced = space.n_labels - int(space.placed.sum())
    if unplaced and "unknown" not in facts:
        remark(
            f"{unplaced:,} labels have no place: no counted image has them, all images have them, "
            "or the dimensions kept hold nothing of them"
        )
    remark(f"written to {output}")
