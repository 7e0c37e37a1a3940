"""Annotations that nobody made: as many as wanted, for tests and measurements of size."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from labelsphere.annotations import Annotations, Hierarchy, Vocabulary
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.errors import UsageError
from simulation.frequencies import expected_occurrences
from simulation.settings import PRESETS, SimulationSettings
from simulation.urn import Urn

CHUNK_IMAGES = 1 << 16
_REDRAWS = 16
_SURE = 0.99


class Simulation:
    """Simulated annotations, made chunk by chunk and never held whole.

    Frequencies follow Zipf's law. Each label belongs to a topic; an image draws a few topics,
    some of its tags from them and the others from anywhere, so that labels of a topic go
    together. Every label occurs.

    The simulator is for size, never for accuracy: what a method scores on it says nothing of
    what it scores on pictures that people tagged.

    Args:
        settings: Settings, or the name of some of `PRESETS`.
        seed: Equal seeds give equal annotations. Each chunk has a seed of its own, so that
            chunks can be made in any order.
        images: Number of images in place of the settings'.
        labels: Number of labels in place of the settings'.
        hierarchy: Real labels and their parents. It gives the number of labels; an image with
            a label also gets all its ancestors, beyond ``labels_per_image``; and neighbours in
            the hierarchy share topics.

    Attributes:
        settings: What is simulated.
        vocabulary: The labels.

    Raises:
        UsageError: If there is no such preset, or the numbers do not fit each other.
    """

    def __init__(
        self,
        settings: str | SimulationSettings,
        *,
        seed: int = 0,
        images: int | None = None,
        labels: int | None = None,
        hierarchy: Hierarchy | None = None,
    ) -> None:
        if hierarchy is not None:
            if labels not in (None, len(hierarchy)):
                raise UsageError(f"the hierarchy has {len(hierarchy)} labels, but got {labels=}")
            labels = len(hierarchy)
        given = {"images": images, "labels": labels}
        self.settings = replace(
            _settings(settings), **{name: n for name, n in given.items() if n is not None}
        )
        self.hierarchy = hierarchy
        self.vocabulary = (
            Vocabulary(f"label {number}" for number in range(self.settings.labels))
            if hierarchy is None
            else hierarchy.vocabulary
        )
        self._seed = seed
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
        size = self.settings.labels
        common_first = random.permutation(size)
        line = random.permutation(size) if hierarchy is None else _neighbours(hierarchy)
        # Each label has an image that holds it for sure; the urn gives what is beyond that.
        self._homes = random.permutation(size)
        beyond = np.zeros(size)
        share = expected_occurrences(self.settings) / self.settings.images
        # Common labels are drawn more than once for an image and count once: so many draws.
        draws = -np.log1p(-np.minimum(share, _SURE)) * self.settings.images
        beyond[common_first] = np.maximum(draws - 1, 0)
        if not beyond.any():
            beyond[:] = 1
        self._urn = Urn.of(beyond, line, self.settings.topics)

    @property
    def n_chunks(self) -> int:
        """Number of chunks."""
        return -(-self.settings.images // CHUNK_IMAGES)

    def chunks(self) -> Iterator[SparseRows]:
        """All chunks in order: CSR, images × labels, float32 ones, sorted indices."""
        return (self.chunk(number) for number in range(self.n_chunks))

    def chunk(self, number: int) -> SparseRows:
        """The images from ``number · CHUNK_IMAGES`` on, `CHUNK_IMAGES` of them or what is left.

        Returns:
            CSR, images × labels, float32 ones, sorted indices.

        Raises:
            UsageError: If there is no such chunk.
        """
        if not 0 <= number < self.n_chunks:
            raise UsageError(f"chunk must be from 0 to {self.n_chunks - 1}, but got {number}")
        random = np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=(1, number)))
        settings = self.settings
        first = number * CHUNK_IMAGES
        images = min(CHUNK_IMAGES, settings.images - first)
        home_rows, home_labels = self._homes_within(first, images)
        sizes = 1 + random.poisson(settings.labels_per_image - 1, images)
        sizes = np.clip(sizes, np.bincount(home_rows, minlength=images), settings.labels)
        starts = np.cumsum(sizes) - sizes
        rows = np.repeat(np.arange(images), sizes)
        topics = self._urn.topics((images, settings.topics_per_image), random)
        # One draw tells both whether a tag comes from a topic and from which of the image's.
        place = random.random(len(rows))
        from_topic = np.flatnonzero(place < settings.topic_share)
        turn = place[from_topic] * (settings.topics_per_image / max(settings.topic_share, 1e-300))
        # Rounding may take a number just below the share up to it.
        column = np.minimum(turn.astype(np.int64), settings.topics_per_image - 1)
        picked = np.full(len(rows), -1, np.int64)
        picked[from_topic] = topics[rows[from_topic], column]
        drawn = self._urn.labels(picked, random)
        drawn[starts[home_rows] + _within(home_rows)] = home_labels
        chunk = self._without_repeats(rows, drawn, images, random)
        return chunk if self.hierarchy is None else self.hierarchy.with_ancestors(chunk)

    def annotations(self) -> Annotations:
        """All of it at once, as annotations without pictures; images are named by number."""
        matrix: SparseRows = vstack(list(self.chunks()), format="csr")
        return Annotations(_Numbers(self.settings.images), self.vocabulary, matrix)

    def _homes_within(self, first: int, images: int) -> tuple[IntArray, IntArray]:
        """Rows of a chunk and the labels that are at home there, by row."""
        settings = self.settings
        # Label number n of the shuffled ones is at home in image n · images // labels.
        borders = (first, first + images)
        low, high = (-(-border * settings.labels // settings.images) for border in borders)
        numbers = np.arange(low, high)
        return numbers * settings.images // settings.labels - first, self._homes[low:high]

    def _without_repeats(
        self,
        rows: IntArray,
        drawn: NDArray[np.int32],
        images: int,
        random: np.random.Generator,
    ) -> SparseRows:
        """Rows of the drawn labels; what an image drew twice is drawn anew from the whole urn."""
        bits = self.settings.labels.bit_length()
        keys = (rows << bits) | drawn
        keys.sort()
        for _ in range(_REDRAWS):
            repeats = np.flatnonzero(keys[1:] == keys[:-1])
            if not len(repeats):
                break
            anywhere = np.full(len(repeats), -1)
            keys[repeats] = (keys[repeats] >> bits << bits) | self._urn.labels(anywhere, random)
            keys.sort()
        # With few labels an image may still hold one twice: it goes without.
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
        ends = np.cumsum(np.bincount(keys >> bits, minlength=images))
        indices = (keys & ((1 << bits) - 1)).astype(np.int32)
        return csr_array(
            (np.ones(len(keys), np.float32), indices, np.append(0, ends).astype(np.int32)),
            shape=(images, self.settings.labels),
        )


def simulate_labels(
    settings: str | SimulationSettings,
    *,
    seed: int = 0,
    images: int | None = None,
    labels: int | None = None,
    hierarchy: Hierarchy | None = None,
) -> Annotations:
    """Simulated annotations, held whole; `Simulation` makes them chunk by chunk.

    For size, never for accuracy: what a method scores on them says nothing of what it scores on
    pictures that people tagged.

    Args:
        settings: Name of a preset or settings; see `Simulation`.
        seed: Equal seeds give equal annotations.
        images: Number of images in place of the settings'.
        labels: Number of labels in place of the settings'.
        hierarchy: Real labels and their parents; see `Simulation`.

    Raises:
        UsageError: If there is no such preset, or the numbers do not fit each other.

    Examples:
        >>> tags = simulate_labels("calibration10m", images=20_000, labels=1_000)
        >>> tags.n_images, tags.n_labels, bool(tags.label_counts().min() >= 1)
        (20000, 1000, True)
    """
    return Simulation(
        settings, seed=seed, images=images, labels=labels, hierarchy=hierarchy
    ).annotations()


class _Numbers(Sequence[str]):
    """The numbers from 0 on as names, made when asked for: millions of names take memory."""

    def __init__(self, length: int) -> None:
        self._range = range(length)

    def __len__(self) -> int:
        return len(self._range)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [str(number) for number in self._range[at]]
        return str(self._range[at])


def _settings(given: str | SimulationSettings) -> SimulationSettings:
    if isinstance(given, SimulationSettings):
        return given
    if given not in PRESETS:
        raise UsageError(f"preset must be one of {', '.join(PRESETS)}, but got {given!r}")
    return PRESETS[given]


def _within(sorted_rows: IntArray) -> IntArray:
    """How many equal values stand before each value of a rising array."""
    return np.arange(len(sorted_rows)) - np.searchsorted(sorted_rows, sorted_rows)


def _neighbours(hierarchy: Hierarchy) -> IntArray:
    """The labels such that what lies below one of them stands together: depth first."""
    below = hierarchy.parents.T.tocsr()
    order: dict[int, None] = {}
    waiting = np.flatnonzero(hierarchy.depths == 0).tolist()
    while waiting:
        label = waiting.pop()
        if label not in order:
            order[label] = None
            waiting.extend(below.indices[below.indptr[label] : below.indptr[label + 1]].tolist())
    return np.fromiter(order, np.int64, len(order))
