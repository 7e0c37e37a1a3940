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
    """Images × labels (§3: the sets C_d), with what else is known of each image.

    Attributes:
        image_ids: One name an image.
        vocabulary: The labels; a label's number is its column in ``matrix``.
        matrix: CSR, images × labels, float32, sorted indices, no explicit zeros. The value is
            the confidence of the annotation, 1 where none was given.
        columns: Further columns of the source, such as ``split``, one row per image.
        pictures: Encoded images, or None where there are only tags.
        report: What reading and filtering left out.
        absent: Known absences: CSR, images × labels, float32 ones, sorted indices, for tags that
            were looked for and are not there (confidence 0). None where no absence is known. A
            tag that ``matrix`` holds is never absent; what is in neither is unknown.
        form: How the table that was read is laid out, to write it back alike; None elsewhere.

    Raises:
        DataError: If they differ in length.
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
        """Check that all have one row an image."""
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

        Tags are read with composed letters (Unicode's NFC), so that those that look the same are
        one. A tag of confidence 0 is a known absence.

        Args:
            source: A table, a file of an annotation tool, or a folder of images with text files
                beside them; ``labelsphere.annotations.readers.READERS`` lists the formats.
            format: A name out of ``READERS``; if None, recognised by name and contents.
            separator: Text between the tags in a cell or sidecar; ``""`` if each row is one
                tag. If None: one tag a row where the tag column's name is in the singular
                (``label``) or unknown with confidences beside it, else a comma.
            image_column: Column of the image's id or path; if None, recognised.
            tag_column: Column of the tags; if None, recognised.
            images: Folder that picture paths are relative to; if None, the table's own folder.
                There a thousand are looked for, and if none is found the annotations have no
                pictures.
            min_count: Drop labels on fewer images than this. Images stay, if need be without tags.
            min_confidence: Drop tags of a lower confidence.
            vocabulary: The labels to keep, or a file of them, one a line; others are counted in
                the report. If None, all that occur, in alphabetical order.
            label_names: CSV of label codes and their names, without further columns, such as Open
                Images' class descriptions.
            keep: Tags such as ``none`` that would be taken for the mark of an empty cell. Those of
                ``vocabulary`` are kept anyway.
            untagged: Whether a source that gives no image a tag is read, to look at its images.

        Returns:
            The annotations, rows in the source's order.

        Raises:
            UsageError: If the source is not there, its format is unknown, or arguments contradict.
            DataError: If the source's contents cannot be used, or no tag is left.
        """
        # Tagging reads no table: readers and writers are not imported with the module.
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
        """Write the annotations as a table, or for another program.

        A table that was read is written as it was laid out: the same columns in the same order, one
        row an image or one row a tag. A known absence is a tag of confidence 0. Where there are
        confidences, CSV has one row a tag, and the other tables a list of them beside each list of
        tags.

        Args:
            path: The file or folder. It appears whole or not at all.
            format: A name out of `labelsphere.annotations.writers.WRITERS`; if None, by the
                ending: ``.csv``, ``.jsonl`` or ``.parquet``.
            pictures: Whether the pictures are copied into the folder, where the format has one.
            overwrite: Whether a file or folder that is there may be replaced.

        Returns:
            What could not be kept, a sentence each.

        Raises:
            UsageError: If the format is unknown, or the ending is another.
            DataError: If a tag or a column does not go into the format.
            ArtefactError: If the file or folder is there already.
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
            tags: The tags of each image. A tag given twice to an image counts once.
            image_ids: Names of the images; their numbers if None.
            vocabulary: The labels to keep; if None, all that occur, in alphabetical order.

        Raises:
            DataError: If an image's tags are no list of non-empty strings.

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
        """Number of labels in the vocabulary, those that occur in no image included."""
        return len(self.vocabulary)

    def label_counts(self) -> IntArray:
        """Number of images of each label, (labels,) int64; confidences do not weigh in."""
        return np.bincount(self.matrix.indices, minlength=self.n_labels).astype(np.int64)

    def require_pictures(self, *, vectors: bool = True) -> Pictures:
        """Return the pictures, or raise an error if there are none.

        Args:
            vectors: Whether feature vectors would do as well; the message says so.

        Raises:
            UsageError: If there are none. The message names the folder that was searched.
        """
        if self.pictures is not None:
            return self.pictures
        why = self.report.no_pictures or "the annotations have no pictures"
        instead = ", or give feature vectors with --features (inputs=)" if vectors else ""
        raise UsageError(f"{why}; name their folder with --images (in Python images=){instead}")

    def tags_of(self, row: int) -> list[str]:
        """The tags of one image, in the vocabulary's order."""
        return tags_of(self.matrix, self.vocabulary, row)

    def select(self, rows: IntArray | Sequence[int]) -> "Annotations":
        """Select some images, over the same vocabulary.

        Args:
            rows: Row numbers, in the order wanted.
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
            changes: For each tag the tag that it becomes, or None if it is removed; or a
                `Revision`. Tags that become one are given once, with the higher confidence.
            aliases: Further names, each with its tag.

        Raises:
            UsageError: If a tag is unknown, would become itself again over others, or nothing
                would change.

        Examples:
            >>> tags = Annotations.from_lists([["auto", "car"], ["car", "misc"], ["cat"]])
            >>> revised = tags.revise({"auto": "car", "misc": None})
            >>> [revised.tags_of(row) for row in range(3)], revised.label_counts().tolist()
            ([['car'], ['car'], ['cat']], [2, 1])
        """
        vocabulary, places = Revision.of(changes, aliases).apply(self.vocabulary)
        return self.move(places, vocabulary)

    def move(self, places: IntArray, vocabulary: Vocabulary) -> "Annotations":
        """Move the annotations to another vocabulary.

        Where several tags become one, an image has it where it has any of them, with the highest
        confidence, and is known to lack it where it is known to lack all of them.

        Args:
            places: (labels,) int64, the number that each label has in ``vocabulary``, or -1 if it
                is left out.
            vocabulary: The labels afterwards.
        """
        matrix = move_columns(self.matrix, places, len(vocabulary))
        absent = self.absent
        if absent is not None:
            absent = move_absences(absent, places, len(vocabulary))
        return replace(self, vocabulary=vocabulary, matrix=matrix, absent=absent)

    def column(self, name: str) -> pl.Series:
        """One further column of the source.

        Raises:
            UsageError: If there is no such column.
        """
        if name not in self.columns.columns:
            there = ", ".join(self.columns.columns) or "none"
            raise UsageError(f"no column {name!r} in the tag table; its further columns: {there}")
        return self.columns[name]

    def rows_where(self, column: str, value: str) -> IntArray:
        """Rows whose column has a value, e.g. ``rows_where("split", "train")``, int64.

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
        """Number of the group that each image is in, by equal values of a column, int64.

        Each image with a null is a group of its own.

        Raises:
            UsageError: If there is no such column.
        """
        named = self.column(column).cast(pl.String).to_frame("name").with_row_index("row")
        alone = pl.when(pl.col("name").is_null()).then(pl.col("row"))
        first = named.select(pl.col("row").min().over("name", alone))["row"]
        return np.unique(first.to_numpy(), return_inverse=True)[1].astype(np.int64)

    def one_per_group(self, column: str) -> "Annotations":
        """The first image of each group: variants of one thing are not independent.

        Raises:
            UsageError: If there is no such column.
        """
        _, first = np.unique(self.groups(column), return_index=True)
        return self.select(np.sort(first))

    def __repr__(self) -> str:
        """Number of images and labels, and what else is there."""
        extra = "" if self.pictures is None else ", with pictures"
        return f"Annotations({self.n_images} images, {self.n_labels} labels{extra})"
