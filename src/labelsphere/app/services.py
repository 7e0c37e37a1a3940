"""Objects that all routes use: the tagger, the queue, the counters, the map and the review."""

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
    """Objects that all routes use.

    Attributes:
        settings: Settings of the server.
        tagger: The tagger, or a model exported from one.
        tagging: The queue in front of it.
        counters: Counters for Prometheus.
        maps: The map of its labels.
        review: Pictures to review, or None.
        pictures: Pictures of the training, or None.
    """

    settings: ServerSettings
    tagger: Served
    tagging: TaggingService
    counters: Counters
    maps: MapStore
    review: Review | None
    pictures: TrainingPictures | None


def services_of(request: Request) -> Services:
    """The services of the application that a request came to."""
    found: Services = request.app.state.services
    return found


Shared = Annotated[Services, Depends(services_of)]
