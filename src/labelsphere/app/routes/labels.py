"""Routes of labels: search, neighbours, sums, and changes."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.app.routes.uploads import uploads_of
from labelsphere.app.schemas import (
    ChangeLabelRequest,
    ChangeResponse,
    CombineRequest,
    LabelAnswer,
    LabelsResponse,
    MergeRequest,
    NeighborAnswer,
    NeighborsResponse,
    NewLabelRequest,
    PreviewAnswer,
    PreviewResponse,
)
from labelsphere.app.served import Version
from labelsphere.app.services import Shared
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace, Neighbor

router = APIRouter(prefix="/v1", tags=["labels"])

LabelName = Annotated[str, Path(max_length=400)]
Top = Annotated[int, Query(ge=1, le=1000)]


@router.get("/labels", response_model=LabelsResponse)
async def labels(
    request: Request,
    shared: Shared,
    search: Annotated[str, Query(max_length=200, description="Part of a name.")] = "",
    top: Top = 50,
    skip: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """List labels, most frequent first; labels that begin with the search come first."""
    version = shared.tagger.version
    if request.headers.get("if-none-match") == version.etag:
        return Response(status_code=304, headers={"ETag": version.etag})
    wanted = search.casefold()
    vocabulary = version.vocabulary
    aliases = _aliases(vocabulary)
    found = [
        (
            not vocabulary[number].casefold().startswith(wanted),
            -int(version.counts[number]),
            number,
        )
        for number in range(len(vocabulary))
        if wanted in vocabulary[number].casefold()
        or any(wanted in alias.casefold() for alias in aliases.get(number, ()))
    ]
    space = version.space
    answers = [
        LabelAnswer(
            name=vocabulary[number],
            count=-minus_count,
            embedded=space is not None and bool(space.placed[number]),
            aliases=aliases.get(number, []),
        )
        for _, minus_count, number in sorted(found)[skip : skip + top]
    ]
    body = LabelsResponse(total=len(found), labels=answers)
    return Response(
        body.model_dump_json(), headers={"ETag": version.etag}, media_type="application/json"
    )


@router.get("/labels/{name:path}/neighbors", response_model=NeighborsResponse)
async def neighbors(name: LabelName, shared: Shared, top: Top = 10) -> NeighborsResponse:
    """List the nearest labels of a label."""
    found = await run_in_threadpool(shared.tagger.space.neighbors, name, top)
    return NeighborsResponse(neighbors=_answers(found))


@router.post("/combine", response_model=NeighborsResponse)
async def combine(body: CombineRequest, shared: Shared) -> NeighborsResponse:
    """List the nearest labels of a sum of labels."""

    def work() -> list[Neighbor]:
        return shared.tagger.space.combine(*body.plus, minus=body.minus, top=body.top)

    return NeighborsResponse(neighbors=_answers(await run_in_threadpool(work)))


@router.post("/labels", response_model=ChangeResponse, status_code=201)
async def add_label(body: NewLabelRequest, shared: Shared, response: Response) -> ChangeResponse:
    """Add a label without training (§3.3.1). The answer follows the write to disk."""
    name, place = _placing(body)
    if body.preview:
        response.status_code = 200
        larger = await run_in_threadpool(place, shared.tagger.space)
        near = await run_in_threadpool(larger.neighbors, name, 10)
        version = shared.tagger.version
        return ChangeResponse(
            model=version.etag, labels=len(version.vocabulary), neighbors=_answers(near)
        )
    version = await run_in_threadpool(shared.tagger.change_space, place)
    near = await run_in_threadpool(shared.tagger.space.neighbors, name, 10)
    return _changed(version, shared, near)


@router.post("/labels/preview", response_model=PreviewResponse)
async def preview(request: Request, shared: Shared) -> PreviewResponse:
    """Preview which pictures would get a new label, and change nothing.

    The form has a field ``label``, the body of POST /v1/labels as JSON, and the pictures.
    """
    uploads, fields = await uploads_of(request, shared.settings)
    try:
        body = NewLabelRequest.model_validate_json(fields.get("label", ""))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise HTTPException(
            422, f"the field label is not a body of POST /v1/labels: {reason}"
        ) from error
    name, place = _placing(body)
    results = [PreviewAnswer(name=upload.name, rank=None) for upload in uploads]
    squares = {}
    for number, upload in enumerate(uploads):
        try:
            squares[number] = await shared.tagging.prepare(upload)
        except DataError as error:
            results[number].error = str(error)

    def work() -> list[int]:
        space = place(shared.tagger.space)
        return shared.tagger.rank_with(space, name, list(squares.values())) if squares else []

    for number, rank in zip(squares, await run_in_threadpool(work), strict=True):
        results[number].rank = rank
    return PreviewResponse(results=results)


@router.patch("/labels/{name:path}", response_model=ChangeResponse)
async def change_label(name: LabelName, body: ChangeLabelRequest, shared: Shared) -> ChangeResponse:
    """Rename a label, or add aliases. Its old name is kept as an alias."""
    if body.name is None and not body.aliases:
        raise HTTPException(422, "nothing to change; give name or aliases")
    _known(name, shared)
    renamed = {} if body.name is None or body.name == name else {name: body.name.strip()}
    target = renamed.get(name, name)
    aliases = dict.fromkeys((alias.strip() for alias in body.aliases), target)
    version = await run_in_threadpool(
        shared.tagger.change_space, lambda space: space.revise(renamed, aliases or None)
    )
    return _changed(version, shared)


@router.delete("/labels/{name:path}", response_model=ChangeResponse)
async def remove_label(name: LabelName, shared: Shared) -> ChangeResponse:
    """Remove a label."""
    _known(name, shared)
    version = await run_in_threadpool(
        shared.tagger.change_space, lambda space: space.revise({name: None})
    )
    return _changed(version, shared)


@router.post("/labels/{name:path}/merge", response_model=ChangeResponse)
async def merge_label(name: LabelName, body: MergeRequest, shared: Shared) -> ChangeResponse:
    """Merge a label into another. Its name is kept as an alias."""
    _known(name, shared)
    _known(body.into, shared)
    version = await run_in_threadpool(
        shared.tagger.change_space, lambda space: space.revise({name: body.into})
    )
    return _changed(version, shared)


def _placing(body: NewLabelRequest) -> tuple[str, Callable[[LabelSpace], LabelSpace]]:
    """Return the name of a new label, and the function that adds it to a space."""
    name = body.name.strip()
    if not name:
        raise HTTPException(422, "the name is blank; give the label a name")
    if sum(map(bool, (body.like, body.counts, body.examples))) != 1:
        raise HTTPException(422, "give exactly one of like, counts and examples")

    def place(space: LabelSpace) -> LabelSpace:
        if body.counts:
            return space.place(name, body.counts, images=body.images)
        if body.like:
            return space.place(name, body.like)
        examples = [list(dict.fromkeys([*tags, name])) for tags in body.examples]
        return space.place(name, Annotations.from_lists(examples))

    return name, place


def _known(name: str, shared: Shared) -> None:
    if shared.tagger.version.vocabulary.get(name) is None:
        raise UsageError(f"there is no label {name!r}; GET /v1/labels lists them")


def _changed(
    version: Version, shared: Shared, near: list[Neighbor] | None = None
) -> ChangeResponse:
    labels = len(version.vocabulary)
    shared.counters.labels.set(labels)
    return ChangeResponse(model=version.etag, labels=labels, neighbors=_answers(near or []))


def _answers(found: list[Neighbor]) -> list[NeighborAnswer]:
    return [
        NeighborAnswer(label=neighbor.label, proximity=round(neighbor.proximity, 5))
        for neighbor in found
    ]


def _aliases(vocabulary: Vocabulary) -> dict[int, list[str]]:
    """Return the aliases of labels, by the label's number."""
    found: dict[int, list[str]] = {}
    for alias in vocabulary.aliases:
        number = vocabulary.get(alias)
        if number is not None:
            found.setdefault(number, []).append(alias)
    return found
