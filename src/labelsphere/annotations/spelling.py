"""Detection of labels that may be spellings of one label."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from labelsphere.arrays import IntArray

SHORTEST = 6
"""Smallest length of labels that are compared for one different letter: `cat` is not `car`."""

LONGEST = 64
"""Largest length of labels that are compared for one different letter, because time and memory grow
with the square of the length. Longer texts are captions."""

Likeness = Literal["same letters", "plural", "one letter"]
_ORDER: tuple[Likeness, ...] = ("same letters", "plural", "one letter")


@dataclass(frozen=True)
class SpellingPair:
    """Two labels that may be spellings of one label.

    Attributes:
        label: The label on more images.
        other: The other label.
        label_count: Number of images of ``label``.
        other_count: Number of images of ``other``.
        likeness: ``"same letters"`` if only case, accents, hyphens and blanks differ; ``"plural"``;
            ``"one letter"`` if one letter is changed, added or missing, or two neighbours are
            swapped.
    """

    label: str
    other: str
    label_count: int
    other_count: int
    likeness: Likeness


def similar_spellings(names: Sequence[str], counts: IntArray) -> list[SpellingPair]:
    """Find labels that may be spellings of one label.

    Labels with the same letters are paired with the most common of them, which then represents all
    of them. One different letter is searched for in labels of `SHORTEST` to `LONGEST` letters.
    Digits do not count as letters: `route 66` and `route 67` differ.

    Args:
        names: The labels, each once.
        counts: Number of images of each label, (labels,).

    Returns:
        The pairs, sorted by likeness, then by decreasing ratio of counts: a rare label similar to a
        common one is most likely a misspelling.
    """
    images = dict(zip(names, counts.tolist(), strict=True))
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in names:
        spellings[fold(name)].append(name)
    leaders = {}
    found: list[tuple[str, str, Likeness]] = []
    for folded, same in spellings.items():
        same.sort(key=lambda name: (-images[name], name))
        leaders[folded] = same[0]
        found += [(same[0], other, "same letters") for other in same[1:]]
    plurals = {(one, many) for many in leaders for one in singulars(many) if one in leaders}
    found += [(leaders[one], leaders[many], "plural") for one, many in plurals]
    found += [
        (leaders[one], leaders[other], "one letter")
        for one, other in _one_letter_apart([n for n in leaders if SHORTEST <= len(n) <= LONGEST])
        if (one, other) not in plurals and (other, one) not in plurals
    ]
    pairs = []
    for one, other, likeness in found:
        label, second = sorted((one, other), key=lambda name: (-images[name], name))
        pairs.append(SpellingPair(label, second, images[label], images[second], likeness))
    return sorted(pairs, key=_suspicion)


def _suspicion(pair: SpellingPair) -> tuple[int, float, str, str]:
    ratio = pair.label_count / max(pair.other_count, 1)
    return _ORDER.index(pair.likeness), -ratio, pair.label, pair.other


def fold(name: str) -> str:
    """Reduce a label to its letters, without case, accents, hyphens, apostrophes and blanks.

    Examples:
        >>> fold("Crème-brûlée"), fold("T shirt"), fold("-")
        ('cremebrulee', 'tshirt', '-')
    """
    apart = unicodedata.normalize("NFKD", name.casefold())
    joined = unicodedata.normalize("NFKC", apart.translate(_WITHOUT_ACCENTS))
    return joined.translate(_WITHOUT_JOINTS) or name.casefold()


class _WithoutJoints(dict[int, int | None]):
    """Table for `str.translate` that removes joints between words; filled on demand."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if _is_joint(chr(code)) else code
        return self[code]


_WITHOUT_JOINTS = _WithoutJoints()
# Only general accents: in Japanese or Hindi such marks make another letter.
_WITHOUT_ACCENTS = dict.fromkeys(range(0x300, 0x370))


def singulars(folded: str) -> set[str]:
    """Return possible singulars of a folded English label.

    Examples:
        >>> sorted(singulars("berries")), sorted(singulars("glass"))
        (['berrie', 'berry'], [])
    """
    if not folded.endswith("s") or folded.endswith("ss"):
        return set()
    found = {folded[:-1]}
    if folded.endswith("ies"):
        found.add(folded[:-3] + "y")
    if folded.endswith("ves"):
        found |= {folded[:-3] + "f", folded[:-3] + "fe"}
    if folded.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        found.add(folded[:-2])
    return {one for one in found if len(one) >= 3}


def one_letter_apart(one: str, other: str) -> bool:
    """Return whether one letter is changed, added or missing, or two neighbours are swapped.

    Examples:
        >>> one_letter_apart("giraffe", "girafe"), one_letter_apart("route66", "route67")
        (True, False)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short = min(len(one), len(other))
    start = next((i for i in range(short) if one[i] != other[i]), short)
    most = short - start
    end = next((i for i in range(most) if one[-1 - i] != other[-1 - i]), most)
    here, there = one[start : len(one) - end], other[start : len(other) - end]
    if any(letter.isdigit() for letter in here + there):
        return False
    swapped = len(here) == 2 and here == there[::-1]
    return swapped or max(len(here), len(there)) == 1


def _one_letter_apart(folded: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs that differ by one letter: without a letter of each, they are equal."""
    meeting: dict[str, list[str]] = defaultdict(list)
    for name in folded:
        # Ignore digits, or a million numbered labels would all be pairs.
        letters = [i for i, letter in enumerate(name) if not letter.isdigit()]
        for shorter in {name} | {name[:i] + name[i + 1 :] for i in letters}:
            meeting[shorter].append(name)
    near = {pair for names in meeting.values() for pair in combinations(names, 2)}
    return (pair for pair in sorted(near) if one_letter_apart(*pair))


def _is_joint(letter: str) -> bool:
    return letter in "'’" or unicodedata.category(letter) in ("Zs", "Pd", "Pc", "Cc", "Cf")
