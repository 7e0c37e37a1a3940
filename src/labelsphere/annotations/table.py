"""Annotations: the tags of images as sparse rows over a vocabulary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.absences import move_absences, without_present
from labelsphere.annotations.assembly import assemble
from labelsphere.annotations.columns import move_columns
from labelsphere.annotations.pictures import Pictures
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.revision import Revision
from labelsphere.annotations.table_data import TableData, tags_of
from labelsphere.annotations.table_form import TableForm
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.errors import DataError, UsageError


@dataclass(frozen=True, eq=False, repr=False)
class Annotations:
    """Images × labels (§3: the sets C_d), with further columns and pictures.

    Attributes:
        image_ids: One name per image.
        vocabulary: The labels; a label's number is its column in ``matrix``.
        matrix: CSR, images × labels, float32, sorted indices, no explicit zeros. The value is
            the confidence of the annotation, 1 where none was given.
        columns: Further columns of the source, such as ``split``, one row per image.
        pictures: Encoded images, or None for tags only.
        report: Report on what reading and filtering left out.
        absent: Known absences: CSR, images × labels, float32 ones, sorted indices, for tags that
            were looked for and not found (confidence 0). None if no absence is known. A tag in
            ``matrix`` is never absent; a tag in neither is unknown.
        form: Layout of the table that was read, to write it back in the same way; None otherwise.

    Raises:
        DataError: If their lengths differ.
    """

    image_ids: Sequence[str]
    vocabulary: Vocabulary
    matrix: SparseRows
    columns: pl.DataFrame = field(default_factory=pl.DataFrame)
    pictures: Pictures | None = None
    report: ReadReport = field(default_factory=ReadReport)
    absent: SparseRows | None = None
    form: TableForm | None = None

    def __post_init__(self) -> None:
        """Check that all have one row per image."""
        expected = (len(self.image_ids), len(self.vocabulary))
        if self.matrix.shape != expected:
            raise DataError(f"matrix must be images × labels {expected}, got {self.matrix.shape}")
        if self.columns.width and self.columns.height != len(self.image_ids):
            raise DataError(
                f"columns must have {len(self.image_ids)} rows, but got {self.columns.height}"
            )
        if self.pictures is not None and len(self.pictures) != len(self.image_ids):
            raise DataError(f"pictures must be {len(self.image_ids)}, but got {len(self.pictures)}")
        if self.absent is not None:
            if self.absent.shape != expected:
                raise DataError(
                    f"absent must be images × labels {expected}, got {self.absent.shape}"
                )
            object.__setattr__(self, "absent", without_present(self.absent, self.matrix))

    @classmethod
    def read(
        cls,
        source: str | Path,
        *,
        format: str | None = None,
        separator: str | None = None,
        image_column: str | None = None,
        tag_column: str | None = None,
        images: str | Path | None = None,
        min_count: int = 1,
        min_confidence: float = 0.0,
        vocabulary: Vocabulary | str | Path | None = None,
        label_names: str | Path | None = None,
        keep: Sequence[str] = (),
        untagged: bool = False,
    ) -> "Annotations":
        """Read annotations from a file or folder; the format is recognised by name and contents.

        Tags are normalised to composed letters (Unicode's NFC), so that tags that look the same are
        equal. A tag with confidence 0 is a known absence.

        Args:
            source: A table, a file of an annotation tool, or a folder of images with text files
                beside them; ``labelsphere.annotations.readers.READERS`` lists the formats.
            format: A key of ``READERS``; if None, recognised by name and contents.
            separator: Text between the tags in a cell or sidecar; ``""`` if each row is one
                tag. If None: one tag per row where the tag column's name is in the singular
                (``label``) or unknown with confidences beside it, else a comma.
            image_column: Column of the image's id or path; if None, recognised.
            tag_column: Column of the tags; if None, recognised.
            images: Folder that picture paths are relative to; if None, the table's own folder.
                A sample of a thousand is looked up; if none is found, the annotations have no
                pictures.
            min_count: Drop labels on fewer images than this. Images are kept, even without tags.
            min_confidence: Drop tags of a lower confidence.
            vocabulary: The labels to keep, or a file of them, one per line; others are counted in
                the report. If None, all that occur, in alphabetical order.
            label_names: CSV of label codes and names, such as Open Images' class descriptions.
            keep: Tags such as ``none`` that would otherwise count as an empty cell. Tags of
                ``vocabulary`` are always kept.
            untagged: Whether to accept a source without any tag.

        Returns:
            The annotations, rows in the source's order.

        Raises:
            UsageError: If the source does not exist, its format is unknown, or arguments
                contradict.
            DataError: If the source's contents cannot be used, or no tag is left.
        """
        # Imported here because tagging needs neither readers nor writers.
        from labelsphere.annotations.reading import read_table

        data = read_table(
            source,
            format=format,
            separator=separator,
            image_column=image_column,
            tag_column=tag_column,
            images=images,
            min_count=min_count,
            min_confidence=min_confidence,
            vocabulary=vocabulary,
            label_names=label_names,
            keep=keep,
            untagged=untagged,
        )
        return cls(
            image_ids=data.image_ids,
            vocabulary=data.vocabulary,
            matrix=data.matrix,
            columns=data.columns,
            pictures=data.pictures,
            report=data.report,
            absent=data.absent,
            form=data.form,
        )

    def write(
        self,
        path: str | Path,
        *,
        format: str | None = None,
        pictures: bool = False,
        overwrite: bool = False,
    ) -> list[str]:
        """Write the annotations as a table, or in the format of another program.

        A table that was read keeps its layout: the same columns in the same order, and one row per
        image or per tag. A known absence is a tag with confidence 0. With confidences, CSV has one
        row per tag, and other tables have a list of confidences for each list of tags.

        Args:
            path: The file or folder, written atomically.
            format: A key of `labelsphere.annotations.writers.WRITERS`; if None, by the
                ending: ``.csv``, ``.jsonl`` or ``.parquet``.
            pictures: Whether to copy the pictures into the folder, if the format has one.
            overwrite: Whether to replace an existing file or folder.

        Returns:
            Sentences about contents that could not be kept.

        Raises:
            UsageError: If the format is unknown, or the path has another ending.
            DataError: If the format cannot store a tag or a column.
            ArtefactError: If the file or folder exists.
        """
        data = TableData(
            self.image_ids,
            self.vocabulary,
            self.matrix,
            self.columns,
            self.pictures,
            self.report,
            self.absent,
            self.form,
        )
        from labelsphere.annotations.writing import write_annotations

        return write_annotations(data, path, format=format, pictures=pictures, overwrite=overwrite)

    @classmethod
    def from_lists(
        cls,
        tags: Iterable[Iterable[str]],
        *,
        image_ids: Sequence[str] | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> "Annotations":
        """Build annotations from one list of tags per image.

        Args:
            tags: The tags of each image. A repeated tag of an image counts once.
            image_ids: Names of the images; their numbers if None.
            vocabulary: The labels to keep; if None, all that occur, in alphabetical order.

        Raises:
            DataError: If an image's tags are not a list of non-empty strings.

        Examples:
            >>> tags = Annotations.from_lists([["sky", "beach"], ["sky"], []])
            >>> tags.n_images, tags.vocabulary.names, tags.label_counts().tolist()
            (3, ('beach', 'sky'), [1, 2])
        """
        rows = list(tags)
        text = next((row for row in rows if isinstance(row, str)), None)
        if text is not None:
            raise DataError(f"tags must be one list per image, but got the text {text!r}")
        sets = [list(row) for row in rows]
        wrong = [tag for row in sets for tag in row if not isinstance(tag, str)]
        if wrong:
            raise DataError(f"tags must be strings, but got {wrong[0]!r}")
        report = ReadReport(rows=len(sets))
        vocabulary, matrix = assemble(
            np.repeat(np.arange(len(sets), dtype=np.int64), [len(row) for row in sets]),
            pl.Series([tag for row in sets for tag in row], dtype=pl.String),
            None,
            n_images=len(sets),
            vocabulary=vocabulary,
            report=report,
        )
        ids = list(image_ids) if image_ids is not None else [str(i) for i in range(len(sets))]
        return cls(ids, vocabulary, matrix, report=report)

    @property
    def n_images(self) -> int:
        """Number of images."""
        return len(self.image_ids)

    @property
    def n_labels(self) -> int:
        """Number of labels in the vocabulary, with those on no image."""
        return len(self.vocabulary)

    def label_counts(self) -> IntArray:
        """Count the images of each label, (labels,) int64, ignoring confidences."""
        return np.bincount(self.matrix.indices, minlength=self.n_labels).astype(np.int64)

    def require_pictures(self, *, vectors: bool = True) -> Pictures:
        """Return the pictures, or raise an error if there are none.

        Args:
            vectors: Whether the message offers feature vectors as an alternative.

        Raises:
            UsageError: If there are none. The message names the searched folder.
        """
        if self.pictures is not None:
            return self.pictures
        why = self.report.no_pictures or "the annotations have no pictures"
        instead = ", or give feature vectors with --features (inputs=)" if vectors else ""
        raise UsageError(f"{why}; name their folder with --images (in Python images=){instead}")

    def tags_of(self, row: int) -> list[str]:
        """Return the tags of one image, in the vocabulary's order."""
        return tags_of(self.matrix, self.vocabulary, row)

    def select(self, rows: IntArray | Sequence[int]) -> "Annotations":
        """Select some images, over the same vocabulary.

        Args:
            rows: Row numbers, in the wanted order.
        """
        chosen = np.asarray(rows, np.int64)
        return replace(
            self,
            image_ids=[self.image_ids[row] for row in chosen.tolist()],
            matrix=self.matrix[chosen],
            columns=self.columns[chosen.tolist()] if self.columns.width else self.columns,
            pictures=None if self.pictures is None else self.pictures.select(chosen),
            absent=None if self.absent is None else self.absent[chosen],
        )

    def revise(
        self,
        changes: Mapping[str, str | None] | Revision,
        aliases: Mapping[str, str] | None = None,
    ) -> "Annotations":
        """Rename, merge and remove tags.

        Args:
            changes: New name of each changed tag, or None to remove it; or a `Revision`. A merged
                tag has the highest of the confidences.
            aliases: Additional names, each with its tag.

        Raises:
            UsageError: If a tag is unknown, the changes form a cycle, or nothing would change.

        Examples:
            >>> tags = Annotations.from_lists([["auto", "car"], ["car", "misc"], ["cat"]])
            >>> revised = tags.revise({"auto": "car", "misc": None})
            >>> [revised.tags_of(row) for row in range(3)], revised.label_counts().tolist()
            ([['car'], ['car'], ['cat']], [2, 1])
        """
        vocabulary, places = Revision.of(changes, aliases).apply(self.vocabulary)
        return self.move(places, vocabulary)

    def move(self, numbers: IntArray, vocabulary: Vocabulary) -> "Annotations":
        """Convert the annotations to another vocabulary.

        An image has a merged tag if it has any of its tags, with the highest confidence, and is
        known to lack it if it is known to lack all of them.

        Args:
            numbers: (labels,) int64, the number of each label in ``vocabulary``, or -1 to leave it
                out.
            vocabulary: The new labels.
        """
        matrix = move_columns(self.matrix, numbers, len(vocabulary))
        absent = self.absent
        if absent is not None:
            absent = move_absences(absent, numbers, len(vocabulary))
        return replace(self, vocabulary=vocabulary, matrix=matrix, absent=absent)

    def column(self, name: str) -> pl.Series:
        """Return a further column of the source.

        Raises:
            UsageError: If there is no such column.
        """
        if name not in self.columns.columns:
            there = ", ".join(self.columns.columns) or "none"
            raise UsageError(f"no column {name!r} in the tag table; its further columns: {there}")
        return self.columns[name]

    def rows_where(self, column: str, value: str) -> IntArray:
        """Find the rows whose column has a value, e.g. ``rows_where("split", "train")``, int64.

        Raises:
            UsageError: If there is no such column, or no row has the value.
        """
        series = self.column(column).cast(pl.String)
        rows = np.flatnonzero((series == value).fill_null(value=False).to_numpy())
        if not len(rows):
            there = ", ".join(repr(v) for v in series.unique(maintain_order=True)[:6].to_list())
            raise UsageError(f"no row has {column} = {value!r}; its values: {there}")
        return rows.astype(np.int64)

    def groups(self, column: str) -> IntArray:
        """Number the groups of images with equal values of a column, int64.

        Each null is a group of its own.

        Raises:
            UsageError: If there is no such column.
        """
        named = self.column(column).cast(pl.String).to_frame("name").with_row_index("row")
        alone = pl.when(pl.col("name").is_null()).then(pl.col("row"))
        first = named.select(pl.col("row").min().over("name", alone))["row"]
        return np.unique(first.to_numpy(), return_inverse=True)[1].astype(np.int64)

    def one_per_group(self, column: str) -> "Annotations":
        """Select the first image of each group, because variants are not independent.

        Raises:
            UsageError: If there is no such column.
        """
        _, first = np.unique(self.groups(column), return_index=True)
        return self.select(np.sort(first))

    def __repr__(self) -> str:
        """Return the number of images and labels, and whether there are pictures."""
        extra = "" if self.pictures is None else ", with pictures"
        return f"Annotations({self.n_images} images, {self.n_labels} labels{extra})"
