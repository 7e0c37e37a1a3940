"""Tags of pictures."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException as StarletteHTTPException

from labelsphere.app.batcher import OverloadedError
from labelsphere.app.schemas import PictureAnswer, TagAnswer, TagResponse
from labelsphere.app.services import Shared
from labelsphere.app.settings import ServerSettings
from labelsphere.app.tagging import Outcome, Upload

router = APIRouter(prefix="/v1", tags=["tagging"])

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
    top: Annotated[int, Query(ge=1, le=1000, description="Most tags a picture.")] = 30,
    minimum: Annotated[float, Query(ge=0, le=1, description="Least probability of a tag.")] = 0.0,
    format: Annotated[
        str | None, Query(description="autotagger: the answer of danbooru's autotagger.")
    ] = None,
) -> Response:
    """Tag one or many pictures.

    Each picture has its own answer: one that cannot be read has an error, and the others have
    their tags.
    """
    if format not in (None, "json", "autotagger"):
        raise HTTPException(422, f"format must be json or autotagger, but got {format!r}")
    uploads = await _uploads(request, shared.settings)
    try:
        outcomes = await _while_connected(request, shared.tagging.tag(uploads))
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


async def _while_connected(
    request: Request, work: Coroutine[Any, Any, list[Outcome]]
) -> list[Outcome]:
    """Wait for some work, and give it up when the client is gone.

    Raises:
        CancelledError: If the client is gone.
    """
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
        return await working
    finally:
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _uploads(request: Request, settings: ServerSettings) -> list[Upload]:
    """The pictures of a request, whichever way they came."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        try:
            form = await request.form(
                max_files=settings.max_files,
                max_fields=16,
                max_part_size=settings.max_file_bytes,
            )
        except StarletteHTTPException as error:
            raise HTTPException(400, f"the form cannot be read: {error.detail}") from error
        try:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            uploads = [Upload(_shown(file.filename), await file.read()) for file in files]
        finally:
            await form.close()
    elif kind.startswith("image/") or kind == "application/octet-stream":
        uploads = [Upload("picture", await request.body())]
    else:
        raise HTTPException(
            415,
            f"expected pictures as multipart/form-data, or one picture as the body with a "
            f"Content-Type such as image/jpeg, but got {kind or 'no Content-Type'!r}",
        )
    if not uploads:
        raise HTTPException(422, "the form has no file; send each picture as a field named file")
    return uploads


def _shown(name: str | None) -> str:
    """A file name for the answer: its last part, without control characters, not too long."""
    last = (name or "picture").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "picture"


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
