"""What the decoders of a comparison are called, in results and reports."""

AS_TRAINED = "as trained"

PRIOR_ADJUSTED = {
    "prior-adjusted for MAP@100": "map@100",
    "prior-adjusted for AP per image": "image_ap",
}
"""Decoders whose prior is scaled for a figure on the validation images, and that figure.

There are two because no scale is best for all: MAP@100 looks at one tag at a time and gains where
rare tags are put first; a reader of one image's tags loses by it.
"""

_ADJUSTED = (
    "score + s · log(how common the tag is in training); s is chosen, from one grid for all "
    "methods, for the highest {} on the validation images."
)

DECODER_DEFINITIONS = {
    AS_TRAINED: "tags ranked by the network's own scores: logits of a classifier, cosine "
    "proximities of an embedding.",
    **{name: _ADJUSTED.format(name.rpartition(" for ")[2]) for name in PRIOR_ADJUSTED},
}
