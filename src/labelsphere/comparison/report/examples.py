"""Example images: what is true and what each method says, with the hits marked."""

from dataclasses import dataclass

from labelsphere.comparison.report.estimates import Results
from labelsphere.comparison.report.numbers import figure


@dataclass(frozen=True)
class Prediction:
    """One predicted tag, its score as printed, and whether the image truly has it."""

    tag: str
    score: str
    hit: bool


@dataclass(frozen=True)
class Example:
    """One image.

    Attributes:
        name: The image's id.
        picture: Address that holds the picture itself, or None.
        truth: Its tags, and whether any method predicted them.
        predictions: For each method that has any: its number, its title, its tags best first.
    """

    name: str
    picture: str | None
    truth: tuple[tuple[str, bool], ...]
    predictions: tuple[tuple[int, str, tuple[Prediction, ...]], ...]


def examples(results: Results) -> list[Example]:
    """All example images of the results."""
    return [_example(entry, results) for entry in results.get("examples") or []]


def _example(entry: Results, results: Results) -> Example:
    truth = set(entry["truth"])
    predictions = tuple(
        (
            number,
            method["title"],
            tuple(
                Prediction(tag, figure(score, 2), tag in truth)
                for tag, score in entry["predictions"][method["name"]]
            ),
        )
        for number, method in enumerate(results["methods"])
        if method["name"] in entry["predictions"]
    )
    found = {p.tag for _, _, tags in predictions for p in tags if p.hit}
    picture = entry.get("picture")
    # Only pictures that the page itself holds: anything else would have to be fetched.
    held = picture if picture and picture.startswith("data:image/") else None
    return Example(
        entry["image_id"], held, tuple((tag, tag in found) for tag in entry["truth"]), predictions
    )
