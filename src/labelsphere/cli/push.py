"""``labelsphere push``: upload a saved tagger to the Hugging Face Hub."""

from pathlib import Path
from typing import Annotated

import typer

from labelsphere.cli.options import JsonOption


def push(
    tagger: Annotated[Path, typer.Argument(help="Folder of the tagger.", show_default=False)],
    repository: Annotated[
        str, typer.Argument(metavar="USER/NAME", help="Repository on the Hub.", show_default=False)
    ],
    private: Annotated[
        bool, typer.Option("--private", help="Make a new repository private.")
    ] = False,
    endpoint: Annotated[
        str | None, typer.Option(help="Address of another Hub.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Upload a tagger to the Hugging Face Hub, its model card included.

    Uses the access token that hf auth login stored, or HF_TOKEN. Only the folder's JSON, Parquet
    and safetensors files are uploaded. Load the tagger with Tagger.from_pretrained("USER/NAME").

    Examples:
        labelsphere push tagger/ user/icons-tagger

        labelsphere push tagger/ user/icons-tagger --private
    """
    from labelsphere.cli.output import print_json, remark
    from labelsphere.tagger.hub import push_tagger

    address = push_tagger(tagger, repository, private=private, endpoint=endpoint)
    if json:
        print_json({"repository": repository, "address": address})
    else:
        remark(f"pushed to {address}")
