"""Tagging of uploaded pictures: checks, decoding, and one answer per picture."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from labelsphere.app.batcher import Batcher
from labelsphere.app.counters import Counters
from labelsphere.app.served import PictureTags, Served, TagRequest
from labelsphere.app.settings import ServerSettings
from labelsphere.app.squares import Square
from labelsphere.app.thumbnails import check_size
from labelsphere.errors import DataError, LabelsphereError


@dataclass(frozen=True)
class Upload:
    """Uploaded picture.

    Attributes:
        name: Its file name, used in the answer only.
        data: Its encoded bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True)
class Outcome:
    """Tags of a picture, or an error.

    Attributes:
        name: The picture's name.
        tags: The tags, or None.
        error: The reason, or None.
    """

    name: str
    tags: PictureTags | None = None
    error: str | None = None


class TaggingService:
    """Service that tags pictures of many clients.

    Pictures are decoded in separate threads while the network runs on others.

    Args:
        tagger: The tagger.
        settings: Settings with the limits.
        counters: Counters to update.
    """

    def __init__(self, tagger: Served, settings: ServerSettings, counters: Counters) -> None:
        self._tagger = tagger
        self._settings = settings
        self._counters = counters
        self._decoders = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decoding")
        self.batcher: Batcher[TagRequest, PictureTags] = Batcher(
            tagger.tag,
            batch_size=settings.batch_size,
            capacity=settings.queue_size,
            on_batch=counters.batches.observe,
        )

    async def tag(
        self, uploads: Sequence[Upload], *, specific: float = 0.0, top: int = 100
    ) -> list[Outcome]:
        """Tag pictures; each has its own outcome, in their order.

        Args:
            uploads: The pictures.
            specific: Order of the tags, see `TagRequest`.
            top: Largest number of tags per picture.

        Raises:
            OverloadedError: If too many pictures are waiting.
            TimeoutError: If they are not tagged in time.
        """
        self.batcher.admit(len(uploads))
        self._counters.pending.set(self.batcher.pending)
        try:
            async with asyncio.timeout(self._settings.answer_seconds):
                outcomes = await asyncio.gather(
                    *(self._tag_one(upload, specific, top) for upload in uploads)
                )
        finally:
            self.batcher.release(len(uploads))
            self._counters.pending.set(self.batcher.pending)
        for outcome in outcomes:
            self._counters.pictures.labels("failed" if outcome.error else "tagged").inc()
        return outcomes

    async def prepare(self, upload: Upload) -> Square:
        """Check and decode a picture.

        Raises:
            OverloadedError: If too many pictures are waiting.
            DataError: If it is not a picture, or exceeds a limit.
        """
        self.batcher.admit(1)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._decoders, self._prepare, upload.data)
        finally:
            self.batcher.release(1)

    async def stop(self) -> None:
        """Finish all accepted pictures, then stop."""
        await self.batcher.stop()
        self._decoders.shutdown(wait=True)

    async def _tag_one(self, upload: Upload, specific: float, top: int) -> Outcome:
        loop = asyncio.get_running_loop()
        try:
            square = await loop.run_in_executor(self._decoders, self._prepare, upload.data)
            tags = await self.batcher.submit(TagRequest(square, specific, top))
            return Outcome(upload.name, tags=tags)
        except LabelsphereError as error:
            return Outcome(upload.name, error=str(error))

    def _prepare(self, data: bytes) -> Square:
        if len(data) > self._settings.max_file_bytes:
            raise DataError(
                f"the picture has {len(data):,} bytes; expected {self._settings.max_file_bytes:,} "
                "at most"
            )
        check_size(data, self._settings.max_pixels)
        return self._tagger.prepare(data)
