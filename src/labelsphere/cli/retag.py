"""``labelsphere retag``: compute a run's tags again without opening pictures."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli.archive_options import WritingOptions
from labelsphere.cli.inputs import DeviceOption
from labelsphere.cli.options import (
    JsonOption,
    OverwriteFileOption,
    RunArgument,
    options_of_dataclasses,
)

if TYPE_CHECKING:
    from labelsphere.archive.retagging import Change

_SHOWN = 20


@options_of_dataclasses
def retag(
    run: RunArgument,
    tagger: Annotated[
        Path | None,
        typer.Option(help="Folder of the tagger. Default: the run's own.", show_default=False),
    ] = None,
    only_new_tags: Annotated[
        bool,
        typer.Option(
            "--only-new-tags", help="Keep existing tags, and add tags of new labels only."
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="File to write to. Default: the files that the run wrote, if they are unchanged.",
            show_default=False,
        ),
    ] = None,
    overwrite: OverwriteFileOption = False,
    device: DeviceOption = "auto",
    json: JsonOption = False,
    *,
    writing: WritingOptions,
) -> None:
    """Compute a run's tags again from its saved vectors, after a change of thresholds or labels.

    For a tagger that was calibrated again, or whose labels were changed. No picture is opened:
    250,000 pictures take about a minute.

    Examples:
        labelsphere retag tags.jsonl.run

        labelsphere retag tags.jsonl.run --tagger grown/ --only-new-tags --dry-run
    """
    from labelsphere.archive.filtering import aliases_of
    from labelsphere.archive.identity import Identity
    from labelsphere.archive.journal import Journal
    from labelsphere.archive.outputs import (
        plan_sidecars,
        save_sidecars,
        unchanged_outputs,
        write_output,
    )
    from labelsphere.archive.retagging import retag_archive
    from labelsphere.archive.sidecar_files import remove_sidecars
    from labelsphere.artefact import check_free_file
    from labelsphere.cli.output import progress, remark
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.devices import accelerator

    if output is not None:
        check_free_file(output, overwrite=overwrite)
    chosen = writing.tag_filter()
    journal = Journal(run)
    folder = tagger or Path(journal.info.tagger)
    loaded = Tagger.load(folder)
    loaded.network.to(accelerator(device).device)
    if writing.aliases:
        chosen = replace(chosen, aliases=aliases_of(loaded.vocabulary))
    identity = Identity.of(loaded, folder)
    with journal.locked():
        outputs = [output] if output is not None else unchanged_outputs(journal)
        with progress("tagging") as update:
            change = retag_archive(
                loaded,
                identity,
                journal,
                journal.info.choice,
                only_new=only_new_tags,
                write=not writing.dry_run,
                progress=update,
            )
        _report(change, json=json)
        if writing.dry_run:
            return
        if writing.sidecars is not None:
            # First remove what the run wrote before, and with it tags that it no longer gives.
            remove_sidecars(journal.folder, journal.info.run)
            planned = list(
                plan_sidecars(
                    journal,
                    writing.sidecars,  # type: ignore[arg-type] # checked before
                    replace(chosen, suggested=False),
                    writing.sidecar_names,  # type: ignore[arg-type] # checked before
                )
            )
            remark(f"{save_sidecars(journal, iter(planned)):,} sidecars written")
        for path in outputs:
            write_output(journal, path, chosen)
            remark(f"written to {path}")
        journal.update(tagger=str(folder.absolute()))


def _report(change: "Change", *, json: bool) -> None:
    from labelsphere.cli.output import print_json, print_table, remark

    if json:
        print_json(
            {
                "pictures": change.pictures,
                "changed": change.changed,
                "added": change.added,
                "removed": change.removed,
                "seconds": round(change.seconds, 3),
            }
        )
        return
    tags = sorted(
        {*change.added, *change.removed},
        key=lambda tag: -(change.added.get(tag, 0) + change.removed.get(tag, 0)),
    )
    rows = [(tag, change.added.get(tag, 0), change.removed.get(tag, 0)) for tag in tags[:_SHOWN]]
    if rows:
        print_table("", ("Tag", "Pictures that get it", "Pictures that lose it"), rows)
    remark(
        f"{change.changed:,} of {change.pictures:,} pictures have changed tags, "
        f"{change.seconds:.1f} s"
    )
