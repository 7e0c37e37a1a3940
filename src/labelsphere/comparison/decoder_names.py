"""What the decoders of a comparison are called, in results and reports."""

from collections.abc import Collection

AS_TRAINED = "as trained"

CRITERIA = {
    "map@100": "MAP@100",
    "weighted_map@100": "weighted MAP@100",
    "image_ap": "AP per image",
    "precision@1": "P@1",
    "precision@5": "P@5",
}
"""Figures that a decoder is chosen for on the validation images, and what they are called.

There are several because no decoder is best for all: MAP@100 looks at one tag at a time and gains
where rare tags are put first; a reader of one image's tags loses by it.
"""

FAMILIES = {"prior": "prior-adjusted"}
"""Families of decoders that every method may choose from, and what they are called."""

BEST = "best"
"""What the choice among all families is called, where there are several."""


def decoder_name(family: str, criterion: str) -> str:
    """Name of the decoder that is the best of a family for a figure.

    Examples:
        >>> decoder_name("prior", "precision@1")
        'prior-adjusted for P@1'
    """
    return f"{FAMILIES.get(family, family)} for {CRITERIA[criterion]}"


READ_PER_CLASS = "read for AP per class"
"""The reading of a head with the highest AP per class, where there are several to choose from. A
correction for how common a tag is has no part in it: it moves all images of a tag alike."""

PRIOR_ADJUSTED = {decoder_name("prior", criterion): criterion for criterion in CRITERIA}
"""Decoders whose prior is scaled for a figure on the validation images, and that figure."""


def best_decoder(metric: str, there: Collection[str]) -> str:
    """Name of the decoder under which each method is at its best on a figure.

    Args:
        metric: Key of the figure; one that no decoder is chosen for is taken as trained.
        there: Names of the decoders that there are.
    """
    if metric == "class_ap" and READ_PER_CLASS in there:
        return READ_PER_CLASS
    if metric in CRITERIA:
        for family in (BEST, *FAMILIES):
            if (name := decoder_name(family, metric)) in there:
                return name
    return AS_TRAINED


DECODER_DEFINITIONS = {
    AS_TRAINED: "tags ranked by the network's own scores: logits of a classifier, cosine "
    "proximities of an embedding.",
    **{
        name: "score + s · log(how common the tag is in training); s is chosen, from one grid for "
        f"all methods, for the highest {CRITERIA[criterion]} on the validation images."
        for name, criterion in PRIOR_ADJUSTED.items()
    },
    READ_PER_CLASS: "score as trained, but from that reading of the head that has the highest AP "
    "per class on the validation images; methods whose head has one reading are as trained.",
}
