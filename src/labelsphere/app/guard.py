"""Checks of requests: limits on the body, the token, and security headers of the answer."""

import asyncio
import hmac
import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labelsphere.app.settings import ServerSettings

_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        b"object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), microphone=(), payment=()"),
]
"""Headers that OWASP recommends; the page loads nothing external and runs no inline script."""

_CHANGES = ("POST", "PUT", "PATCH", "DELETE")
_READING_POSTS = ("/v1/tag", "/v1/similar", "/v1/combine", "/v1/sidecar")
_OPEN = ("/v1/health", "/v1/ready")


class Guard:
    """ASGI middleware that refuses forbidden requests before reading their body.

    Args:
        app: Next application.
        settings: Settings with the limits and the token.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {key.lower(): value for key, value in scope["headers"]}
        answered = False

        async def send_with_headers(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _answer(send_with_headers, *refusal)
            return
        limit = self._settings.max_body_bytes
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.body_seconds
        read, complete = 0, False

        async def receive_within_limits() -> Message:
            nonlocal read, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise _TooSlowError from error
            read += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if read > limit:
                raise _TooLargeError
            return message

        try:
            await self._app(scope, receive_within_limits, send_with_headers)
        except _TooLargeError:
            if not answered:
                await _answer(send_with_headers, 413, _too_large(limit))
        except _TooSlowError:
            if not answered:
                seconds = self._settings.body_seconds
                await _answer(
                    send_with_headers,
                    408,
                    f"the request did not arrive within {seconds:g} s; send it faster",
                )

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        """Return status and reason if the request line or headers are refused, else None."""
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            return 400, "Content-Length must be a whole number"
        if int(length) > self._settings.max_body_bytes:
            return 413, _too_large(self._settings.max_body_bytes)
        path, method = scope["path"], scope["method"]
        changes = method in _CHANGES and path not in _READING_POSTS
        shown = path in _OPEN or path == "/" or path.startswith("/page/")
        if not changes and (self._settings.open_reading or shown):
            return None
        if self._settings.token is None:
            return 403, (
                "changes need a token; start the server with --token-file FILE and send the "
                "header Authorization: Bearer TOKEN"
            )
        given = headers.get(b"authorization", b"")
        if not hmac.compare_digest(given, b"Bearer " + self._settings.token.encode()):
            return 401, "a token is needed; send the header Authorization: Bearer TOKEN"
        return None


class _TooLargeError(Exception):
    """The body is larger than the limit."""


class _TooSlowError(Exception):
    """The body did not arrive in time."""


def _too_large(limit: int) -> str:
    return f"the request is larger than {limit // 1024**2} MiB; send fewer or smaller pictures"


async def _answer(send: Send, status: int, reason: str) -> None:
    body = json.dumps({"error": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    # The rest of the body is not read, so the connection cannot be used again.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
