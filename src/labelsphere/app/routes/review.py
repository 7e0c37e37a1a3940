"""Routes of the review of a folder: pictures, doubtful tags and decisions."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from starlette.concurrency import run_in_threadpool

from labelsphere.app.review import Review
from labelsphere.app.schemas import DecisionRequest, ReviewResponse
from labelsphere.app.services import Shared

router = APIRouter(prefix="/v1/review", tags=["review"])


@router.get("", response_model=ReviewResponse)
async def items(shared: Shared, top: Annotated[int, Query(ge=1, le=1000)] = 50) -> ReviewResponse:
    """List tags to decide on, most doubtful first."""
    return await run_in_threadpool(_review(shared).items, top)


@router.get("/pictures/{number}")
async def picture(number: int, shared: Shared) -> Response:
    """Return a picture as a JPEG of at most 512 pixels per side."""
    review = _review(shared)
    data = await run_in_threadpool(review.thumbnail, number, shared.settings.max_pixels)
    return Response(
        data, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"}
    )


@router.post("/decisions")
async def decide(body: DecisionRequest, shared: Shared) -> dict[str, bool]:
    """Decide on a tag. The answer follows the write to the picture's sidecar."""
    had = await run_in_threadpool(_review(shared).decide, body.picture, body.label, body.keep)
    return {"had": had}


@router.post("/undo")
async def undo(body: DecisionRequest, shared: Shared) -> dict[str, bool]:
    """Undo a decision; ``keep`` is ``had`` of the answer to the decision."""
    await run_in_threadpool(_review(shared).undo, body.picture, body.label, body.keep)
    return {"undone": True}


def _review(shared: Shared) -> Review:
    if shared.review is None:
        raise HTTPException(404, "no folder to review; start the server with --review FOLDER")
    return shared.review
