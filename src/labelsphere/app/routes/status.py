"""Routes of the server's status, its tagger and its metrics."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool

from labelsphere.app.schemas import MapResponse, ModelResponse
from labelsphere.app.services import Shared

router = APIRouter(tags=["status"])


@router.get("/v1/health")
async def health() -> dict[str, str]:
    """Answer while the server runs."""
    return {"status": "ok"}


@router.get("/v1/ready")
async def ready(shared: Shared) -> Response:
    """Answer 200 while there is room for another picture, and 503 otherwise."""
    room = shared.tagging.batcher.pending < shared.settings.queue_size
    return JSONResponse({"ready": room}, 200 if room else 503)


@router.get("/v1/model", response_model=ModelResponse)
async def model(request: Request, shared: Shared) -> Response:
    """Describe the tagger."""
    version = shared.tagger.version
    if request.headers.get("if-none-match") == version.etag:
        return Response(status_code=304, headers={"ETag": version.etag})
    body = ModelResponse(
        model=version.etag,
        backbone=version.backbone,
        objective=version.objective,
        labels=len(version.vocabulary),
        training_images=version.training_images,
        calibrated=version.calibrated,
        has_space=version.space is not None,
        has_order=version.has_order,
        changeable=version.changeable,
        review=shared.review is not None,
        pictures=shared.pictures is not None,
    )
    return Response(
        body.model_dump_json(), headers={"ETag": version.etag}, media_type="application/json"
    )


@router.get("/v1/map", response_model=MapResponse)
async def label_map(request: Request, shared: Shared) -> Response:
    """Return the label space projected onto a plane. The first call computes it."""
    etag = shared.tagger.version.etag
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    body = await run_in_threadpool(shared.maps.of, shared.tagger.space)
    return Response(body.model_dump_json(), headers={"ETag": etag}, media_type="application/json")


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(shared: Shared) -> Response:
    """Return the counters in Prometheus' text format."""
    return Response(shared.counters.text(), media_type="text/plain; version=0.0.4")
