"""``labelsphere untag``: remove the tags and files that a run wrote."""

from typing import Annotated

import typer

from labelsphere.cli.options import JsonOption, RunArgument


def untag(
    run: RunArgument,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be removed, and remove nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Remove the tags that a run wrote into sidecars, and the files that it wrote.

    Tags that people wrote are kept, as are files that were changed since. The journal is kept too:
    the original command writes everything again without tagging.

    Examples:
        labelsphere untag tags.jsonl.run --dry-run

        labelsphere untag tags.jsonl.run
    """
    from labelsphere.archive.journal import Journal
    from labelsphere.archive.outputs import remove_outputs, unchanged_outputs
    from labelsphere.archive.sidecar_files import plan_removals
    from labelsphere.cli.dry_runs import print_removals
    from labelsphere.cli.output import print_json, remark
    from labelsphere.errors import UsageError

    if dry_run and json:
        raise UsageError("--dry-run and --json contradict: give one of them")
    journal = Journal(run)
    with journal.locked():
        if dry_run:
            print_removals(
                list(plan_removals(journal.folder, journal.info.run)), unchanged_outputs(journal)
            )
            return
        undone = remove_outputs(journal)
    if json:
        print_json(
            {
                "sidecars_changed": undone.changed,
                "sidecars_removed": undone.removed,
                "files_removed": [str(path) for path in undone.files],
                "files_kept": [str(path) for path in undone.kept],
            }
        )
        return
    remark(
        f"sidecars changed: {undone.changed:,}; removed because they were empty: {undone.removed:,}"
    )
    for path in undone.files:
        remark(f"removed {path}")
    for path in undone.kept:
        remark(f"kept {path}: it was changed since")
