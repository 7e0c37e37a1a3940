"""Word vectors from a file as embeddings of labels (§2, [7]), as in DeViSE."""

import re

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import FloatArray
from labelsphere.errors import UsageError
from labelsphere.json_types import Json
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import check_dim, none_placed
from labelsphere.space.embedders.embedding import Embedding
from labelsphere.space.embedders.vector_files import read_vectors

_BETWEEN_WORDS = re.compile(r"[\s_\-/,.()&+:;]+")
_NAMED = 20


def embed_by_words(
    tags: Annotations | Counts,
    dim: int | None = None,
    *,
    path: str,
    words: str | None = None,
) -> Embedding:
    """The vector of a label's name, or the mean of those of its words.

    A label is looked for as it is, with underscores for its spaces, and in small letters; then
    word by word, and the words that are known are averaged. Vectors are brought to unit norm
    before and after: their norm says how frequent a word is in some text, which would weigh tags
    in a set by it. What occurs with what is not used, so that a label needs no image.

    Args:
        tags: Annotations or counts, for the names of the labels.
        dim: None, or the width of the vectors.
        path: File of vectors: text, or safetensors; see `read_vectors`.
        words: For safetensors, the file that names the rows.

    Returns:
        The embedding, rows of unit norm. Labels of which no word is known have zero rows; the
        facts count them (``unknown``), name the first (``unknown_labels``), and count those of
        which some words are known (``partly_known``).

    Raises:
        UsageError: If a file is missing, or ``dim`` is not the width of its vectors.
        DataError: If the file cannot be used, or no label is known.
    """
    check_dim(dim)
    names = tags.vocabulary.names
    wholes = [_spellings(name) for name in names]
    parts = [[_spellings(word) for word in _BETWEEN_WORDS.split(name) if word] for name in names]
    wanted = {spelling for whole in wholes for spelling in whole}
    wanted.update(spelling for label in parts for word in label for spelling in word)
    found, width = read_vectors(path, wanted.__contains__, words)
    if dim not in (None, width):
        raise UsageError(f"dim must be {width}, the width of the vectors in {path}, but got {dim}")
    vectors = np.zeros((len(names), width), np.float32)
    partly = 0
    for row, (whole, label) in enumerate(zip(wholes, parts, strict=True)):
        known = [vector for vector in [_first(found, whole)] if vector is not None]
        if not known:
            known = [v for word in label if (v := _first(found, word)) is not None]
            partly += 0 < len(known) < len(label)
        if known:
            vectors[row] = _unit(np.mean([_unit(vector) for vector in known], axis=0))
    unknown = [name for name, vector in zip(names, vectors, strict=True) if not vector.any()]
    if len(unknown) == len(names):
        raise none_placed(len(names), "word-vectors", f"{path} knows no word of them")
    facts: dict[str, Json] = {
        "options": {"path": str(path), **({} if words is None else {"words": str(words)})},
        "unknown": len(unknown),
        "unknown_labels": unknown[:_NAMED],
        "partly_known": partly,
    }
    return Embedding(vectors, facts)


def _spellings(text: str) -> list[str]:
    """Spellings of a name in a file of vectors, the likeliest first."""
    joined = "_".join(text.split())
    return list(dict.fromkeys([text, joined, text.lower(), joined.lower()]))


def _first(found: dict[str, FloatArray], spellings: list[str]) -> FloatArray | None:
    """The vector of the first spelling that has one."""
    return next((found[s] for s in spellings if s in found and found[s].any()), None)


def _unit(vector: FloatArray) -> FloatArray:
    norm = np.linalg.norm(vector)
    return vector / norm if norm else vector
