"""The table of verbs, and the group that imports a verb's module only when it is called."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from labelsphere.errors import UsageError

# Group of the user's work → verb → one line of help. A verb is a function of that name in
# ``labelsphere.cli.<verb>``; adding one takes that file and a line here.
WORK = {
    "Start here": {
        "demo": "Train a tagger on the bundled icons, and write a report with pictures.",
    },
    "Look at tags": {
        "inspect": "Describe a table of tags and list every problem in it.",
        "convert": "Write a table of tags in another format.",
        "audit": "Rank tags that are probably missing and tags that fit badly.",
        "revise": "Rename, merge and remove tags, and add aliases.",
        "count": "Count how often tags occur together, and keep saved counts up to date.",
    },
    "Make a label space": {
        "embed": "Fit a label space to a table of tags.",
        "neighbors": "Show the tags nearest to a tag in a label space.",
        "combine": "Add and subtract tags in a label space.",
        "map": "Draw a map of a label space, as a picture or a page.",
        "place": "Add a tag to a label space, or to a tagger without training it.",
        "refit": "Fit a label space again and align it with the old one.",
    },
    "Make a tagger": {
        "train": "Train a tagger on a table, a folder of pictures or feature vectors.",
        "features": "Compute features of pictures with a pretrained backbone.",
        "calibrate": "Calibrate the probabilities and thresholds of a tagger's tags.",
        "evaluate": "Measure a tagger on a table of tags.",
        "compare": "Train several methods in the same way and report them side by side.",
    },
    "Use it": {
        "tag": "Tag pictures: files, folders, tables and tar files.",
        "retag": "Compute a run's tags again after a change of thresholds or labels.",
        "untag": "Remove the tags that a run wrote.",
        "serve": "Serve a tagger: an HTTP interface and a web page.",
        "export": "Write a tagger as an ONNX model for other programs.",
        "push": "Upload a tagger to the Hugging Face Hub.",
    },
}

VERBS = {name: line for verbs in WORK.values() for name, line in verbs.items()}


class VerbGroup(TyperGroup):
    """A command group whose commands are placeholders until one is called.

    The placeholders have a name and a line of help, all that ``--help`` shows, so the help page
    does not import the verbs' modules.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        work = {name: title for title, verbs in WORK.items() for name in verbs}
        self.commands = {
            name: TyperCommand(name, help=line, rich_help_panel=work.get(name))
            for name, line in VERBS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Import the called verb and return its command."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load_verb(str(name)), rest


class VerbCommand(TyperCommand):
    """A verb's command, which refuses empty paths."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments.

        Raises:
            UsageError: If a path is empty, as when a variable of the shell is not set: Python reads
                an empty path as the current folder.
        """
        empty = any(not word or word.endswith("=") for word in args) and "." not in args
        rest = super().parse_args(ctx, args)
        for parameter in self.params if empty else ():
            value = ctx.params.get(parameter.name)
            if Path() in (value if isinstance(value, list | tuple) else (value,)):
                shown = (
                    parameter.opts[0]
                    if parameter.opts[0].startswith("-")
                    else str(parameter.name).upper()
                )
                raise UsageError(f"{shown} is empty; expected the path of a file or folder")
        return rest


def load_verb(name: str) -> Any:
    """Import a verb's module and build its command.

    Args:
        name: A key of ``VERBS``.

    Returns:
        The command, as Typer builds it from the function of the verb's name.
    """
    function = getattr(import_module(f"labelsphere.cli.{name}"), name)
    app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
    # The examples at a docstring's end are indented: with a blank line before them they are code.
    help_page = (inspect.getdoc(function) or "").replace("Examples:\n    ", "Examples:\n\n    ")
    app.command(name, cls=VerbCommand, help=help_page, short_help=VERBS[name])(function)
    return typer.main.get_command(app)
