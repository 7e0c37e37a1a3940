"""``labelsphere tag``: predict the tags of pictures."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli.archive_options import JournalOptions, WritingOptions
from labelsphere.cli.inputs import TaggedInputs, features_like
from labelsphere.cli.options import (
    OverwriteFileOption,
    given_fields,
    option_name,
    options_of_dataclasses,
)
from labelsphere.errors import DataError, UsageError

if TYPE_CHECKING:
    from labelsphere.cli.output import Update
    from labelsphere.cli.tagged_output import ResultForm
    from labelsphere.tagger.choosing import TagChoice
    from labelsphere.tagger.tag import Tagged

_FORMATS = ("jsonl", "csv")
_NAMED = 10


@dataclass(frozen=True)
class ChoiceOptions:
    """Options of which tags a picture gets.

    Attributes:
        top: Number of tags per picture, whatever their thresholds. Default: accepted and suggested
            tags, or the 10 best of a tagger that is not calibrated.
        all: Print every tag, most likely first.
        raw_scores: Print the decoder's scores instead of probabilities; the 10 best.
        specific: Order tags by how well they distinguish the picture from others, instead of by
            probability.

    Raises:
        UsageError: If ``all`` and ``top`` are both given.
    """

    top: int | None = field(default=None, metadata={"min": 1})
    all: bool = field(default=False, metadata={"flag": True})
    raw_scores: bool = field(default=False, metadata={"flag": True})
    specific: bool = field(default=False, metadata={"flag": True})

    def __post_init__(self) -> None:
        """Check that only one number is given."""
        if self.all and self.top is not None:
            raise UsageError("--all and --top contradict: give one of them")

    @property
    def number(self) -> int | None:
        """Number of tags per picture; larger than any vocabulary for all tags."""
        return sys.maxsize if self.all else self.top

    def tag_choice(self) -> "TagChoice":
        """Convert the options to a `TagChoice`."""
        from labelsphere.tagger.choosing import TagChoice

        return TagChoice(self.number, self.raw_scores, self.specific)


@options_of_dataclasses
def tag(
    tagger: Annotated[
        Path,
        typer.Argument(
            metavar="TAGGER",
            help="Folder of a tagger, or a model that labelsphere export wrote.",
            show_default=False,
        ),
    ],
    pictures: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILES_OR_FOLDERS",
            help="Pictures, folders, patterns, Parquet tables, tar files; - for a list on stdin.",
            show_default=False,
        ),
    ] = None,
    *,
    choice: ChoiceOptions,
    format: Annotated[
        str | None,
        typer.Option(
            help="jsonl (one line per picture) or csv (one line per tag); with --output also "
            "parquet or tar. Default: by the ending of the output, else jsonl.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write to. Default: stdout.", show_default=False)
    ] = None,
    overwrite: OverwriteFileOption = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, with the unreadable pictures.")
    ] = False,
    batch: Annotated[int, typer.Option(help="Pictures per batch.", min=1)] = 64,
    inputs: TaggedInputs,
    journal: JournalOptions,
    writing: WritingOptions,
) -> None:
    """Tag pictures: files, folders and their subfolders, tables and tar files.

    Each tag has the probability that it is correct. By the tagger's thresholds, accepted tags come
    first, then tags suggested for review. A tagger that is not calibrated prints raw scores, which
    rank the tags of one picture. Pictures that cannot be read are skipped, counted and named on
    stderr; the exit code is 1 only if none could be read.

    With --output or --sidecars, a journal is kept: an interrupted run continues when the same
    command is given again, and labelsphere retag and untag work on it.

    Examples:
        labelsphere tag tagger/ beach.jpg holiday/

        labelsphere tag tagger/ beach.jpg --top 5

        labelsphere tag tagger/ pictures/ --output tags.csv

        labelsphere tag onnx/model.onnx beach.jpg

        labelsphere tag tagger/ pictures/ --sidecars xmp --run tagging/ --dry-run
    """
    from labelsphere.artefact import check_free_file
    from labelsphere.cli.output import remark
    from labelsphere.cli.tagged_output import NOT_CALIBRATED, RESULT_FORMS
    from labelsphere.tagger.exported_model import is_exported

    if is_exported(tagger):
        _check_exported(choice, inputs, journal, writing)
        form = _form(format, output, json)
        if output is not None:
            check_free_file(output, overwrite=overwrite)
        _tag_exported(tagger, pictures or [], choice.number, form, output, batch)
        return
    from labelsphere.cli.tagger_loading import load_tagger
    from labelsphere.tagger.devices import single_device
    from labelsphere.tagger.tagging import tag_pictures, tag_vectors

    chosen = writing.tag_filter()
    in_archive = output is not None or writing.sidecars is not None or journal.run is not None
    if in_archive and inputs.features is None and not json:
        paths = [str(path) for path in pictures or []]
        form_of_output = _archive_form(format)
        # Imports tables and journals, which tagging a single picture does not need.
        from labelsphere.cli.archive_run import ArchiveRun, run_archive

        run_archive(
            ArchiveRun(
                tagger,
                paths,
                output,
                form_of_output,
                overwrite,
                journal,
                writing,
                chosen,
                choice.tag_choice(),
                batch,
                inputs.device,
            )
        )
        return
    write = RESULT_FORMS[_form(format, output, json)]
    if output is not None:
        check_free_file(output, overwrite=overwrite)
    given = _list_pictures(pictures or [], inputs.features)
    loaded = load_tagger(tagger)
    loaded.network.to(single_device(inputs.device))
    calibrated = loaded.calibration is not None and not choice.raw_scores
    if loaded.calibration is None and not choice.raw_scores:
        remark(NOT_CALIBRATED)
    wanted = choice.tag_choice()
    if inputs.features is not None:
        vectors = features_like(loaded, inputs.features, inputs.feature_column)
        count, results = len(vectors), tag_vectors(loaded, vectors, wanted, batch_size=batch)
    else:
        count, results = len(given), tag_pictures(loaded, given, wanted, batch_size=batch)
    _write(results, count, write, output, calibrated=calibrated)


def _check_exported(
    choice: ChoiceOptions, inputs: TaggedInputs, journal: JournalOptions, writing: WritingOptions
) -> None:
    """Refuse options that an exported model does not support.

    Raises:
        UsageError: If one of them is given.
    """
    given = [name for name in given_fields(choice) if name in ("raw_scores", "specific")]
    given += [name for name in given_fields(inputs) if name != "device"]
    given += given_fields(journal) + given_fields(writing)
    if given:
        raise UsageError(
            f"an exported model does not support {', '.join(map(option_name, given))}; give the "
            "folder of the tagger itself"
        )


def _tag_exported(
    model: Path, pictures: list[Path], top: int | None, form: str, output: Path | None, batch: int
) -> None:
    """Tag files with an exported model: PyTorch is not imported."""
    from labelsphere.cli.output import remark
    from labelsphere.cli.tagged_output import NOT_CALIBRATED, RESULT_FORMS
    from labelsphere.tagger.exported_model import ExportedModel

    given = _list_pictures(pictures, None)
    opened_model = ExportedModel.open(model)
    if not opened_model.calibrated:
        remark(NOT_CALIBRATED)
    results = opened_model.tag_files(given, top, batch_size=batch)
    _write(results, len(given), RESULT_FORMS[form], output, calibrated=opened_model.calibrated)


def _write(
    results: "Iterator[Tagged]",
    count: int,
    write: "ResultForm",
    output: Path | None,
    *,
    calibrated: bool,
) -> None:
    """Write the tags, and name the pictures that could not be read."""
    from labelsphere.cli.output import progress
    from labelsphere.cli.tagged_output import open_output

    problems: list[str] = []
    with open_output(output) as file:
        # On a terminal, a progress bar would mix with the lines of the result.
        with nullcontext(None) if file.isatty() else progress("tagging", count) as update:
            write(_with_progress(results, update, problems), file, calibrated=calibrated)
        _name_problems(problems, count)
        if problems and len(problems) == count:
            raise DataError(f"no picture could be read: {count:,} of {count:,} skipped")


def _form(given: str | None, output: Path | None, json: bool) -> str:
    """Choose the format of the result."""
    if given is None:
        csv = output is not None and output.suffix.lower() == ".csv"
        return "json" if json else "csv" if csv else "jsonl"
    if json:
        raise UsageError("--json and --format contradict: give one of them")
    if given not in _FORMATS:
        raise UsageError(f"--format must be one of {', '.join(_FORMATS)}, but got {given!r}")
    return given


def _archive_form(given: str | None) -> str | None:
    """Check the format of a run's output; None to choose it by the file's ending."""
    from labelsphere.archive.writers import OUTPUT_WRITERS

    forms = [ending.removeprefix(".") for ending in OUTPUT_WRITERS]
    if given is not None and given not in forms:
        raise UsageError(f"--format must be one of {', '.join(forms)}, but got {given!r}")
    return given


def _list_pictures(pictures: list[Path], features: Path | None) -> list[Path]:
    """List the given files and the pictures in the given folders.

    Prints on stderr what is left out of a folder.
    """
    from labelsphere.annotations.listing import list_folder
    from labelsphere.cli.output import remark

    if (not pictures) == (features is None):
        raise UsageError("give either pictures and folders, or a file of vectors with --features")
    found: list[Path] = []
    for path in pictures:
        if not path.is_dir():
            found.append(path)
            continue
        listing = list_folder(path)
        found += [path / name for name in listing.pictures]
        for sentence in listing.skipped(texts=True):
            remark(f"{path}: {sentence}")
    if pictures and not found:
        named = ", ".join(str(path) for path in pictures)
        raise DataError(f"there are no pictures in {named}; expected files such as .jpg or .png")
    return found


def _with_progress(
    results: "Iterator[Tagged]", update: "Update | None", problems: list[str]
) -> "Iterator[Tagged]":
    """Yield all results, collect their problems, and report the progress."""
    for done, one in enumerate(results, start=1):
        if one.problem:
            problems.append(one.problem)
        yield one
        if update is not None:
            update(done)


def _name_problems(problems: list[str], count: int) -> None:
    from labelsphere.cli.output import remark

    for problem in problems[:_NAMED]:
        remark(f"skipped: {problem}")
    if problems:
        remark(f"pictures skipped because they cannot be read: {len(problems):,} of {count:,}")
