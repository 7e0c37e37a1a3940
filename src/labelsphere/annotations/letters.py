"""Normalisation of letters that look the same or are invisible."""

import polars as pl

INVISIBLE = r"[\u{ad}\u{200b}\u{2060}\u{feff}]"
"""Soft hyphen, zero-width space, word joiner and byte order mark, as a pattern of Polars.

Joiners in emoji and Persian words are not included.
"""
_BLANKS = r"[\u{a0}\u{2007}\u{202f}]"


def plain_letters(words: pl.Series) -> pl.Series:
    r"""Normalise words to composed letters (Unicode's NFC) and remove invisible letters.

    No-break spaces become plain spaces.

    Examples:
        >>> plain_letters(pl.Series(["cafe\u0301", "sk\u00ady", "deep\u00a0sea"])).to_list()
        ['café', 'sky', 'deep sea']
    """
    seen = words.str.normalize("NFC").str.replace_all(INVISIBLE, "")
    return seen.str.replace_all(_BLANKS, " ").str.strip_chars()
