"""``labelsphere serve``: an HTTP server and a web page for a tagger."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from labelsphere.app.settings import ServerSettings, is_loopback, read_token
from labelsphere.cli.options import Given, options_of_dataclasses


@options_of_dataclasses
def serve(
    tagger: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of the tagger, or a model that labelsphere export wrote.",
            show_default=False,
        ),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Train a tagger on the bundled icons first, in a minute."),
    ] = False,
    token_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the token that changes of labels need, and all requests if other "
            "machines can reach the server. Default: a random token, which is printed.",
            show_default=False,
        ),
    ] = None,
    *,
    given: Given.of(ServerSettings),  # type: ignore[valid-type] # read by the decorator
) -> None:
    """Serve a tagger: an HTTP interface, and a page to see, search and teach tags.

    The server listens on this machine only, unless --host is given, which needs a token. It needs
    no network. Labels that are added in the page are saved to the tagger's folder.

    Examples:
        labelsphere serve tagger/

        labelsphere serve tagger/ --review pictures/ --pictures tags.csv

        labelsphere serve onnx/model.onnx

        labelsphere serve --demo

        labelsphere serve tagger/ --host 0.0.0.0 --token-file token.txt
    """
    import os
    import secrets

    # Set before NumPy is imported. One thread finds a label's neighbours as fast as several, and
    # waiting threads would take the CPU from the network.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from labelsphere.cli.output import remark
    from labelsphere.errors import MissingExtraError, UsageError

    try:
        import uvicorn

        from labelsphere.app.demo import demo_tagger
        from labelsphere.app.listening import listen
        from labelsphere.app.server import build_app
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "fastapi", "serve") from error
    from labelsphere.cli.phases import phases
    from labelsphere.cli.training_progress import TrainingProgress
    from labelsphere.datasets import icons_path

    if (tagger is None) == (not demo):
        raise UsageError("give the folder of a tagger, or --demo")
    if tagger is None:
        with phases() as on_phase:
            tagger = demo_tagger(TrainingProgress(on_phase).watch())
        given.setdefault("pictures", icons_path())
    token = None if token_file is None else read_token(token_file)
    host, port = given.get("host", ServerSettings.host), given.get("port", ServerSettings.port)
    if token is None and is_loopback(host):
        token = secrets.token_urlsafe(24)
    settings = ServerSettings(**given, token=token)
    listening = listen(host, port)
    app = build_app(tagger, settings)
    shown = f"[{host}]" if ":" in host else host
    remark(f"serving {tagger} at http://{shown}:{listening.getsockname()[1]}/#token={token}")
    remark("stop with Ctrl+C")
    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=30,
        limit_concurrency=4096,
    )
    # uvicorn raises the signal again after its last answer: a normal end, not a failure.
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
