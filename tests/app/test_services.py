"""Routes get the services of the application that a request came to."""

from pathlib import Path

from fastapi import Request

from labelsphere.app.server import build_app
from labelsphere.app.services import services_of
from labelsphere.app.settings import ServerSettings


def test_each_application_has_services_of_its_own(saved: Path, pictures: Path) -> None:
    plain = build_app(saved, ServerSettings())
    reviewing = build_app(saved, ServerSettings(review=pictures))
    found = [services_of(Request({"type": "http", "app": app})) for app in (plain, reviewing)]
    assert found[0].review is None
    assert found[1].review is not None
    assert found[0].tagger is not found[1].tagger
    assert found[0].pictures is found[1].pictures is None
    assert found[1].settings.review == pictures
