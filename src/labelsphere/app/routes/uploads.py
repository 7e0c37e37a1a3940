"""Uploaded pictures of a request, and cancellation when the client disconnects."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException as StarletteHTTPException

from labelsphere.app.settings import ServerSettings
from labelsphere.app.tagging import Upload

_Result = TypeVar("_Result")


async def while_connected(request: Request, work: Coroutine[Any, Any, _Result]) -> _Result:
    """Await work, and cancel it when the client disconnects.

    Raises:
        CancelledError: If the client has disconnected.
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


async def uploads_of(
    request: Request, settings: ServerSettings
) -> tuple[list[Upload], dict[str, str]]:
    """Read the pictures of a request, in a form or as the body, and the form's text fields.

    Raises:
        HTTPException: If the body has no picture, or another content type.
    """
    fields: dict[str, str] = {}
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
            fields = {key: value for key, value in form.multi_items() if isinstance(value, str)}
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
    return uploads, fields


def _shown(name: str | None) -> str:
    """Shorten a file name for the answer, without folders and control characters."""
    last = (name or "picture").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "picture"
