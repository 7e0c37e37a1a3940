"""Journal of a tagging run: a folder of Parquet parts to which parts are only added.

A picture counts as tagged when its part is on disk under its final name. A run that was stopped at
any moment continues from there.
"""

import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from labelsphere.archive.identity import Identity
from labelsphere.archive.records import SCHEMA, Record, frame_to_records, records_to_frame
from labelsphere.artefact import new_file
from labelsphere.errors import ArtefactError
from labelsphere.tagger.choosing import TagChoice
from labelsphere.version import __version__

_VERSION = 1


@dataclass(frozen=True)
class RunInfo:
    """Description of a run, as stored in ``run.json``.

    Attributes:
        run: Name of the run, a random identifier.
        tagger: Folder of the tagger.
        identity: Hashes of model, preparation and decoding.
        labels: Labels of the tagger when tags were last decoded.
        calibrated: Whether tags have probabilities.
        vectors: Whether vectors are kept.
        choice: Choice of the tags that are kept.
        outputs: Files that the run wrote, each with the hash of its contents.
    """

    run: str
    tagger: str
    identity: Identity
    labels: tuple[str, ...]
    calibrated: bool
    vectors: bool
    choice: TagChoice = field(default_factory=TagChoice)
    outputs: dict[str, str] = field(default_factory=dict)


class Journal:
    """Journal in a run's folder.

    Args:
        folder: The folder, which holds a ``run.json``.

    Raises:
        ArtefactError: If the folder holds no journal, or one that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.info = _read_info(folder)

    @classmethod
    def begin(cls, folder: Path, info: RunInfo) -> "Journal":
        """Begin a run, or continue the one in the folder.

        Raises:
            ArtefactError: If the folder holds other files, or a run with another model, preparation
                or thresholds.
        """
        if (folder / "run.json").exists():
            journal = cls(folder)
            _check_same(journal.info, info, folder)
            return journal
        # A lock file and temporary files of a killed run may be overwritten.
        if folder.exists() and any(not p.name.startswith(".") for p in folder.iterdir()):
            raise ArtefactError(
                f"{folder} holds other files than a tagging run; name another folder with --run"
            )
        folder.mkdir(parents=True, exist_ok=True)
        write_info(folder, replace(info, run=uuid4().hex[:12]))
        return cls(folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the run against other processes, and delete temporary files of a killed one.

        Raises:
            ArtefactError: If another process has locked the run.
        """
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ArtefactError(
                    f"another process is working on {self.folder}; wait for it, or name another "
                    "folder with --run"
                ) from error
            for left in self.folder.glob(".*.partial"):
                left.unlink(missing_ok=True)
            yield

    def update(self, **changes: Any) -> None:
        """Change some values of ``run.json``."""
        self.info = replace(self.info, **changes)
        write_info(self.folder, self.info)

    def parts(self) -> list[Path]:
        """Return the parts, oldest first."""
        return sorted(self.folder.glob("part-*.parquet"))

    def add(self, records: Sequence[Record]) -> None:
        """Write a part.

        Raises:
            ArtefactError: If it cannot be written; nothing half-written is left.
        """
        parts = self.parts()
        number = int(parts[-1].stem.partition("-")[2]) + 1 if parts else 1
        self.replace(self.folder / f"part-{number:06}.parquet", records)

    def replace(self, part: Path, records: Sequence[Record]) -> None:
        """Replace a part; see `add`."""
        self.replace_rows(part, records_to_frame(records, self.info.identity.decoding))

    def replace_rows(self, part: Path, rows: pl.DataFrame) -> None:
        """Replace a part by rows of a data frame; see `add`."""
        with new_file(part) as temporary:
            rows.write_parquet(temporary)

    def records(self, part: Path) -> list[Record]:
        """Read the records of a part."""
        return frame_to_records(self.rows(part))

    def rows(self, part: Path) -> pl.DataFrame:
        """Read a part as a data frame."""
        return _read_part(part)

    def decoding_of(self, part: Path) -> str:
        """Return the hash of the decoding that gave a part its tags."""
        column = pl.read_parquet(part, columns=["decoding"], n_rows=1)["decoding"]
        return str(column[0]) if len(column) else ""

    def seen(self) -> Iterator[tuple[Path, pl.DataFrame]]:
        """Yield each part with the columns that identify its pictures."""
        for part in self.parts():
            yield part, _read_part(part, ["name", "content", "size", "changed", "problem"])


def _read_part(part: Path, columns: list[str] | None = None) -> pl.DataFrame:
    try:
        return pl.read_parquet(part, columns=columns or list(SCHEMA))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise ArtefactError(
            f"{part} is damaged ({reason}): remove it, and run the same command again"
        ) from error


def write_info(folder: Path, info: RunInfo) -> None:
    """Write ``run.json``, whole or not at all."""
    values = {
        "format": "labelsphere.run",
        "format_version": _VERSION,
        "labelsphere": __version__,
        **asdict(info),
    }
    with new_file(folder / "run.json") as temporary:
        temporary.write_text(
            json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _read_info(folder: Path) -> RunInfo:
    path = folder / "run.json"
    if not path.is_file():
        raise ArtefactError(f"{folder} is not a tagging run; expected a folder with a run.json")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["format"] != "labelsphere.run" or values["format_version"] > _VERSION:
            raise ArtefactError(
                f"{path} is {values['format']!r}, version {values['format_version']}; expected "
                f"labelsphere.run up to {_VERSION}: upgrade with pip install -U labelsphere"
            )
        return RunInfo(
            values["run"],
            values["tagger"],
            Identity(**values["identity"]),
            tuple(values["labels"]),
            values["calibrated"],
            values["vectors"],
            TagChoice(**values["choice"]),
            values["outputs"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError(f"{path} cannot be read ({error}): start a new run") from error


def _check_same(there: RunInfo, now: RunInfo, folder: Path) -> None:
    other = [
        name
        for name in ("model", "preparation")
        if getattr(there.identity, name) != getattr(now.identity, name)
    ]
    if other:
        raise ArtefactError(
            f"{folder} is a run of a tagger with another {' and '.join(other)}; name another "
            "folder with --run"
        )
    if there.identity.decoding != now.identity.decoding:
        raise ArtefactError(
            f"{folder} is a run with other labels or thresholds: update it with "
            f"labelsphere retag {folder} --tagger {now.tagger}, or name another folder with --run"
        )
    if there.choice != now.choice:
        raise ArtefactError(
            f"{folder} was begun with another choice of tags (--top, --all, --specific or "
            "--raw-scores); give the same, or name another folder with --run"
        )
    if there.vectors != now.vectors:
        raise ArtefactError(
            f"{folder} was begun {'with' if there.vectors else 'without'} vectors; give the same "
            "option, or name another folder with --run"
        )
