"""Outputs: terminals that lack letters, full disks, places that cannot be written."""

from collections.abc import Iterator

import numpy as np

from tests.cases.builders import IMAGES, LABELS, base_files, table
from tests.cases.case import Case, either, reads, refuses, works

LETTERS = 'image,tags\na.jpg,"café, 😀"\nb.jpg,"café, 海"\nc.jpg,"海, 😀"\n'
NUMBERS = np.random.default_rng(0)


def vectors() -> bytes:
    """Vectors for the eight rows."""
    import io

    file = io.BytesIO()
    np.save(file, NUMBERS.normal(size=(IMAGES, 4)).astype(np.float32))
    return file.getvalue()


WRITERS: dict[str, tuple[str, ...]] = {
    "embed": ("embed", "tags.csv", "--output"),
    "count": ("count", "tags.csv", "--output"),
    "revise": ("revise", "tags.csv", "--rename", "sea=ocean", "--output"),
    "train": (
        *("train", "tags.csv", "--method", "logistic", "--features", "v.npy", "--epochs", "1"),
        "--output",
    ),
    "map": ("map", "{space}", "--output"),
    "tag": ("tag", "{tagger}", "a.jpg", "--output"),
    "inspect": ("inspect", "tags.csv", "--synonyms"),
}
ENDINGS = {"revise": ".csv", "map": ".html", "tag": ".jsonl", "inspect": ".csv"}


def _places() -> Iterator[Case]:
    files = {
        **base_files(),
        "tags.csv": table(),
        "v.npy": vectors(),
        "file": "x",
        "a.jpg": base_files()["0-a.jpg"],
    }
    for verb, command in WRITERS.items():
        name = "out" + ENDINGS.get(verb, "")
        yield Case(
            f"place-{verb}-below-a-file",
            files,
            ((*command, f"file/{name}"),),
            refuses("file is a file"),
        )
        yield Case(
            f"place-{verb}-proc",
            files,
            ((*command, f"/proc/{name}"),),
            refuses("cannot be written|cannot use"),
        )
        yield Case(
            f"place-{verb}-device",
            files,
            ((*command, "/dev/full"),),
            refuses("device|exists|is a file|ending|must end in"),
        )
        long = "o" * 240 + ENDINGS.get(verb, "")
        yield Case(f"place-{verb}-long-name", files, ((*command, long),), works(makes=long))
        longer = "o" * 300 + ENDINGS.get(verb, "")
        yield Case(f"place-{verb}-too-long-name", files, ((*command, longer),), refuses("too long"))
        yield Case(
            f"place-{verb}-new-folders",
            files,
            ((*command, f"new/deep/{name}"),),
            works(makes=f"new/deep/{name}"),
        )
        for limit in (0, 100, 5000):
            enough = works(makes=name)
            full = refuses("cannot be written .*: free some space", leaves=name)
            yield Case(
                f"disk-{verb}-{limit}",
                files,
                ((*command, name),),
                either(full, enough),
                file_limit=limit,
            )


def _streams() -> Iterator[Case]:
    verbs = {
        "inspect": ("inspect", "tags.csv"),
        "inspect-json": ("inspect", "tags.csv", "--json"),
        "neighbors": ("neighbors", "{space}", "sky"),
        "neighbors-json": ("neighbors", "{space}", "sky", "--json"),
        "audit": ("audit", "tags.csv"),
        "help": ("--help",),
        "verb-help": ("train", "--help"),
        "version": ("--version",),
    }
    for name, command in verbs.items():
        for encoding in ("ascii", "cp1252", "utf-16"):
            yield Case(
                f"letters-{encoding}-{name}", {"tags.csv": LETTERS}, (command,), works(), encoding
            )
        yield Case(
            f"stdout-full-{name}", {"tags.csv": LETTERS}, (command,),
            refuses("cannot write to the standard output: No space left"), stdout="/dev/full",
        )  # fmt: skip
    back = (("revise", "tags.csv", "--rename", "sky=sky2", "--output", "n.csv"),
            ("inspect", "n.csv", "--json", "--examples", "0"))  # fmt: skip
    yield Case("letters-table-back", {"tags.csv": table()}, back, reads(IMAGES, LABELS))


CASES = (*_places(), *_streams())
