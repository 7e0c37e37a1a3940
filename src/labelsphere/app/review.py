"""Review of the tags of a folder's pictures, most doubtful first."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labelsphere.annotations.picture_formats import picture_endings
from labelsphere.app.schemas import ReviewItem, ReviewResponse
from labelsphere.app.served import PictureTags
from labelsphere.app.tagging import TaggingService, Upload
from labelsphere.app.thumbnails import thumbnail
from labelsphere.archive.sidecars import add_to_text, remove_from_text, text_sidecar
from labelsphere.artefact import new_file
from labelsphere.errors import DataError, LabelsphereError, UsageError

_MISSING_FROM = 0.5
"""Smallest probability of a missing tag that the page asks about."""
_THUMBNAIL = 512


@dataclass
class _Picture:
    path: Path
    tags: tuple[str, ...]
    doubts: list[tuple[float, str, bool, float | None]]


class Review:
    """Review of a folder: tags on which sidecar and tagger disagree.

    A tag that the sidecar has and the tagger finds unlikely may be wrong; one that the sidecar
    lacks and the tagger finds likely may be missing. Decisions are written into the text sidecars
    that `labelsphere.archive.sidecars` reads. Only the folder's own pictures are shown, by number.

    Args:
        folder: The folder, with its subfolders.
        most: Largest number of pictures.

    Raises:
        DataError: If it is not a folder, or has no pictures.
    """

    def __init__(self, folder: Path, *, most: int = 100_000) -> None:
        if not folder.is_dir():
            raise DataError(f"{folder} is not a folder; expected a folder of pictures to review")
        self.folder = folder.resolve()
        paths = sorted(_pictures_in(self.folder))[:most]
        if not paths:
            raise DataError(f"{folder} has no pictures; expected pictures to review")
        self._pictures = [_Picture(path, (), []) for path in paths]
        self._decisions: dict[tuple[int, str], bool] = {}
        self._looked_at = 0
        self._writing = threading.Lock()

    async def look(self, tagging: TaggingService) -> None:
        """Tag all pictures one at a time, between other requests, until all are tagged."""
        for picture in self._pictures:
            try:
                data = await asyncio.to_thread(picture.path.read_bytes)
                picture.tags = await asyncio.to_thread(_sidecar_tags, picture.path)
                outcome = (await tagging.tag([Upload(picture.path.name, data)]))[0]
                if outcome.tags is not None:
                    picture.doubts = _doubts(picture.tags, outcome.tags)
            # If a picture cannot be read, or the queue is full, continue with the next picture.
            except (OSError, TimeoutError, LabelsphereError):
                await asyncio.sleep(0.1)
            self._looked_at += 1

    def items(self, top: int) -> ReviewResponse:
        """Return tags to decide on, most doubtful first and decided ones last."""
        found = [
            (-doubt, number, label, present, probability)
            for number, picture in enumerate(self._pictures)
            for doubt, label, present, probability in picture.doubts
            if (number, label) not in self._decisions
        ]
        found.sort(key=lambda item: item[:3])
        return ReviewResponse(
            looked_at=self._looked_at,
            pictures=len(self._pictures),
            items=[
                ReviewItem(
                    picture=number,
                    name=str(self._pictures[number].path.relative_to(self.folder)),
                    label=label,
                    present=present,
                    probability=probability,
                )
                for _, number, label, present, probability in found[:top]
            ],
        )

    def decide(self, number: int, label: str, keep: bool) -> bool:
        """Write a decision into the picture's sidecar.

        Args:
            number: Number of the picture.
            label: The tag.
            keep: Whether the picture has it.

        Returns:
            Whether the sidecar had the tag before; needed to undo the decision.

        Raises:
            UsageError: If there is no such picture.
            DataError: If the tag cannot be written to the sidecar, or the picture has two sidecars.
        """
        picture = self._picture(number)
        with self._writing:
            sidecar = text_sidecar(picture.path)
            if sidecar.is_symlink():
                raise DataError(f"{sidecar.name} is a link; expected a regular file")
            text = sidecar.read_text(encoding="utf-8") if sidecar.exists() else None
            had = label in _tags_of(text)
            if keep:
                changed = add_to_text(text, [label])[0]
            else:
                changed = remove_from_text(text or "", [label])
            if changed != (text or ""):
                with new_file(sidecar) as temporary:
                    temporary.write_text(changed, encoding="utf-8", newline="")
            self._decisions[number, label] = keep
        return had

    def undo(self, number: int, label: str, had: bool) -> None:
        """Undo a decision."""
        self.decide(number, label, had)
        del self._decisions[number, label]

    def thumbnail(self, number: int, max_pixels: int) -> bytes:
        """Return a picture as a JPEG of at most 512 pixels per side.

        Raises:
            UsageError: If there is no such picture.
            DataError: If it cannot be read.
        """
        path = self._picture(number).path
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DataError(f"{path.name} cannot be read ({error.strerror})") from error
        return thumbnail(data, _THUMBNAIL, max_pixels=max_pixels)

    def _picture(self, number: int) -> _Picture:
        if not 0 <= number < len(self._pictures):
            raise UsageError(
                f"there is no picture {number}; expected 0 to {len(self._pictures) - 1}"
            )
        return self._pictures[number]


def _pictures_in(folder: Path) -> Iterator[Path]:
    """Yield regular files with a picture's ending; links out of the folder are not followed."""
    endings = picture_endings()
    for path in folder.rglob("*"):
        if path.suffix.lower() in endings and path.is_file() and not path.is_symlink():
            yield path


def _sidecar_tags(path: Path) -> tuple[str, ...]:
    sidecar = text_sidecar(path)
    return _tags_of(sidecar.read_text(encoding="utf-8")) if sidecar.is_file() else ()


def _tags_of(text: str | None) -> tuple[str, ...]:
    lines = [line for line in (text or "").splitlines() if line.strip()]
    cells = lines if len(lines) > 1 else (text or "").split(",")
    return tuple(cell.strip() for cell in cells if cell.strip())


def _doubts(
    tags: tuple[str, ...], found: PictureTags
) -> list[tuple[float, str, bool, float | None]]:
    """Return each tag's doubt, 0 to 1: the probability that sidecar and truth differ."""
    doubts: list[tuple[float, str, bool, float | None]] = []
    listed = set()
    for tag in found.tags:
        listed.add(tag.label)
        if tag.probability is None:
            continue
        present = tag.label in tags
        doubt = 1 - tag.probability if present else tag.probability
        if present or tag.probability >= _MISSING_FROM:
            doubts.append((doubt, tag.label, present, round(tag.probability, 4)))
    # A tag that is not among the best hundred is less likely than any of them.
    doubts += [(1.0, label, True, None) for label in tags if label not in listed]
    return doubts
