"""What is simulated: how many images, labels and tags, and how they hang together."""

from dataclasses import dataclass

from labelsphere.errors import UsageError


@dataclass(frozen=True)
class SimulationSettings:
    """Size and shape of simulated annotations.

    Attributes:
        images: Number of images.
        labels: Number of labels; each occurs at least once.
        labels_per_image: Mean number of tags of an image, 1 or more: one, and a Poisson number
            of further ones.
        median_share: Median occurrences of a label as a share of the mean, below 1: the lower,
            the steeper the frequencies fall.
        most_common: Share of the images that the most common label is expected on, at most.
        topics: Number of topics; each label belongs to one.
        topics_per_image: Number of topics that an image draws.
        topic_share: Share of tags that come from the image's topics; the others come from
            anywhere.

    Raises:
        UsageError: If a number is out of range, or there are fewer tags than labels.
    """

    images: int
    labels: int
    labels_per_image: float
    median_share: float
    most_common: float = 0.1
    topics: int = 200
    topics_per_image: int = 2
    topic_share: float = 0.7

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("images", "labels", "topics", "topics_per_image"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} must be 1 or more, but got {getattr(self, name)}")
        if not 1 <= self.labels_per_image <= self.labels:
            raise UsageError(
                f"labels_per_image must be from 1 to the number of labels, {self.labels}, but got "
                f"{self.labels_per_image}"
            )
        for name in ("median_share", "most_common"):
            if not 0 < getattr(self, name) <= 1:
                raise UsageError(
                    f"{name} must be above 0 and at most 1, but got {getattr(self, name)}"
                )
        if not 0 <= self.topic_share <= 1:
            raise UsageError(f"topic_share must be from 0 to 1, but got {self.topic_share}")
        if self.tags < self.labels:
            raise UsageError(
                f"{self.images} images with {self.labels_per_image:g} tags each cannot hold each "
                f"of {self.labels} labels once; take more images or fewer labels"
            )

    @property
    def tags(self) -> int:
        """Expected number of tags of all images together."""
        return round(self.images * self.labels_per_image)


PRESETS: dict[str, SimulationSettings] = {
    # Table 1 of the paper: classes, images, labels per image, median occurrences per class.
    "calibration10m": SimulationSettings(
        images=2_800_000,
        labels=17_355,
        labels_per_image=1.22,
        median_share=115 / (2_800_000 * 1.22 / 17_355),
    ),
    "fasteval14k": SimulationSettings(
        images=14_000,
        labels=6_112,
        labels_per_image=36.5,
        median_share=3 / (14_000 * 36.5 / 6_112),
        most_common=0.5,
        topics=50,
        topics_per_image=4,
        topic_share=0.4,
    ),
    # All images of Calibration10M, with five tags each in place of its classes' 1.22.
    "counting10m": SimulationSettings(
        images=10_000_000,
        labels=17_355,
        labels_per_image=5,
        median_share=115 / (2_800_000 * 1.22 / 17_355),
    ),
    # As many images as leave about 12 million pairs of labels with positive mutual information.
    "association12m": SimulationSettings(
        images=730_000,
        labels=17_355,
        labels_per_image=5,
        median_share=115 / (2_800_000 * 1.22 / 17_355),
    ),
}
"""Settings by name: ``calibration10m`` and ``fasteval14k`` are the paper's data sets by its Table 1
(§4.1), ``counting10m`` and ``association12m`` sizes to measure counting and eigenpairs at."""
