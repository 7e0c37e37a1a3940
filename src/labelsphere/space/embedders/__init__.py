"""Ways to embed labels: one family a file, chosen by name.

A new one is a file here and an entry of `EMBEDDERS`, whose texts help, errors, docs and model cards
show.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from labelsphere.errors import UsageError
from labelsphere.space.embedders.ecoc import embed_by_codes
from labelsphere.space.embedders.embedding import Embedding
from labelsphere.space.embedders.glove import embed_by_glove
from labelsphere.space.embedders.lsa import embed_by_lsa
from labelsphere.space.embedders.options import check_options, parse_option
from labelsphere.space.embedders.random_projection import embed_at_random
from labelsphere.space.embedders.registry import Embed, Embedder, as_embedder
from labelsphere.space.embedders.rembrandt import embed_by_features
from labelsphere.space.embedders.skipgram import embed_by_skipgram
from labelsphere.space.embedders.spectral import embed_by_spectrum
from labelsphere.space.embedders.taxonomy import embed_by_hierarchy
from labelsphere.space.embedders.word_vectors import embed_by_words

__all__ = [
    "EMBEDDERS",
    "Embed",
    "Embedder",
    "Embedding",
    "checked_embedder",
    "embedder_directions",
    "find_embedder",
    "has_option",
    "option_from_text",
]

_ENTRIES = (
    Embedder(
        "pmi",
        partial(embed_by_spectrum, measure="pmi"),
        "Pointwise mutual information (§3.1): labels that occur together are near.",
    ),
    Embedder(
        "shifted",
        partial(embed_by_spectrum, measure="shifted"),
        "Mutual information less a constant, which word2vec factorises.",
    ),
    Embedder(
        "smoothed",
        partial(embed_by_spectrum, measure="smoothed"),
        "Mutual information of smoothed counts, for small data sets.",
    ),
    Embedder(
        "npmi",
        partial(embed_by_spectrum, measure="npmi"),
        "Normalised mutual information: rare and common labels weigh alike.",
    ),
    Embedder(
        "lsa",
        embed_by_lsa,
        "Singular vectors of the weighted image × label matrix.",
    ),
    Embedder(
        "random-projection",
        embed_at_random,
        "A random direction for each label; nothing is learnt from the images.",
        "Directions are drawn at random, to tell sets of labels apart.",
    ),
    Embedder(
        "ecoc",
        embed_by_codes,
        "Error-correcting codes: a word of ±1 for each label, far from all others.",
        "Each label is a word of bits, far from every other word.",
    ),
    Embedder(
        "rembrandt",
        embed_by_features,
        "What feature vectors of the images explain of the labels.",
        "Labels that like features speak for lie in like directions.",
    ),
    Embedder(
        "skipgram",
        embed_by_skipgram,
        "word2vec trained on tag sets.",
    ),
    Embedder(
        "glove",
        embed_by_glove,
        "GloVe trained on the counts of pairs.",
    ),
    Embedder(
        "word-vectors",
        embed_by_words,
        "The words of a label, in a file of word vectors.",
        "Labels whose words are alike, by the vectors given, lie in like directions.",
    ),
    Embedder(
        "taxonomy",
        embed_by_hierarchy,
        "Labels with common ancestors in a hierarchy are near.",
        "Labels that are near each other in the hierarchy lie in like directions.",
    ),
)

EMBEDDERS: dict[str, Embedder] = {embedder.name: embedder for embedder in _ENTRIES}


def find_embedder(method: str | Embed | type) -> Embedder:
    """Return the embedder of a name, or the one that a user's class, instance or function makes.

    Raises:
        UsageError: If there is no such name, or what is given cannot be called.
    """
    if not isinstance(method, str):
        return as_embedder(method)
    if method not in EMBEDDERS:
        raise UsageError(f"method must be one of {', '.join(EMBEDDERS)}, but got {method!r}")
    return EMBEDDERS[method]


def checked_embedder(method: str | Embed | type, options: Mapping[str, Any]) -> Embedder:
    """Return an embedder, once its options are known to be its own.

    Raises:
        UsageError: If there is no such method or option, or one that it needs is missing.
    """
    embedder = find_embedder(method)
    check_options(embedder, options)
    return embedder


def has_option(method: str | Embed | type, name: str) -> bool:
    """Return whether an embedder has an option.

    Raises:
        UsageError: If there is no such method.
    """
    return name in find_embedder(method).options


def option_from_text(method: str, name: str, text: str) -> Any:
    """Return the value of an embedder's option, given as text.

    Raises:
        UsageError: If there is no such method or option, or the text is not of its type.

    Examples:
        >>> option_from_text("shifted", "shift", "2"), option_from_text("skipgram", "epochs", "9")
        (2.0, 9)
    """
    return parse_option(find_embedder(method), name, text)


def embedder_directions(method: str | None) -> str:
    """Return the sentence that a model card says of a space by this method."""
    if method in EMBEDDERS:
        return EMBEDDERS[method].directions
    return (
        "How labels were embedded is not known."
        if method is None
        else (f"Labels were embedded by {method}, which is not one of Labelsphere's own methods.")
    )
