"""``labelsphere revise``: rename, merge and remove tags, and add aliases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables
from labelsphere.cli.options import JsonOption, LeaveOut, options_of_dataclasses

if TYPE_CHECKING:
    from labelsphere.annotations import Revision, Vocabulary


@options_of_dataclasses
def revise(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="TAGS|COUNTS|SPACE|TAGGER",
            help="A table of tags, or the folder of saved counts, a label space or a tagger.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            help="Output with the changed tags: a folder, or for a table a file that ends in .csv, "
            ".jsonl or .parquet.",
            show_default=False,
        ),
    ],
    changes: Annotated[
        Path | None,
        typer.Option(
            help="CSV of tags and their new names, empty for removed tags; or a JSON object. A tag "
            "that does not exist becomes an alias of its new name.",
            show_default=False,
        ),
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OLD=NEW",
            help="Rename a tag, or merge it into an existing one; may be given again.",
            show_default=False,
        ),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="Remove a tag; may be given again.", show_default=False),
    ] = None,
    alias: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=TAG",
            help="Add an alias of a tag; may be given again.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it exists.")
    ] = False,
    json: JsonOption = False,
    *,
    table: Annotated[
        tables.TableOptions, LeaveOut(("images", "min_count", "min_confidence", "vocabulary"))
    ],
) -> None:
    """Rename, merge and remove tags, and add aliases.

    Nothing is trained or fitted. A tag's old name stays as an alias, which every lookup accepts. In
    a label space, a merged tag gets the mean embedding of its tags, weighted by their counts;
    labelsphere refit computes a new one.

    Examples:
        labelsphere revise tags.csv --changes synonyms.csv --output tags.new.csv

        labelsphere revise space/ --rename auto=car --remove misc --output new/

        labelsphere revise tagger/ --rename auto=car --alias kfz=car --output new/
    """
    from labelsphere.annotations import Revision
    from labelsphere.artefact import check_free, saved_kind
    from labelsphere.cli.output import print_json, print_table, remark
    from labelsphere.cli.spaces import load_space_or_tagger, save_with_space
    from labelsphere.errors import UsageError
    from labelsphere.space import Counts

    typed = {**_pairs(rename or [], "rename"), **dict.fromkeys(remove or [])}
    if not (typed or changes or alias):
        raise UsageError("nothing to change; give --changes, --rename, --remove or --alias")
    listed = {} if changes is None else Revision.read(changes).becomes
    revision = Revision({**listed, **typed}, _pairs(alias or [], "alias"), expected=typed)
    kind = saved_kind(source)
    if kind is None:
        before = _revise_table(source, output, revision, table, overwrite=overwrite)
    else:
        check_free(output, overwrite=overwrite)
        if kind == "counts":
            counts = Counts.load(source)
            before = counts.vocabulary
            counts.revise(revision).save(output, overwrite=overwrite)
        else:
            space, tagger = load_space_or_tagger(source)
            before = space.vocabulary
            save_with_space(space.revise(revision), tagger, output, overwrite=overwrite)
    after, positions = revision.apply(before)
    removed = int((positions < 0).sum())
    changes_made = {
        "before": len(before),
        "removed": removed,
        "merged": len(before) - removed - len(after),
        "labels": len(after),
        "aliases": len(after.aliases),
    }
    if json:
        print_json({"output": output, **changes_made})
        return
    print_table(
        "Labels",
        ["Before", "Removed", "Merged into others", "Now", "Aliases"],
        [[f"{value:,}" for value in changes_made.values()]],
    )
    remark(f"written to {output}")


def _revise_table(
    source: Path,
    output: Path,
    revision: "Revision",
    table: tables.TableOptions,
    *,
    overwrite: bool,
) -> "Vocabulary":
    """Write the changed table, and return the vocabulary of the original."""
    from labelsphere.annotations.writing import check_writable
    from labelsphere.cli.output import remark
    from labelsphere.errors import UsageError

    # --overwrite never replaces the input.
    if output.resolve() == source.resolve():
        raise UsageError(f"{output} is the input; name another file")
    check_writable(output, overwrite=overwrite)
    annotations = table.read(source)
    notes = annotations.revise(revision).write(output, overwrite=overwrite)
    for note in (*notes, *tables.moved_pictures(annotations, source, output)):
        remark(note)
    return annotations.vocabulary


def _pairs(given: list[str], option: str) -> dict[str, str]:
    """Parse texts of the form ``OLD=NEW`` into new names by old ones."""
    from labelsphere.errors import UsageError

    pairs: dict[str, str] = {}
    for text in given:
        old, equals, new = (part.strip() for part in text.partition("="))
        if not (old and equals and new) or "=" in new:
            raise UsageError(
                f"--{option} must be two names with one = between them, but got {text!r}; names "
                "that contain = need a file, see --changes"
            )
        if pairs.setdefault(old, new) != new:
            raise UsageError(f"--{option} gives {old!r} twice: {pairs[old]!r} and {new!r}")
    return pairs
