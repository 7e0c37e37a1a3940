"""``labelsphere audit``: tags that are probably missing, and tags that fit badly."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import inputs as fed
from labelsphere.cli import tables
from labelsphere.cli.options import JsonOption, options_of_dataclasses

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.space.audit import Finding, Predictions


@options_of_dataclasses
def audit(
    tags: tables.TagsArgument,
    space: Annotated[
        Path | None,
        typer.Option(
            help="Judge by this label space in place of the table's own counts.",
            show_default=False,
        ),
    ] = None,
    tagger: Annotated[
        Path | None,
        typer.Option(
            help="Let a tagger look at the images too; best one that was not trained on them.",
            show_default=False,
        ),
    ] = None,
    missing: Annotated[int, typer.Option(help="Missing tags to find.", min=0)] = 20,
    doubtful: Annotated[int, typer.Option(help="Doubtful tags to find.", min=0)] = 20,
    per_image: Annotated[
        int, typer.Option(help="At most so many missing tags of one image.", min=1)
    ] = 5,
    jsonl: Annotated[
        Path | None,
        typer.Option(
            help="Write the findings to this file, one a line, instead of printing them.",
            show_default=False,
        ),
    ] = None,
    corrected: Annotated[
        Path | None,
        typer.Option(
            help="Write the annotations with all findings applied: .csv, .jsonl or .parquet.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files of an earlier audit.")
    ] = False,
    json: JsonOption = False,
    *,
    inputs: fed.InputOptions,
    table: tables.TableOptions,
) -> None:
    """Rank tags that images probably lack, and tags that fit their image badly (§3.3.2).

    Each tag is held against the other tags of its image, by counts that leave the image out. The
    table itself is never changed.

    Examples:
        labelsphere audit tags.csv

        labelsphere audit tags.csv --missing 200 --doubtful 0 --jsonl missing.jsonl

        labelsphere audit tags.csv --tagger tagger/ --corrected tags.corrected.csv
    """
    from labelsphere.annotations.writing import check_writable
    from labelsphere.artefact import check_free_file, new_file
    from labelsphere.cli.output import json_text, print_json, progress, remark
    from labelsphere.errors import UsageError
    from labelsphere.space import LabelSpace
    from labelsphere.space import audit as auditing

    for output in (jsonl, corrected):
        # The original stays, whatever else may be overwritten.
        if output is not None and output.resolve() == tags.resolve():
            raise UsageError(f"{output} is the table that is audited; name another file")
    if jsonl is not None:
        check_free_file(jsonl, overwrite=overwrite)
    if corrected is not None:
        check_writable(corrected, overwrite=overwrite)
    if inputs.features is not None and tagger is None:
        raise UsageError("--features are for a --tagger, and none is given")
    annotations = table.read(tags)
    judge = None if space is None else LabelSpace.load(space)
    judged = annotations if judge is None else judge.align(annotations)
    predictions = None
    if tagger is not None:
        judged, predictions = _predictions(judged, tagger, judge, inputs)
    with progress("auditing", judged.n_images) as update:
        found = auditing.audit_tags(
            judged,
            space=judge,
            predictions=predictions,
            missing=missing,
            doubtful=doubtful,
            per_image=per_image,
            progress=update,
        )
    findings = [*found.missing, *found.doubtful]
    if corrected is not None:
        fixed = auditing.corrected(annotations, _over(annotations, findings))
        notes = fixed.write(corrected, overwrite=overwrite)
        for note in (*notes, *tables.moved_pictures(annotations, tags, corrected)):
            remark(note)
        remark(f"annotations with {len(findings):,} findings applied: {corrected}")
    if jsonl is not None:
        with new_file(jsonl) as beside:
            lines = (json_text(_record(finding), indent=None) for finding in findings)
            beside.write_text("".join(lines), encoding="utf-8")
        remark(f"{len(findings):,} findings written to {jsonl}")
    if json:
        print_json({"judged": found.judged, "findings": [_record(f) for f in findings]})
    elif jsonl is None:
        _print(found.missing, "Probably missing")
        _print(found.doubtful, "Fits badly")


def _predictions(
    tags: "Annotations",
    folder: Path,
    space: object,
    options: fed.InputOptions,
) -> "tuple[Annotations, Predictions]":
    """The tags over the tagger's labels, and its scores of their images."""
    from labelsphere.cli.output import progress
    from labelsphere.errors import UsageError
    from labelsphere.space.alignment import align_annotations
    from labelsphere.tagger import Tagger

    tagger = Tagger.load(folder)
    if space is not None and tags.vocabulary != tagger.vocabulary:
        raise UsageError("the space and the tagger have other labels; give a space of its labels")
    over = align_annotations(tags, tagger.vocabulary)
    inputs = options.prepared(tagger, over)
    with progress("predicting", len(inputs)) as update:
        return over, tagger.scores(inputs, progress=update)


def _over(tags: "Annotations", findings: "list[Finding]") -> "list[Finding]":
    """Findings whose labels the table has; a space or a tagger may know others."""
    from labelsphere.cli.output import remark

    known = [finding for finding in findings if finding.label in tags.vocabulary]
    if len(known) < len(findings):
        remark(
            f"{len(findings) - len(known):,} findings are of labels that the table does not have, "
            "and are not applied"
        )
    return known


def _print(findings: "list[Finding]", title: str) -> None:
    from labelsphere.cli.output import print_table

    if findings:
        rows = [[finding.image, finding.label, finding.score] for finding in findings]
        print_table(title, ["Image", "Label", "Score"], rows, ["The higher, the surer."])


def _record(finding: "Finding") -> dict[str, object]:
    return {
        "image": finding.image,
        "label": finding.label,
        "kind": finding.kind,
        "score": round(finding.score, 6),
    }
