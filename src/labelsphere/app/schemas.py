"""Bodies of requests and answers, for validation and the OpenAPI description."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Field(min_length=1, max_length=200)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TagAnswer(BaseModel):
    """A tag of a picture."""

    label: str = Field(examples=["tree"])
    probability: float | None = Field(examples=[0.93])
    score: float = Field(examples=[4.1])
    level: Literal["accept", "suggest", "none"] = Field(examples=["accept"])


class PictureAnswer(BaseModel):
    """Tags of a picture, or an error."""

    name: str = Field(examples=["beach.jpg"])
    tags: list[TagAnswer]
    error: str | None = None


class TagResponse(BaseModel):
    """Tags of all pictures of a request, in its order."""

    model: str = Field(description="Version of the tagger, as in the header ETag.")
    results: list[PictureAnswer]


class LabelAnswer(BaseModel):
    """A label."""

    name: str = Field(examples=["tree"])
    count: int = Field(description="Training images that have it.", examples=[310])
    embedded: bool = Field(description="Whether the label space has a vector for it.")
    aliases: list[str] = Field(default_factory=list)


class LabelsResponse(BaseModel):
    """Labels, most frequent first, and the number of matches."""

    total: int
    labels: list[LabelAnswer]


class NeighborAnswer(BaseModel):
    """A label near another, or near a sum of labels."""

    label: str = Field(examples=["forest"])
    proximity: float = Field(description="Cosine, from -1 to 1.", examples=[0.81])


class NeighborsResponse(BaseModel):
    """The nearest labels, nearest first."""

    neighbors: list[NeighborAnswer]


class CombineRequest(_Body):
    """Labels to add and to subtract."""

    plus: list[str] = Field(default_factory=list, max_length=20, examples=[["man", "horse"]])
    minus: list[str] = Field(default_factory=list, max_length=20, examples=[[]])
    top: int = Field(10, ge=1, le=1000)


class NewLabelRequest(_Body):
    """A new label, with one of three kinds of evidence."""

    name: str = Name
    like: list[str] = Field(default_factory=list, max_length=50, description="Similar labels.")
    counts: dict[str, float] = Field(
        default_factory=dict,
        description="Number of images that have the new label and each of these.",
        examples=[{"tent": 310, "lantern": 95}],
    )
    images: float | None = Field(
        None, description="Number of images that have the new label; with counts."
    )
    examples: list[list[str]] = Field(
        default_factory=list,
        max_length=1000,
        description="Tags of pictures with the new label, one list per picture, from POST /v1/tag.",
    )
    preview: bool = Field(False, description="Answer with its neighbors, and change nothing.")


class ChangeLabelRequest(_Body):
    """A new name of a label, or new aliases."""

    name: str | None = Field(None, min_length=1, max_length=200)
    aliases: list[str] = Field(default_factory=list, max_length=50)


class MergeRequest(_Body):
    """The label to merge into."""

    into: str = Name


class ChangeResponse(BaseModel):
    """Answer to a change of labels, after the write to disk."""

    model: str
    labels: int
    neighbors: list[NeighborAnswer] = Field(default_factory=list)


class ModelResponse(BaseModel):
    """Description of the tagger."""

    model: str
    backbone: str
    objective: str
    labels: int
    training_images: int
    calibrated: bool
    has_space: bool
    has_order: bool = Field(description="Whether tags can be ordered by how specific they are.")
    changeable: bool
    review: bool
    pictures: bool = Field(description="Whether training pictures are shown.")


class SimilarAnswer(BaseModel):
    """A training image near a picture."""

    proximity: float = Field(
        description="Cosine of the picture's point and the image's tags, from -1 to 1."
    )
    labels: list[str]
    picture: int | None = Field(
        None, description="Its number at /v1/pictures, if the server has the training pictures."
    )


class SimilarResponse(BaseModel):
    """Training images whose tags are nearest to a picture, nearest first."""

    images: list[SimilarAnswer]


class PreviewAnswer(BaseModel):
    """Whether a picture would get a new label."""

    name: str
    rank: int | None = Field(None, description="Rank of the new label among all labels, from 1.")
    error: str | None = None


class PreviewResponse(BaseModel):
    """Which pictures would get a new label."""

    results: list[PreviewAnswer]


class SidecarTagBody(_Body):
    """A tag for a sidecar."""

    label: str = Name
    probability: float | None = Field(None, ge=0, le=1)


class SidecarRequest(_Body):
    """Tags of a new sidecar."""

    format: Literal["txt", "xmp"]
    tags: list[SidecarTagBody] = Field(max_length=2000)


class MapResponse(BaseModel):
    """Label space projected onto a plane."""

    names: list[str]
    counts: list[int]
    x: list[float]
    y: list[float]
    groups: list[int]
    caption: str


class DecisionRequest(_Body):
    """A person's decision on a tag of a picture."""

    picture: int = Field(ge=0)
    label: str = Name
    keep: bool


class ReviewItem(BaseModel):
    """A tag to decide on."""

    picture: int
    name: str
    label: str
    present: bool = Field(description="Whether the picture's sidecar has the tag.")
    probability: float | None
    decided: bool | None = None


class ReviewResponse(BaseModel):
    """Tags to decide on, most doubtful first."""

    looked_at: int
    pictures: int
    items: list[ReviewItem]
