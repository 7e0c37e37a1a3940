"""Annotations in chunks, for tables larger than memory."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.absences import absent_rows
from labelsphere.annotations.assembly import assemble
from labelsphere.annotations.filters import LabelNames
from labelsphere.annotations.pipes import Spool
from labelsphere.annotations.readers import READERS, ChunkOptions, RawTable, ReadOptions
from labelsphere.annotations.reading import (
    check_arguments,
    confidences_of,
    filtered_tags,
    nothing_left,
)
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.table import Annotations
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.errors import UsageError


class AnnotationStream:
    """Images × labels of one or several tables, in chunks that fit into memory.

    Created by `stream_annotations`. Each pass over `chunks` reads the tables again.

    Attributes:
        report: Report on what the latest pass has left out so far.
        size: Bytes of all tables; 0 for folders of images.
    """

    def __init__(
        self,
        sources: Sequence[tuple[Path, str]],
        options: ReadOptions,
        chunks: ChunkOptions,
        vocabulary: Vocabulary | None,
        min_count: int,
        min_confidence: float,
        label_names: Path | None,
        aliases: Mapping[str, str],
        keep: Collection[str],
        spool: Spool,
    ) -> None:
        self.report = ReadReport()
        self.size = sum(path.stat().st_size for path, _ in sources if path.is_file())
        self._sources = sources
        self._options = options
        self._chunk_options = chunks
        self._vocabulary = vocabulary
        self._min_count = min_count
        self._min_confidence = min_confidence
        self._label_names = label_names
        self._aliases = dict(aliases)
        # Keep copies of pipes as long as the stream.
        self._spool = spool
        self._keep = {*keep, *(() if vocabulary is None else vocabulary)}
        self._rare: set[str] = set()

    def find_vocabulary(self, on_bytes: Callable[[int], None] | None = None) -> Vocabulary:
        """Return the labels: the given ones, else all frequent enough ones, in alphabetical order.

        The latter needs a pass over the tables at the first call.

        Args:
            on_bytes: Called with the number of bytes read so far.

        Raises:
            DataError: If the tables cannot be used, or no tag is left.
        """
        if self._vocabulary is None:
            self._vocabulary = self._found(on_bytes)
        return self._vocabulary

    def chunks(self, on_bytes: Callable[[int], None] | None = None) -> Iterator[Annotations]:
        """Yield all images in chunks, over one vocabulary and without pictures.

        Args:
            on_bytes: Called with the number of bytes read so far.

        Yields:
            Annotations. Images are in the source's order, unless the rows of an image had to be
            collected. Their reports are empty; `report` covers all chunks.

        Raises:
            DataError: If the tables cannot be used, or no tag is left.
        """
        vocabulary = self.find_vocabulary()
        tags_read = tags_kept = 0
        for raw, tags, absent in self._tables(on_bytes):
            labels, matrix = assemble(
                tags["row"].to_numpy(),
                tags["tag"],
                confidences_of(tags),
                n_images=len(raw.image_ids),
                vocabulary=vocabulary,
                report=self.report,
            )
            tags_read += len(raw.tags)
            tags_kept += matrix.nnz
            self._count_rare_labels()
            yield Annotations(
                raw.image_ids.to_list(),
                labels,
                matrix,
                raw.columns,
                absent=absent_rows(absent, len(raw.image_ids), labels),
            )
        if not tags_kept:
            raise nothing_left(self._sources[-1][0], tags_read, self.report)

    def _found(self, on_bytes: Callable[[int], None] | None) -> Vocabulary:
        images: Counter[str] = Counter()
        tags_read = 0
        for raw, tags, _ in self._tables(on_bytes):
            labels, matrix = assemble(
                tags["row"].to_numpy(),
                tags["tag"],
                None,
                n_images=len(raw.image_ids),
                report=self.report,
            )
            tags_read += len(raw.tags)
            counts = np.bincount(matrix.indices, minlength=len(labels)).tolist()
            images.update(dict(zip(labels.names, counts, strict=True)))
        self._rare = {name for name, count in images.items() if count < self._min_count}
        kept = [name for name in images if name not in self._rare]
        if not kept:
            self.report.rare_labels = len(self._rare)
            raise nothing_left(self._sources[-1][0], tags_read, self.report)
        return Vocabulary(pl.Series(kept, dtype=pl.String).sort())

    def _tables(
        self, on_bytes: Callable[[int], None] | None
    ) -> Iterator[tuple[RawTable, pl.DataFrame, pl.DataFrame | None]]:
        """Yield each chunk of the source, with its kept tags and known absences."""
        self.report = ReadReport()
        names = None if self._label_names is None else LabelNames(self._label_names)
        before = 0
        for path, name in self._sources:
            reader = READERS[name]
            if reader.read_chunks is None:
                tables = iter([reader.read(path, self._options)])
            else:
                options = replace(self._chunk_options, on_bytes=_after(before, on_bytes))
                tables = reader.read_chunks(path, self._options, options)
            for raw in tables:
                self.report.rows += raw.rows
                self.report.notes += raw.notes
                tags, absent = filtered_tags(
                    raw, path, names, self._min_confidence, self._keep, self.report
                )
                if self._aliases:
                    renamed = pl.col("tag").cast(pl.String).replace(self._aliases)
                    tags = tags.with_columns(renamed)
                    absent = None if absent is None else absent.with_columns(renamed)
                yield raw, tags, absent
            before += path.stat().st_size if path.is_file() else 0
            _after(before, on_bytes)(0)
        self.report.notes += [] if names is None else names.remarks()

    def _count_rare_labels(self) -> None:
        """Count rare labels as rare in the report, not as unknown tags."""
        if self._rare:
            self.report.rare_labels = len(self._rare)
            for name in self._rare & self.report.unknown_tags.keys():
                del self.report.unknown_tags[name]


def stream_annotations(
    sources: str | Path | Sequence[str | Path],
    *,
    format: str | None = None,
    separator: str | None = None,
    image_column: str | None = None,
    tag_column: str | None = None,
    min_count: int = 1,
    min_confidence: float = 0.0,
    vocabulary: Vocabulary | str | Path | None = None,
    label_names: str | Path | None = None,
    aliases: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    columns: Sequence[str] = (),
    chunk_bytes: int = 1 << 25,
) -> AnnotationStream:
    r"""Read annotations in chunks; memory does not grow with the number of images.

    Filters and rows work as in `Annotations.read`, and the chunks together equal its result.
    CSV, TSV, JSON lines, Parquet and Open Images are read in bounded memory. COCO files and
    folders of images are read whole, as one chunk.

    Rows that hold one tag each may be anywhere in a table. If the table is larger than a chunk,
    they are first distributed by image over temporary files, which take as much disk space as the
    table. Rows that are one image each, and images of different tables, are never joined.

    Args:
        sources: One or several tables, such as shards; see `Annotations.read`.
        format: Format of all tables, see `Annotations.read`.
        separator: See `Annotations.read`.
        image_column: See `Annotations.read`.
        tag_column: See `Annotations.read`.
        min_count: Drop labels on fewer images of all tables together.
        min_confidence: See `Annotations.read`.
        vocabulary: The labels to keep, or a file of them. If None, a first pass over the tables
            finds all that occur.
        label_names: See `Annotations.read`.
        aliases: Other names of tags, each with its tag.
        keep: See `Annotations.read`.
        columns: Further columns of the chunks, if the tables have them.
        chunk_bytes: Approximate size of a chunk, as text.

    Returns:
        The stream; nothing has been read yet.

    Raises:
        UsageError: If a source does not exist or is given twice, its format is unknown, or
            arguments contradict.

    Examples:
        >>> path = getfixture("tmp_path") / "tags.csv"
        >>> _ = path.write_text("image;tags\na.png;sky,sea\nb.png;sky\n")
        >>> stream = stream_annotations(path)
        >>> stream.find_vocabulary().names
        ('sea', 'sky')
        >>> sum(chunk.n_images for chunk in stream.chunks())
        2
    """
    given = [sources] if isinstance(sources, str | Path) else list(sources)
    if not given:
        raise UsageError("give one or more tag tables")
    spool = Spool()
    paths = [spool.file_for(Path(source)) for source in given]
    _check_distinct(paths)
    chosen = [
        (path, check_arguments(path, format, None, min_count, min_confidence, vocabulary))
        for path in paths
    ]
    if isinstance(vocabulary, str | Path):
        vocabulary = Vocabulary.read(vocabulary)
    if label_names is not None:
        LabelNames(Path(label_names))
    return AnnotationStream(
        chosen,
        ReadOptions(separator, image_column, tag_column),
        ChunkOptions(tuple(columns), chunk_bytes),
        vocabulary,
        min_count,
        min_confidence,
        None if label_names is None else Path(label_names),
        aliases or {},
        keep,
        spool,
    )


def _check_distinct(paths: Sequence[Path]) -> None:
    """Refuse a table that is given twice, because its images would count twice.

    Raises:
        UsageError: If a table is given twice.
    """
    seen: dict[Path, Path] = {}
    for path in paths:
        first = seen.setdefault(path.resolve(), path)
        if first is not path:
            again = "" if first == path else f" (as {first} too)"
            raise UsageError(f"{path} is given twice{again}; expected each table once")


def _after(before: int, on_bytes: Callable[[int], None] | None) -> Callable[[int], None]:
    """Make a callback that adds the bytes of earlier tables."""
    if on_bytes is None:
        return lambda _: None
    return lambda done: on_bytes(before + done)
