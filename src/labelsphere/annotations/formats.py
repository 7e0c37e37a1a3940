"""Tables of the supported formats, for help pages and documentation."""

from labelsphere.annotations.readers import READERS
from labelsphere.annotations.writers import WRITERS


def read_formats() -> list[tuple[str, str, str]]:
    """Return name, means of recognition and description of each input format."""
    return [
        (name, _recognised_by(reader.suffixes, reader.files, reader.folders), reader.description)
        for name, reader in READERS.items()
    ]


def write_formats() -> list[tuple[str, str, str]]:
    """Return name, supported contents besides tags and description of each output format."""
    return [
        (name, " and ".join(writer.keeps) or "tags only", writer.description)
        for name, writer in WRITERS.items()
    ]


def formats_as_markdown() -> str:
    """Format both tables in Markdown for the documentation."""
    lines = ["| `--format` | recognised by | what it looks like |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {recognised_by} | {text} |" for name, recognised_by, text in read_formats()
    ]
    lines += ["", "| `--to` | keeps | what is written |", "|---|---|---|"]
    lines += [f"| `{name}` | {kept} | {text} |" for name, kept, text in write_formats()]
    return "\n".join(lines)


def _recognised_by(suffixes: tuple[str, ...], files: bool, folders: bool) -> str:
    if suffixes:
        return " ".join(f"`{suffix}`" for suffix in suffixes)
    if not files:
        return "a folder of this form"
    return "its contents, or named" if folders else "contents, or named"
