"""Pairs of labels that may be one label in two spellings."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from labelsphere.arrays import IntArray

SHORTEST = 6
"""Letters that a label needs before one letter's difference counts; `cat` and `car` are two."""

LONGEST = 64
"""Letters of the longest label in which a letter's difference is looked for: work and memory grow
with the square of the length, and what is longer is a caption."""

Likeness = Literal["same letters", "plural", "one letter"]
_ORDER: tuple[Likeness, ...] = ("same letters", "plural", "one letter")


@dataclass(frozen=True)
class SpellingPair:
    """Two labels that may be one.

    Attributes:
        label: The label on more images.
        other: The other label.
        label_count: Images of ``label``.
        other_count: Images of ``other``.
        likeness: ``"same letters"`` where only case, accents, hyphens and blanks differ;
            ``"plural"``; ``"one letter"`` where one letter is changed, added, left out, or two
            neighbours are swapped.
    """

    label: str
    other: str
    label_count: int
    other_count: int
    likeness: Likeness


def similar_spellings(names: Sequence[str], counts: IntArray) -> list[SpellingPair]:
    """Find labels that may be one label in two spellings.

    Labels of the same letters are paired with the most common of them only, which then represents
    all of them. A letter's difference is looked for between labels of `SHORTEST` to `LONGEST`
    letters, and digits do not count as letters: `route 66` and `route 67` are two.

    Args:
        names: The labels, each once.
        counts: Images of each label, (labels,).

    Returns:
        The pairs, by likeness; in each, those first whose counts differ most: a rare label beside
        a common one is most likely a slip.
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
    """A label's letters: without case, accents, hyphens, underscores, apostrophes and blanks.

    Examples:
        >>> fold("Crème-brûlée"), fold("T shirt"), fold("-")
        ('cremebrulee', 'tshirt', '-')
    """
    apart = unicodedata.normalize("NFKD", name.casefold())
    joined = unicodedata.normalize("NFKC", apart.translate(_WITHOUT_ACCENTS))
    return joined.translate(_WITHOUT_JOINTS) or name.casefold()


class _WithoutJoints(dict[int, int | None]):
    """A table for `str.translate` that leaves out what joins or parts words; filled as needed."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if _is_joint(chr(code)) else code
        return self[code]


_WITHOUT_JOINTS = _WithoutJoints()
# Only the general accents: in Japanese or Hindi such marks make another letter.
_WITHOUT_ACCENTS = dict.fromkeys(range(0x300, 0x370))


def singulars(folded: str) -> set[str]:
    """What a folded English label may be the plural of.

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
    """Whether one letter is changed, added, left out, or two neighbours are swapped.

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
    """Pairs one letter apart: such two have a string in common that lacks a letter of each."""
    meeting: dict[str, list[str]] = defaultdict(list)
    for name in folded:
        # Digits are no letters: without this, a million numbered labels would all meet.
        letters = [i for i, letter in enumerate(name) if not letter.isdigit()]
        for shorter in {name} | {name[:i] + name[i + 1 :] for i in letters}:
            meeting[shorter].append(name)
    near = {pair for names in meeting.values() for pair in combinations(names, 2)}
    return (pair for pair in sorted(near) if one_letter_apart(*pair))


def _is_joint(letter: str) -> bool:
    return letter in "'’" or unicodedata.category(letter) in ("Zs", "Pd", "Pc", "Cc", "Cf")
