"""Letters that look the same or cannot be seen, brought to one form."""

import polars as pl

INVISIBLE = r"[\u{ad}\u{200b}\u{2060}\u{feff}]"
"""Soft hyphen, zero-width space, word joiner and byte order mark, as a pattern of Polars.

Joiners within emoji and Persian words are no such letters.
"""
_BLANKS = r"[\u{a0}\u{2007}\u{202f}]"


def plain_letters(words: pl.Series) -> pl.Series:
    r"""Words in composed letters (Unicode's NFC), without those that cannot be seen.

    Blanks that keep two words on one line are plain blanks.

    Examples:
        >>> plain_letters(pl.Series(["cafe\u0301", "sk\u00ady", "deep\u00a0sea"])).to_list()
        ['café', 'sky', 'deep sea']
    """
    seen = words.str.normalize("NFC").str.replace_all(INVISIBLE, "")
    return seen.str.replace_all(_BLANKS, " ").str.strip_chars()
