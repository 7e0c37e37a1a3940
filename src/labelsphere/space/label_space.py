"""The label space: labels as points whose directions say which occur together (§3.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labelsphere.annotations import Annotations, Revision, Vocabulary
from labelsphere.arrays import FloatArray, IntArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.linalg import ApproximateSearch, top_k, with_unit_rows
from labelsphere.space.alignment import align_annotations, check_same_vocabulary
from labelsphere.space.arithmetic import Neighbor, check_top, frequent_labels, signed_sum
from labelsphere.space.card import describe_space
from labelsphere.space.counts import Counts
from labelsphere.space.fit_record import FitRecord
from labelsphere.space.fitted_rows import select_fitted
from labelsphere.space.placement import place_label
from labelsphere.space.presence import presence_rows
from labelsphere.space.refitting import align_space, moved_labels, refit_options, with_names_of
from labelsphere.space.revising import revise_space
from labelsphere.space.space_folder import read_space, write_space
from labelsphere.space.space_parts import SpaceParts

if TYPE_CHECKING:
    from labelsphere.space.embedders import Embed, Embedder

_EXAMPLES = 5
"""Labels that the model card shows with their neighbours."""


@dataclass(frozen=True, eq=False, repr=False)
class LabelSpace(SpaceParts):
    """Labels of a vocabulary as points of a k-dimensional space, the rows of E_k.

    Attributes:
        vocabulary: The labels; a label's number is its row in ``vectors``.
        vectors: (labels, dim) float32, not normalised; a label without an embedding has a zero row.
        counts: (labels,) int64, number of images of each label when the space was fitted.
        record: How the space was made.

    Raises:
        DataError: If the arrays differ in length, or a vector is not finite.

    Examples:
        >>> rows = [["sky", "sea"], ["sky", "sea"], ["cat", "sofa"], ["cat"]]
        >>> tags = Annotations.from_lists(rows)
        >>> space = LabelSpace.fit(tags, dim=2)
        >>> space
        LabelSpace(4 labels, dim=2, method='pmi', placed=4)
        >>> space.neighbors("sky", top=1)[0].label
        'sea'
        >>> ids, proximities = space.decode(space.encode([["cat"], ["sea"]]), top=2)
        >>> ids.shape, proximities.dtype
        ((2, 2), dtype('float32'))
    """

    @classmethod
    def fit(
        cls,
        tags: Annotations | Counts,
        method: "str | Embed | type" = "pmi",
        dim: int | None = None,
        exponent: float | None = None,
        *,
        split: str | None = None,
        group: str | None = None,
        weighted: bool = False,
        **options: Any,
    ) -> "LabelSpace":
        """Embed the labels of some tags, as ``labelsphere embed`` does.

        Args:
            tags: Annotations, or their counts where the method needs no more.
            method: A name of ``EMBEDDERS``, of which ``labelsphere embed --help`` shows all; or
                your own: a function of (tags, dim) and options by name that returns an `Embedding`,
                a class that is made from the options and called with (tags, dim), or an instance.
            dim: Number of dimensions k; None for the method's own choice: where directions have
                an order, all that there are, 4,096 at most.
            exponent: Of the eigenvalues, for the methods that have some; None for the paper's 0.5.
            split: Column whose ``train`` rows are counted; ``split`` where the table has it.
                ``"none"`` counts all rows.
            group: Column whose equal values mark variants of one image: the first is counted.
            weighted: Whether an image counts by its tags' confidence.
            **options: The method's own, such as ``shift`` or ``path``. ``features`` has one row an
                image of the table; those of the counted images are used.

        Returns:
            The label space.

        Raises:
            UsageError: If there is no such method, option or column, or one is out of range or
                missing.
            DataError: If no label can be placed, or a file that an option names cannot be used.
            MissingExtraError: If the method needs a package that is not installed.
        """
        # A space that is only read needs no embedder: none is imported with the module.
        from labelsphere.space.embedders import checked_embedder

        if exponent is not None:
            options["exponent"] = exponent
        embedder = checked_embedder(method, options)
        tags, chosen = select_fitted(tags, options, split=split, group=group, weighted=weighted)
        return cls._embed(tags, embedder, dim, chosen)

    @classmethod
    def _embed(
        cls,
        tags: Annotations | Counts,
        embedder: "Embedder",
        dim: int | None,
        options: Mapping[str, Any],
    ) -> "LabelSpace":
        """Embed the labels of all images given."""
        embedding = embedder(tags, dim, **options)
        counts = tags.whole_occurrences if isinstance(tags, Counts) else tags.label_counts()
        record = FitRecord.from_json({"method": embedder.name, **embedding.facts})
        return cls(tags.vocabulary, embedding.vectors, counts, record)

    @cached_property
    def _approximate_search(self) -> ApproximateSearch:
        return ApproximateSearch(self.unit_vectors[self.placed])

    def encode(self, rows: SparseRows | Sequence[Sequence[str]]) -> FloatArray:
        """Encode tag sets as points: e = E_kᵀ·v over its norm (§3.2).

        Args:
            rows: CSR, sets × labels of this space, of which only the presence counts; or lists of
                labels, of which unknown ones are ignored.

        Returns:
            (sets, dim) float32 of unit norm; a zero row where no label has an embedding.

        Raises:
            UsageError: If the CSR has another number of labels (see `align`), or the list holds
                strings in place of lists.
        """
        if isinstance(rows, Sequence):
            if any(isinstance(row, str) for row in rows):
                raise UsageError("expected a list of tag lists, but got a list of strings")
            rows = Annotations.from_lists(rows, vocabulary=self.vocabulary).matrix
        if rows.shape[1] != self.n_labels:
            raise UsageError(
                f"tags have {rows.shape[1]} columns, the space {self.n_labels} labels; "
                "map annotations onto the space with space.align(annotations)"
            )
        sums: FloatArray = presence_rows(rows).astype(np.float32) @ self.vectors
        return with_unit_rows(sums)

    def decode(
        self, points: FloatArray, top: int = 10, *, index: str = "exact"
    ) -> tuple[IntArray, FloatArray]:
        """Rank labels by cosine proximity to points (§3.2), ties by label number.

        Proximities are float32 sums: labels closer than about 2e-7 may change their order.

        Args:
            points: (b, dim), any norm. A point at zero is at proximity 0 to every label.
            top: How many labels a point, fewer where fewer labels have an embedding.
            index: ``"exact"``, or ``"faiss"`` for an approximate index that is worth its making
                from about a million labels. It misses some labels and is made at the first call.

        Returns:
            Label numbers (b, t) int64 and proximities (b, t) float32, best first;
            t = min(top, labels placed).

        Raises:
            UsageError: If ``top`` is below 1, the points are of another width or not finite, or
                there is no such index.
            MissingExtraError: If the index is faiss's and faiss is not installed.
        """
        check_top(top)
        if index not in ("exact", "faiss"):
            raise UsageError(f"index must be 'exact' or 'faiss', but got {index!r}")
        rows = np.flatnonzero(self.placed)
        if not len(rows):
            return np.empty((len(points), 0), np.int64), np.empty((len(points), 0), np.float32)
        count = min(top, len(rows))
        if index == "faiss":
            found, proximities = self._approximate_search.top(points, count)
            return rows[found], proximities
        bias = np.where(self.placed, np.float32(0), np.float32(-np.inf))
        return top_k(with_unit_rows(points), self.unit_vectors, count, bias)

    def neighbors(self, label: str, top: int = 5) -> list[Neighbor]:
        """Find the labels closest to one (Table 2), itself left out.

        Raises:
            UsageError: If the label is unknown or has no embedding, or ``top`` is below 1.
        """
        return self.combine(label, top=top)

    def combine(self, *labels: str, minus: Sequence[str] = (), top: int = 5) -> list[Neighbor]:
        """Find the labels closest to a sum of labels (§4.4.1), its terms left out.

        Args:
            *labels: Labels to add, with the norms they have in the space.
            minus: Labels to subtract.
            top: How many labels.

        Raises:
            UsageError: If no label is given, one is unknown or has no embedding, ``top`` is below
                1, or the terms cancel.
        """
        check_top(top)
        plus_rows, minus_rows = ([self.row(label) for label in some] for some in (labels, minus))
        total = signed_sum(self.vectors, plus_rows, minus_rows)
        own = {*plus_rows, *minus_rows}
        ids, proximities = self.decode(total[None], top + len(own))
        near = [
            Neighbor(self.vocabulary[number], float(proximity))
            for number, proximity in zip(ids[0].tolist(), proximities[0], strict=True)
            if number not in own
        ]
        return near[:top]

    def place(
        self,
        label: str,
        evidence: Mapping[str, float] | Annotations | Sequence[str],
        *,
        images: float | None = None,
        total: float | None = None,
        ridge: float = 1.0,
    ) -> "LabelSpace":
        """Add a label to the space, from the labels that it occurs with (§3.3.1).

        No label moves, so a tagger trained for this space predicts the new label without training:
        see `Tagger.with_space`.

        Args:
            label: The new label.
            evidence: One of three. How many images hold the new label and each of some known ones,
                by name; of other labels nothing is then known. Or annotations of images that have
                it. Or known labels that it is like, whose directions are averaged.
            images: How many images hold the new label; with counts only, and needed there.
            total: Images among which those were found; by default as many as the space was counted
                from.
            ridge: Penalty of the least squares, in units of the mean eigenvalue; doubled at 20
                images. 0 folds in without a penalty.

        Returns:
            The space with the label at its end; its vectors are otherwise this one's.

        Raises:
            UsageError: If the label is there already, another is unknown, a number is out of
                range, or counts are given to a space that was not made from an association.
            DataError: If the new label goes with no known one more often than by chance.

        Examples:
            >>> rows = [["tent", "lantern"]] * 8 + [["tent", "forest"]] * 5 + [["sea"]] * 9
            >>> space = LabelSpace.fit(Annotations.from_lists(rows))
            >>> larger = space.place("glamping", {"tent": 3, "lantern": 4}, images=4)
            >>> [neighbor.label for neighbor in larger.neighbors("glamping", top=2)]
            ['lantern', 'tent']
        """
        return place_label(self, label, evidence, images=images, total=total, ridge=ridge)

    def revise(
        self,
        changes: Mapping[str, str | None] | Revision,
        aliases: Mapping[str, str] | None = None,
    ) -> "LabelSpace":
        """Rename, merge and remove labels without fitting the space again.

        No label moves. Merged labels get the mean of their embeddings, weighted by images,
        and the sum of their images, which counts those twice that had both: see `refit` for what a
        new count says. A tagger uses the new space by `Tagger.with_space`.

        Args:
            changes: For each label the label that it becomes, or None if it is removed; or a
                `Revision`. Old names stay as aliases.
            aliases: Further names, each with the label that it stands for.

        Raises:
            UsageError: If a label is unknown, would become itself again over others, or nothing
                would change.

        Examples:
            >>> rows = [["auto", "road"]] * 3 + [["car", "road"]] * 4 + [["cat", "sofa"]] * 5
            >>> space = LabelSpace.fit(Annotations.from_lists(rows))
            >>> revised = space.revise({"auto": "car"}, {"automobile": "car"})
            >>> revised, revised.neighbors("automobile", top=1)[0].label
            (LabelSpace(4 labels, dim=4, method='pmi', placed=4), 'road')
        """
        return revise_space(self, Revision.of(changes, aliases))

    def refit(
        self,
        tags: Annotations | Counts,
        dim: int | None = None,
        *,
        method: "str | Embed | type | None" = None,
        split: str | None = None,
        group: str | None = None,
        weighted: bool = False,
        **options: Any,
    ) -> "LabelSpace":
        """Fit a space to other tags by the same method, and align it with this one.

        For tags that were added, merged or counted again: a tagger that was trained for this space
        then works with the new one (`Tagger.with_space`). The ``record`` says how well they agree:
        ``aligned_proximity`` is the mean cosine between the new and the old embeddings of the
        ``aligned_labels`` that both have.

        Args:
            tags: Annotations, or their counts where the method needs no more. Tags that are aliases
                here count as the labels that they stand for.
            dim: Dimensions to fit, at most this space's; if None, its own, or as many as the tags
                have if they are fewer. The space returned has this space's dimensions, the rest 0.
            method: The embedder that this space was fitted by, where it is not Labelsphere's own
                and so cannot be found by its name.
            split: Column whose ``train`` rows are counted, see `fit`.
            group: Column whose equal values mark variants of one image, see `fit`.
            weighted: Whether an image counts by its tags' confidence.
            **options: The method's own, in place of those of this space.

        Raises:
            UsageError: If an argument is out of range, or fewer labels are shared than there are
                dimensions.
            DataError: If no label is shared, or counts do not determine those of labels that are
                one here.
        """
        from labelsphere.space.embedders import checked_embedder
        from labelsphere.space.embedders.checks import TooManyDimensionsError

        method = str(self.record.method) if method is None else method
        tags = with_names_of(tags, self.vocabulary)
        wanted = self.dim if dim is None else dim
        if wanted > self.dim:
            raise UsageError(
                f"dim must be at most {self.dim}, those of the old space, but got {dim}"
            )
        options = {**refit_options(self.record, method), **options}
        embedder = checked_embedder(method, options)
        tags, chosen = select_fitted(tags, options, split=split, group=group, weighted=weighted)
        try:
            fresh = LabelSpace._embed(tags, embedder, wanted, chosen)
        except TooManyDimensionsError as error:
            if dim is not None:
                raise
            fresh = LabelSpace._embed(tags, embedder, error.largest, chosen)
        return fresh.aligned_to(self)

    def aligned_to(self, other: "LabelSpace") -> "LabelSpace":
        """Align this space with another: rotate it so that shared labels are as close as possible.

        All angles between labels stay. The rotation is found by orthogonal Procrustes from the
        labels that have an embedding in both, matched by name or alias.

        Args:
            other: A space of at least as many dimensions.

        Returns:
            The rotated space, of the other's dimensions; see `refit` for what its ``record`` says.

        Raises:
            UsageError: If the other space has fewer dimensions, or fewer labels are shared than
                this one has dimensions.
            DataError: If no label is shared.
        """
        return align_space(self, other)

    def moved(self, other: "LabelSpace") -> list[Neighbor]:
        """Return how far labels moved between this space and another of the same axes.

        Returns:
            Each label with an embedding in both, and the proximity of the two; farthest first.
        """
        return moved_labels(self, other)

    def align(self, annotations: Annotations) -> Annotations:
        """Map annotations onto this space's vocabulary.

        Args:
            annotations: Over any vocabulary. Labels are matched by name or alias.

        Returns:
            Annotations whose report counts the tags that the space does not know.
        """
        return align_annotations(annotations, self.vocabulary)

    def check_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Refuse labels that are not this space's, in its order.

        Raises:
            UsageError: If the vocabularies differ; the message says where.
        """
        check_same_vocabulary(vocabulary, self.vocabulary)

    def card(self) -> str:
        """Return the model card, Markdown: what the space is, how it was made, some neighbours."""
        examples = {label: self.neighbors(label) for label in frequent_labels(self, _EXAMPLES)}
        return describe_space(self, examples)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Write ``config.json``, ``vectors.safetensors``, ``labels.parquet`` and ``README.md``.

        Args:
            folder: Where to write. It appears whole or not at all.
            overwrite: Whether a folder with contents may be replaced.

        Raises:
            ArtefactError: If the folder is taken.
        """
        write_space(self, self.card(), Path(folder), overwrite=overwrite)

    @classmethod
    def load(cls, folder: str | Path) -> "LabelSpace":
        """Read what `save` wrote.

        Raises:
            ArtefactError: If the folder is missing, damaged or of another kind, or its labels are
                not those that its vectors were made for.
        """
        parts = read_space(Path(folder))
        return cls(parts.vocabulary, parts.vectors, parts.counts, parts.record)

    def __len__(self) -> int:
        return self.n_labels

    def __repr__(self) -> str:
        return (
            f"LabelSpace({self.n_labels} labels, dim={self.dim}, "
            f"method={self.record.method!r}, placed={np.count_nonzero(self.placed)})"
        )
