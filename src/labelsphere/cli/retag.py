"""``labelsphere retag``: the tags of a run again, without opening a picture."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labelsphere.cli import archive_options as options
from labelsphere.cli import inputs as fed

if TYPE_CHECKING:
    from labelsphere.archive.retagging import Change

_SHOWN = 20


def retag(
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="Folder of a run's journal.", show_default=False),
    ],
    tagger: Annotated[
        Path | None,
        typer.Option(help="Folder of the tagger; the run's own.", show_default=False),
    ] = None,
    only_new_tags: Annotated[
        bool,
        typer.Option(
            "--only-new-tags", help="Leave the tags that are there, and add tags of new labels."
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="File to write to; the files that the run wrote, if nobody changed them.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output file if it exists.")
    ] = False,
    sidecars: options.SidecarsOption = None,
    sidecar_names: options.SidecarNamesOption = None,
    accepted_only: options.AcceptedOnlyOption = False,
    at_most: options.AtMostOption = None,
    at_most_per_category: options.AtMostPerCategoryOption = None,
    categories: options.CategoriesOption = None,
    block: options.BlockOption = None,
    implied: options.ImpliedOption = None,
    aliases: options.AliasesOption = False,
    dry_run: options.DryRunOption = False,
    device: fed.DeviceOption = "auto",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read the tags of a run off its vectors again, after a change of thresholds or labels.

    For a tagger that was calibrated again, or whose labels were revised or placed. No picture is
    opened: a quarter of a million take about a minute.

    Examples:
        labelsphere retag tags.jsonl.run

        labelsphere retag tags.jsonl.run --tagger grown/ --only-new-tags --dry-run
    """
    from labelsphere.archive.beside import remove_sidecars
    from labelsphere.archive.filtering import aliases_of
    from labelsphere.archive.identity import Identity
    from labelsphere.archive.journal import Journal
    from labelsphere.archive.outputs import (
        plan_sidecars,
        save_sidecars,
        unchanged_outputs,
        write_output,
    )
    from labelsphere.archive.retagging import retag as read_again
    from labelsphere.artefact import check_free_file
    from labelsphere.cli.output import progress, remark
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.devices import accelerator

    if output is not None:
        check_free_file(output, overwrite=overwrite)
    options.chosen_sidecars(sidecars, sidecar_names)
    chosen = options.tag_filter(
        accepted_only=accepted_only,
        at_most=at_most,
        at_most_per_category=at_most_per_category,
        categories=categories,
        block=block,
        implied=implied,
    )
    journal = Journal(run)
    folder = tagger or Path(journal.info.tagger)
    loaded = Tagger.load(folder)
    loaded.network.to(accelerator(device).device)
    if aliases:
        chosen = replace(chosen, aliases=aliases_of(loaded.vocabulary))
    identity = Identity.of(loaded, folder)
    with journal.locked():
        outputs = [output] if output is not None else unchanged_outputs(journal)
        with progress("reading tags") as update:
            change = read_again(
                loaded,
                identity,
                journal,
                journal.info.choice,
                only_new=only_new_tags,
                write=not dry_run,
                progress=update,
            )
        _report(change, json=json)
        if dry_run:
            return
        if sidecars is not None:
            # What the run wrote before goes first, so that tags it no longer gives are gone.
            remove_sidecars(journal.folder, journal.info.run)
            planned = list(
                plan_sidecars(
                    journal,
                    sidecars,  # type: ignore[arg-type] # checked before
                    replace(chosen, suggested=False),
                    sidecar_names,  # type: ignore[arg-type] # checked before
                )
            )
            remark(f"{save_sidecars(journal, iter(planned)):,} sidecars written")
        for path in outputs:
            write_output(journal, path, chosen)
            remark(f"written to {path}")
        journal.update(tagger=str(folder.absolute()))


def _report(change: "Change", *, json: bool) -> None:
    from labelsphere.cli.output import print_json, print_table, remark

    figures: dict[str, Any] = {
        "pictures": change.pictures,
        "changed": change.changed,
        "added": change.added,
        "removed": change.removed,
        "seconds": round(change.seconds, 3),
    }
    if json:
        print_json(figures)
        return
    tags = sorted(
        {*change.added, *change.removed},
        key=lambda tag: -(change.added.get(tag, 0) + change.removed.get(tag, 0)),
    )
    rows = [(tag, change.added.get(tag, 0), change.removed.get(tag, 0)) for tag in tags[:_SHOWN]]
    if rows:
        print_table("", ("Tag", "Pictures that get it", "Pictures that lose it"), rows)
    remark(
        f"{change.changed:,} of {change.pictures:,} pictures have other tags, "
        f"{change.seconds:.1f} s"
    )
