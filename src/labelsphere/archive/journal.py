"""The journal of a tagging run: a folder of Parquet parts that is only ever added to.

A picture counts as tagged when the part that it is in is on disk under its final name. A run that
was stopped at any moment goes on from there.
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
        run: The run's name, made at random.
        tagger: Folder of the tagger.
        identity: Hashes of model, preparation and decoding.
        labels: The tagger's labels when tags were last decoded.
        calibrated: Whether tags have probabilities.
        vectors: Whether vectors are kept.
        choice: Which tags are kept.
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
    """A run's folder.

    Args:
        folder: The folder, which holds a ``run.json``.

    Raises:
        ArtefactError: If it holds none, or one that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.info = _read_info(folder)

    @classmethod
    def begin(cls, folder: Path, info: RunInfo) -> "Journal":
        """Begin a run, or go on with the one that the folder holds.

        Raises:
            ArtefactError: If the folder holds anything else, or a run of another model, another
                preparation or other thresholds.
        """
        if (folder / "run.json").exists():
            journal = cls(folder)
            _check_same(journal.info, info, folder)
            return journal
        # What a lock file or a killed beginning leaves is nobody's work.
        if folder.exists() and any(not p.name.startswith(".") for p in folder.iterdir()):
            raise ArtefactError(
                f"{folder} holds something that is no tagging run; name another folder with --run"
            )
        folder.mkdir(parents=True, exist_ok=True)
        write_info(folder, replace(info, run=uuid4().hex[:12]))
        return cls(folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out, and clear away what a killed one left half-written.

        Raises:
            ArtefactError: If another process is at work on the run.
        """
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ArtefactError(
                    f"another process is at work on {self.folder}; wait for it, or name another "
                    "folder with --run"
                ) from error
            for left in self.folder.glob(".*.partial"):
                left.unlink(missing_ok=True)
            yield

    def update(self, **changes: Any) -> None:
        """Write ``run.json`` with some other values."""
        self.info = replace(self.info, **changes)
        write_info(self.folder, self.info)

    def parts(self) -> list[Path]:
        """The parts, oldest first."""
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
        """Write a part in place of another; see `add`."""
        self.replace_rows(part, records_to_frame(records, self.info.identity.decoding))

    def replace_rows(self, part: Path, rows: pl.DataFrame) -> None:
        """Write a part from its rows; see `add`."""
        with new_file(part) as beside:
            rows.write_parquet(beside)

    def records(self, part: Path) -> list[Record]:
        """What a part holds."""
        return frame_to_records(self.rows(part))

    def rows(self, part: Path) -> pl.DataFrame:
        """What a part holds, as rows."""
        return _read_part(part)

    def decoding_of(self, part: Path) -> str:
        """Hash of the decoding that gave a part its tags."""
        column = pl.read_parquet(part, columns=["decoding"], n_rows=1)["decoding"]
        return str(column[0]) if len(column) else ""

    def seen(self) -> Iterator[tuple[Path, pl.DataFrame]]:
        """Each part with the columns that tell which pictures it holds."""
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
    with new_file(folder / "run.json") as beside:
        beside.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _read_info(folder: Path) -> RunInfo:
    path = folder / "run.json"
    if not path.is_file():
        raise ArtefactError(f"{folder} is no tagging run; expected a folder with a run.json")
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
        raise ArtefactError(f"{path} cannot be read ({error}): begin another run") from error


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
            f"{folder} is a run with other labels or thresholds: bring it up to date with "
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
