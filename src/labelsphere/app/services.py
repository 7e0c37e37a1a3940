"""Objects that all routes share: tagger, queue, counters, map and review."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from labelsphere.app.counters import Counters
from labelsphere.app.map_store import MapStore
from labelsphere.app.review import Review
from labelsphere.app.served import Served
from labelsphere.app.settings import ServerSettings
from labelsphere.app.tagging import TaggingService
from labelsphere.app.training_pictures import TrainingPictures


@dataclass(frozen=True)
class Services:
    """Objects that all routes share.

    Attributes:
        settings: Settings of the server.
        tagger: The tagger, or a model exported from one.
        tagging: Queue of pictures to tag.
        counters: Counters for Prometheus.
        maps: Map of its labels.
        review: Pictures to review, or None.
        pictures: Training pictures, or None.
    """

    settings: ServerSettings
    tagger: Served
    tagging: TaggingService
    counters: Counters
    maps: MapStore
    review: Review | None
    pictures: TrainingPictures | None


def services_of(request: Request) -> Services:
    """Return the services of a request's application."""
    found: Services = request.app.state.services
    return found


Shared = Annotated[Services, Depends(services_of)]
