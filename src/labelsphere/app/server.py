"""Assembly of the web application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from labelsphere.app.counters import Counters, CountRequests
from labelsphere.app.guard import Guard
from labelsphere.app.map_store import MapStore
from labelsphere.app.review import Review
from labelsphere.app.routes import labels, review, status, tagging
from labelsphere.app.served import Served
from labelsphere.app.served_model import ServedModel
from labelsphere.app.served_tagger import ServedTagger
from labelsphere.app.services import Services
from labelsphere.app.settings import ServerSettings
from labelsphere.app.tagging import TaggingService
from labelsphere.app.training_pictures import TrainingPictures
from labelsphere.errors import LabelsphereError
from labelsphere.tagger.exported_model import is_exported
from labelsphere.version import __version__

_PAGE = Path(__file__).parent / "page"
_DESCRIPTION = "Tags of pictures, and their labels. Every answer has the version of the tagger; \
its ETag lets a client cache labels and map until they change."


def build_app(folder: Path, settings: ServerSettings) -> FastAPI:
    """Build the application that serves a tagger.

    Args:
        folder: The tagger's folder, or a model exported from one.
        settings: Address, token and limits.

    Raises:
        ArtefactError: If the folder holds no tagger.
        DataError: If the folder to review, or the training table, has no pictures.
    """
    tagger = open_served(folder, settings.engine)
    counters = Counters()
    counters.labels.set(len(tagger.version.vocabulary))
    services = Services(
        settings,
        tagger,
        TaggingService(tagger, settings, counters),
        counters,
        MapStore(folder),
        None if settings.review is None else Review(settings.review),
        None
        if settings.pictures is None
        else TrainingPictures(settings.pictures, max_pixels=settings.max_pixels),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        services.tagging.batcher.start()
        looking = (
            None
            if services.review is None
            else asyncio.create_task(services.review.look(services.tagging))
        )
        yield
        if looking is not None:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
        await services.tagging.stop()

    # FastAPI's own documentation pages load external scripts.
    app = FastAPI(
        title="Labelsphere",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        lifespan=lifespan,
    )
    app.state.services = services
    for routes in (tagging, labels, status, review):
        app.include_router(routes.router)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(_PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    app.mount("/page", StaticFiles(directory=_PAGE), name="page")
    _answer_errors(app)
    app.add_middleware(CountRequests, counters=counters)
    app.add_middleware(Guard, settings=settings)
    if settings.open_reading:
        # Against DNS rebinding: requests under a host name that is not allowed are refused.
        app.add_middleware(
            TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]", "testserver"]
        )
    return app


def open_served(path: Path, engine: str) -> Served:
    """Open a tagger, or a model that ``labelsphere export`` wrote.

    Args:
        path: The tagger's folder, the model, or its folder.
        engine: Name of the engine that runs a tagger's network.

    Raises:
        ArtefactError: If there is neither.
    """
    if is_exported(path):
        return ServedModel(path)
    return ServedTagger(path, engine)


def _answer_errors(app: FastAPI) -> None:
    """Give every error the form ``{"error": reason}``."""

    @app.exception_handler(LabelsphereError)
    async def ours(_: Request, error: LabelsphereError) -> JSONResponse:
        status_code = 404 if "there is no " in str(error) or "no label" in str(error) else 422
        return JSONResponse({"error": str(error)}, status_code)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        reasons = [
            f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
            for found in error.errors()[:5]
        ]
        return JSONResponse({"error": "; ".join(reasons)}, 422)

    @app.exception_handler(OSError)
    async def disk(_: Request, error: OSError) -> JSONResponse:
        reason = error.strerror or type(error).__name__
        return JSONResponse({"error": f"the server cannot write: {reason}"}, 507)
