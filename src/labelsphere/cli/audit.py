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
            help="Label space to score tags with, instead of the table's own counts.",
            show_default=False,
        ),
    ] = None,
    tagger: Annotated[
        Path | None,
        typer.Option(
            help="Tagger whose predictions are used too; best one that was not trained on these "
            "images.",
            show_default=False,
        ),
    ] = None,
    missing: Annotated[int, typer.Option(help="Missing tags to find.", min=0)] = 20,
    doubtful: Annotated[int, typer.Option(help="Doubtful tags to find.", min=0)] = 20,
    per_image: Annotated[
        int, typer.Option(help="Largest number of missing tags per image.", min=1)
    ] = 5,
    jsonl: Annotated[
        Path | None,
        typer.Option(
            help="Write the findings to this file, one per line, instead of printing them.",
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
    """Rank tags that are probably missing, and tags that fit their image badly (§3.3.2).

    Each tag is compared with the other tags of its image, by counts that leave the image out. The
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
        # --overwrite never replaces the input.
        if output is not None and output.resolve() == tags.resolve():
            raise UsageError(f"{output} is the input; name another file")
    if jsonl is not None:
        check_free_file(jsonl, overwrite=overwrite)
    if corrected is not None:
        check_writable(corrected, overwrite=overwrite)
    if inputs.features is not None and tagger is None:
        raise UsageError("--features needs --tagger: feature vectors are the tagger's inputs")
    annotations = table.read(tags)
    label_space = None if space is None else LabelSpace.load(space)
    aligned = annotations if label_space is None else label_space.align(annotations)
    predictions = None
    if tagger is not None:
        aligned, predictions = _predictions(aligned, tagger, label_space, inputs)
    with progress("auditing", aligned.n_images) as update:
        found = auditing.audit_tags(
            aligned,
            space=label_space,
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
        with new_file(jsonl) as temporary:
            lines = (json_text(_record(finding), indent=None) for finding in findings)
            temporary.write_text("".join(lines), encoding="utf-8")
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
    """Align the tags with the tagger's labels, and score their images."""
    from labelsphere.cli.output import progress
    from labelsphere.errors import UsageError
    from labelsphere.space.alignment import align_annotations
    from labelsphere.tagger import Tagger

    tagger = Tagger.load(folder)
    if space is not None and tags.vocabulary != tagger.vocabulary:
        raise UsageError(
            "the label space and the tagger have different labels; give a space of the tagger's "
            "labels"
        )
    over = align_annotations(tags, tagger.vocabulary)
    inputs = options.prepared(tagger, over)
    with progress("predicting", len(inputs)) as update:
        return over, tagger.scores(inputs, progress=update)


def _over(tags: "Annotations", findings: "list[Finding]") -> "list[Finding]":
    """Keep the findings whose labels the table has: a space or a tagger may have others."""
    from labelsphere.cli.output import remark

    known = [finding for finding in findings if finding.label in tags.vocabulary]
    if len(known) < len(findings):
        remark(
            f"{len(findings) - len(known):,} findings have labels that the table lacks, and are "
            "not applied"
        )
    return known


def _print(findings: "list[Finding]", title: str) -> None:
    from labelsphere.cli.output import print_table

    if findings:
        rows = [[finding.image, finding.label, finding.score] for finding in findings]
        print_table(title, ["Image", "Label", "Score"], rows, ["A higher score is more certain."])


def _record(finding: "Finding") -> dict[str, object]:
    return {
        "image": finding.image,
        "label": finding.label,
        "kind": finding.kind,
        "score": round(finding.score, 6),
    }
