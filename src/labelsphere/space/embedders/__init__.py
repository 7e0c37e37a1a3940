"""Ways of placing labels: one family a file, chosen by name.

An embedder takes the tags, the number of dimensions wanted and its own options, and returns an
`Embedding`. A new one is a file here and a line in `EMBEDDERS`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from labelsphere.errors import UsageError
from labelsphere.space.association import MEASURES
from labelsphere.space.embedders.ecoc import embed_by_codes
from labelsphere.space.embedders.embedding import Embedding
from labelsphere.space.embedders.glove import embed_by_glove
from labelsphere.space.embedders.lsa import embed_by_lsa
from labelsphere.space.embedders.options import check_options, known_options, parse_option
from labelsphere.space.embedders.random_projection import embed_at_random
from labelsphere.space.embedders.rembrandt import embed_by_features
from labelsphere.space.embedders.skipgram import embed_by_skipgram
from labelsphere.space.embedders.spectral import embed_by_spectrum
from labelsphere.space.embedders.taxonomy import embed_by_hierarchy
from labelsphere.space.embedders.word_vectors import embed_by_words

__all__ = [
    "EMBEDDERS",
    "Embedder",
    "Embedding",
    "checked_embedder",
    "has_option",
    "option_from_text",
]


Embedder: TypeAlias = Callable[..., Embedding]
"""Takes tags (`Annotations` or `Counts`), the dimensions wanted (or None) and options by name."""

EMBEDDERS: dict[str, Embedder] = {
    **{measure: partial(embed_by_spectrum, measure=measure) for measure in MEASURES},
    "lsa": embed_by_lsa,
    "random-projection": embed_at_random,
    "ecoc": embed_by_codes,
    "rembrandt": embed_by_features,
    "skipgram": embed_by_skipgram,
    "glove": embed_by_glove,
    "word-vectors": embed_by_words,
    "taxonomy": embed_by_hierarchy,
}


def checked_embedder(method: str, options: Mapping[str, Any]) -> Embedder:
    """The embedder of a name, once its options are known to be its own.

    Raises:
        UsageError: If there is no such method or option, or one that it needs is missing.
    """
    embedder = _named(method)
    check_options(method, embedder, options)
    return embedder


def has_option(method: str, name: str) -> bool:
    """Whether an embedder has an option.

    Raises:
        UsageError: If there is no such method.
    """
    return name in known_options(_named(method))


def option_from_text(method: str, name: str, text: str) -> Any:
    """The value of an embedder's option, given as text.

    Raises:
        UsageError: If there is no such method or option, or the text is not of its type.

    Examples:
        >>> option_from_text("shifted", "shift", "2"), option_from_text("skipgram", "epochs", "9")
        (2.0, 9)
    """
    return parse_option(method, _named(method), name, text)


def _named(method: str) -> Embedder:
    if method not in EMBEDDERS:
        raise UsageError(f"method must be one of {', '.join(EMBEDDERS)}, but got {method!r}")
    return EMBEDDERS[method]
