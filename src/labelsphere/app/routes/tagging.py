"""Routes of tagging and of similar pictures."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from labelsphere.app.batcher import OverloadedError
from labelsphere.app.routes.uploads import uploads_of, while_connected
from labelsphere.app.schemas import (
    PictureAnswer,
    SidecarRequest,
    SimilarAnswer,
    SimilarResponse,
    TagAnswer,
    TagResponse,
)
from labelsphere.app.served import SimilarImage
from labelsphere.app.services import Shared
from labelsphere.app.tagging import Outcome
from labelsphere.archive.sidecars import SidecarTag, add_to_text, add_to_xmp

router = APIRouter(prefix="/v1", tags=["tagging"])

_LOOKED_AT = 100
"""Number of tags per picture that are compared with a minimum probability."""

_SIMILAR = 5
"""Number of similar training images per picture."""

_BODY = {
    "requestBody": {
        "required": True,
        "description": "One or many pictures as files, or one picture as the whole body.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            },
            "image/*": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/tag", response_model=TagResponse, openapi_extra=_BODY)
async def tag(
    request: Request,
    shared: Shared,
    top: Annotated[
        int, Query(ge=1, le=1000, description="Largest number of tags per picture.")
    ] = 30,
    minimum: Annotated[
        float, Query(ge=0, le=1, description="Smallest probability of a tag.")
    ] = 0.0,
    specific: Annotated[
        float,
        Query(
            ge=0,
            le=1,
            description="Order of the tags: from 0, most likely first, to 1, most specific to the "
            "picture first.",
        ),
    ] = 0.0,
    format: Annotated[
        str | None, Query(description="autotagger: the answer of danbooru's autotagger.")
    ] = None,
) -> Response:
    """Tag one or many pictures.

    Each picture has its own answer: its tags, or an error if it cannot be read.
    """
    if format not in (None, "json", "autotagger"):
        raise HTTPException(422, f"format must be json or autotagger, but got {format!r}")
    if specific and not shared.tagger.version.has_order:
        raise HTTPException(
            422, "an exported model orders tags by probability only; leave out specific"
        )
    uploads, _ = await uploads_of(request, shared.settings)
    # Tags may be in another order than by probability, so some of the first may be too low.
    most = max(top, _LOOKED_AT) if minimum else top
    try:
        outcomes = await while_connected(
            request, shared.tagging.tag(uploads, specific=specific, top=most)
        )
    except OverloadedError as error:
        return JSONResponse({"error": str(error)}, 503, {"Retry-After": "2"})
    except asyncio.CancelledError:
        return Response(status_code=499)
    except TimeoutError:
        reason = f"not tagged within {shared.settings.answer_seconds:g} s; try again later"
        return JSONResponse({"error": reason}, 503, {"Retry-After": "10"})
    etag = shared.tagger.version.etag
    answers = [_answer(outcome, top, minimum) for outcome in outcomes]
    if format == "autotagger":
        return JSONResponse(
            [
                {
                    "filename": answer.name,
                    "tags": {
                        tag.label: tag.score if tag.probability is None else tag.probability
                        for tag in answer.tags
                    },
                }
                for answer in answers
            ]
        )
    body = TagResponse(model=etag, results=answers)
    status = 422 if len(answers) == 1 and answers[0].error else 200
    return Response(body.model_dump_json(), status, {"ETag": etag}, "application/json")


@router.post("/similar", response_model=SimilarResponse, openapi_extra=_BODY)
async def similar(request: Request, shared: Shared) -> Response | SimilarResponse:
    """List the training images whose tags are nearest to a picture."""
    uploads, _ = await uploads_of(request, shared.settings)
    try:
        square = await shared.tagging.prepare(uploads[0])
    except OverloadedError as error:
        return JSONResponse({"error": str(error)}, 503, {"Retry-After": "2"})

    def work() -> list[SimilarImage]:
        if shared.pictures is None:
            return shared.tagger.similar([square], _SIMILAR)[0]
        points = shared.tagger.points([square])
        return shared.pictures.nearest(points, shared.tagger.space, _SIMILAR)[0]

    found = await run_in_threadpool(work)
    return SimilarResponse(
        images=[
            SimilarAnswer(
                proximity=round(image.proximity, 5),
                labels=list(image.labels),
                picture=image.number,
            )
            for image in found
        ]
    )


@router.get("/pictures/{number}")
async def picture(number: int, shared: Shared) -> Response:
    """Return a training picture as a JPEG of at most 256 pixels per side."""
    if shared.pictures is None:
        raise HTTPException(404, "there are no training pictures; start the server with --pictures")
    data = await run_in_threadpool(shared.pictures.picture, number)
    return Response(
        data, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"}
    )


@router.post("/sidecar")
async def sidecar(body: SidecarRequest) -> Response:
    """Format tags as a new sidecar: a line of text, or XMP."""
    if body.format == "txt":
        text = add_to_text(None, [tag.label for tag in body.tags])[0] if body.tags else ""
        return Response(text, media_type="text/plain; charset=utf-8")
    tags = [SidecarTag(tag.label, tag.probability) for tag in body.tags]
    return Response(add_to_xmp(None, tags, "page"), media_type="application/rdf+xml")


def _answer(outcome: Outcome, top: int, minimum: float) -> PictureAnswer:
    if outcome.tags is None:
        return PictureAnswer(name=outcome.name, tags=[], error=outcome.error)
    tags = [
        TagAnswer(
            label=tag.label,
            probability=None if tag.probability is None else round(tag.probability, 5),
            score=round(tag.score, 5),
            level=tag.level,  # type: ignore[arg-type] # checked by pydantic
        )
        for tag in outcome.tags.tags
        if tag.probability is None or tag.probability >= minimum
    ]
    return PictureAnswer(name=outcome.name, tags=tags[:top])
