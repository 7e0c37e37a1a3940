"""The source of a label space: a table of tags, or saved counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelsphere.cli.options import given_fields, option_name
from labelsphere.cli.tables import TableOptions

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.space import Counts


@dataclass(frozen=True)
class FitOptions:
    """Options of the images that a label space is fitted to.

    Attributes:
        option: An option of the method, such as path=vectors.txt; may be given several times.
        features: For rembrandt: feature vectors, one per row of the tag table; .npy, .npz as
            scipy.sparse.save_npz writes it, or .parquet.
        feature_column: Column of the vectors in a .parquet file with several columns of lists.
        weighted: Weight each tag by its confidence.
        split: Column whose 'train' rows are counted. Default: 'split', where the table has it. none
            counts all rows.
        group: Column whose equal values mark variants of one image: the first is counted.
    """

    option: tuple[str, ...] = field(
        default=(), metadata={"repeated": True, "metavar": "NAME=VALUE"}
    )
    features: Path | None = None
    feature_column: str | None = None
    weighted: bool = field(default=False, metadata={"flag": True})
    split: str | None = None
    group: str | None = None

    def read(
        self, tags: Path, table: TableOptions, method: str
    ) -> "tuple[Annotations | Counts, Mapping[str, Any]]":
        """Read the table or counts, and print on stderr which images are counted.

        Args:
            tags: A table, or a folder of saved counts.
            table: How a table is read.
            method: The embedder.

        Returns:
            Annotations or counts, and the arguments of `LabelSpace.fit` by name.

        Raises:
            UsageError: If an option is wrong, or is about a table and counts are given.
            DataError: If the table or the features cannot be used.
        """
        from labelsphere.artefact import saved_kind
        from labelsphere.cli.output import remark
        from labelsphere.errors import UsageError
        from labelsphere.space import Counts
        from labelsphere.space.fitted_rows import choose_fitted_rows

        options = self._of_method(method)
        if saved_kind(tags) == "counts":
            given = [name for name in _ABOUT_TABLE if getattr(self, name)] + given_fields(table)
            if given:
                raise UsageError(
                    f"{tags} holds counts, and {option_name(given[0])} applies to tables; give the "
                    "option to labelsphere count"
                )
            return Counts.load(tags), options
        annotations = table.read(tags)
        note = choose_fitted_rows(annotations, self.split, self.group).note
        if note:
            remark(note)
        if self.features is not None:
            vectors = self._vectors(self.features, annotations.n_images)
            options = {**options, "features": vectors}
        return annotations, {
            **options,
            "split": self.split,
            "group": self.group,
            "weighted": self.weighted,
        }

    def _of_method(self, method: str) -> Mapping[str, Any]:
        from labelsphere.errors import UsageError
        from labelsphere.space.embedders import option_from_text

        options = {}
        for text in self.option:
            name, equals, value = text.partition("=")
            if not equals or not name:
                raise UsageError(f"--option must be NAME=VALUE, but got {text!r}")
            options[name] = option_from_text(method, name, value)
        return options

    def _vectors(self, path: Path, images: int) -> Any:
        from labelsphere.cli.inputs import check_number
        from labelsphere.tagger.inputs.feature_files import read_matrix

        matrix = read_matrix(path, self.feature_column)
        check_number(matrix.shape[0], images, path)
        return matrix


_ABOUT_TABLE = ("weighted", "split", "group", "features")
