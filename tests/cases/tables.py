"""Tables of text as spreadsheets, scripts and other systems write them."""

import gzip
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterator

import numpy as np

from tests.cases.builders import IMAGES, LABELS, ROWS, picture, table
from tests.cases.case import Case, Expect, reads, refuses

INSPECT = (("inspect", "tags.csv", "--json", "--examples", "0"),)


def one(name: str, text: str | bytes, expect: Expect, file: str = "tags.csv") -> Case:
    """A table that is inspected."""
    return Case(name, {file: text}, (("inspect", file, *INSPECT[0][2:]),), expect)


def _forms() -> Iterator[Case]:
    whole = reads(IMAGES, LABELS)
    for end_name, end in (("lf", "\n"), ("crlf", "\r\n")):
        for delimiter_name, delimiter in (("comma", ","), ("semicolon", ";"), ("tab", "\t")):
            for encoding in ("utf-8", "utf-8-sig"):
                text = table(delimiter=delimiter, end=end).encode(encoding)
                yield one(f"csv-{encoding}-{end_name}-{delimiter_name}", text, whole)
    yield one("csv-cr-only", table(end="\r"), whole)
    yield one("csv-no-last-line-end", table().rstrip("\n"), whole)
    yield one("csv-blank-lines", table().replace("\n", "\n\n"), whole)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        marked = encoding in ("utf-16", "utf-32")
        expected = whole if marked else refuses("UTF-16 without a byte order mark.*iconv")
        yield one(f"csv-{encoding}", table().encode(encoding), expected)
    for encoding in ("cp1252", "latin-1", "shift-jis", "koi8-r"):
        word = {"shift-jis": "海", "koi8-r": "море"}.get(encoding, "café")
        text = table((("a.jpg", (word, "sky")), ("b.jpg", ("sky",)))).encode(encoding)
        yield one(f"csv-{encoding}", text, refuses(r"tags\.csv line 2: byte 0x\w\w is not UTF-8"))


def _cells() -> Iterator[Case]:
    rows = [(image, list(tags)) for image, tags in ROWS]
    as_text = {
        "python": lambda tags: str(tags),
        "json": lambda tags: json.dumps(tags),
        "numpy": lambda tags: str(np.array(tags)),
        "json-one-line": lambda tags: json.dumps(tags, separators=(",", ":")),
    }
    for name, write in as_text.items():
        lines = "".join(
            f'{image},"{write(tags)}"\n' if name == "python" else
            '{},"{}"\n'.format(image, write(tags).replace('"', '""'))
            for image, tags in rows
        )  # fmt: skip
        yield one(
            f"csv-list-as-{name}", "image,tags\n" + lines,
            reads(IMAGES, LABELS, told="8 cells of 'tags' read as a list written as text"),
        )  # fmt: skip
    for marker in ("nan", "NaN", "None", "NULL", "null", "N/A"):
        text = f"image,tags\na.jpg,sky\nb.jpg,{marker}\nc.jpg,{marker}\nd.jpg,sky\n"
        name = marker.replace("/", "-")
        yield one(
            f"csv-marker-{name}", text, reads(4, 1, told=marker, problems={"untagged_image": 2})
        )
    stray = {
        "opens": 'image,tags\na.jpg,"sky\nb.jpg,sea\nc.jpg,tree"\nd.jpg,car\n',
        "opens-last": 'image,tags\na.jpg,sky\nb.jpg,"sea\nc.jpg,tree\n',
        "inch": 'image,tags\na.jpg,24" monitor\nb.jpg,27" monitor\nc.jpg,desk\n',
        "within": 'image,tags\na.jpg,"24" monitor, desk"\nb.jpg,desk\n',
        "backslash": 'image,tags\na.jpg,"sky \\"blue\\", sea"\nb.jpg,sky\n',
        "begins": 'image,tags\na.jpg,"best" view\nb.jpg,desk\n',
        "in-name": 'image,tags\na".jpg,sky\nb.jpg,sea\nc".jpg,tree\n',
    }
    faulty = {"opens": 2, "opens-last": 3, "within": 2, "backslash": 2, "begins": 2}
    for name, text in stray.items():
        line = faulty.get(name)
        quoted = reads(3) if line is None else refuses(rf"tags\.csv line {line}: .*quote")
        yield one(f"csv-quote-{name}", text, quoted)
    for name, letter in {"nul": "\0", "bell": "\a", "escape": "\x1b", "tab-v": "\v"}.items():
        text = f"image,tags\na.jpg,sky\nb.jpg,se{letter}a\nc.jpg,sky\n"
        yield one(f"csv-control-{name}", text, refuses(r"line 3"))
    text = 'image,tags\na.jpg,"sky"\nb.jpg,"se\na"\nc.jpg,sky\n'
    yield one("csv-line-end-in-tag", text, refuses("line 3: the tag .* holds a line end"))
    composed = "café"
    both = [("a.jpg", (composed, "sky")), ("b.jpg", (unicodedata.normalize("NFD", composed),))]
    yield one("csv-unicode-forms", table(both), reads(2, 2, told="compos|NFC|letters"))


def _columns() -> Iterator[Case]:
    for header in ("image", "image_name", "fname", "filename", "file_name", " Image ", "IMAGE_ID",
                   "path", "Filename"):  # fmt: skip
        name = header.replace("_", "-").replace(" ", "-")
        yield one(
            f"csv-image-called-{name}",
            table(header=f"{header},tags"),
            reads(IMAGES, LABELS),
        )
    for header in ("tags", "Labels", " tags ", "keywords", "categories"):
        name = header.strip().lower()
        yield one(
            f"csv-tags-called-{name}-{len(header)}",
            table(header=f"image,{header}"),
            reads(IMAGES, LABELS),
        )
    text = {
        "comment-line": "# exported 2024-01-01\n" + table(),
        "sep-line": "sep=;\n" + table(delimiter=";"),
        "pipe": "image|tags\na.jpg|sky\nb.jpg|sea\n",
        "two-of-one-name": "image,tags,tags\na.jpg,sky,old\nb.jpg,sea,old\n",
        "no-header": "a.jpg,sky\nb.jpg,sea\n",
        "one-hot": "image,sky,sea,tree\na.jpg,1,1,0\nb.jpg,0,1,1\n",
        "extra-comma": "image,tags\na.jpg,sky, sea\nb.jpg,sky\n",
        "score-no-confidence": "image,label,score\na.jpg,sky,5.6\nb.jpg,sea,6.1\n",
    }
    right = {
        "comment-line": reads(IMAGES, LABELS),
        "sep-line": reads(IMAGES, LABELS),
        "pipe": reads(2, 2),
        "score-no-confidence": reads(2, 2, told="'score' has values outside 0 to 1"),
        "no-header": refuses("the first line 'a.jpg,sky' names a picture"),
        "one-hot": refuses("looks like a one-hot table"),
        "two-of-one-name": refuses("2 columns of the name 'tags'"),
        "extra-comma": refuses("line 2: 3 fields, but the header has 2"),
    }
    for name, lines in text.items():
        yield one(f"csv-{name}", lines, right[name])
    index = ",image,tags\n" + "".join(
        f'{n},{i},"{", ".join(t)}"\n' for n, (i, t) in enumerate(ROWS)
    )
    yield one("csv-pandas-index", index, reads(IMAGES, LABELS))
    yield one(
        "csv-empty-columns", 'image,tags,,\na.jpg,"sky,sea",,\nb.jpg,sea,,\n,,,\n', reads(2, 2)
    )


def _other_kinds() -> Iterator[Case]:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as zipped:
        zipped.writestr("xl/workbook.xml", "<workbook/>")
    kinds = {
        "gzip": (gzip.compress(table().encode()), "gzip"),
        "workbook": (book.getvalue(), "workbook|zip|Excel"),
        "html": ("<!DOCTYPE html>\n<html><body>404</body></html>\n", "HTML|web page"),
        "lfs-pointer": (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            "LFS",
        ),
        "picture": (picture(), "picture|JPEG|image|UTF-8"),
        "empty": ("", "empty"),
        "blank": ("\n\n  \n", "empty"),
        "header-only": ("image,tags\n", "no image|no rows|empty|holds no"),
        "zeros": (bytes(1000), "NUL|control|UTF-8|empty|column|no rows"),
    }
    untagged = reads(2, 0, problems={"untagged_image": 2})
    yield one("csv-is-no-tags", "image,tags\na.jpg,\nb.jpg,\n", untagged)
    for name, (data, pattern) in kinds.items():
        yield one(f"csv-is-{name}", data, refuses(pattern))
        if name in ("gzip", "html", "lfs-pointer", "zeros"):
            yield one(f"parquet-is-{name}", data, refuses("Parquet|" + pattern), "tags.parquet")
            yield one(f"jsonl-is-{name}", data, refuses("JSON|line 1|" + pattern), "tags.jsonl")


CASES = (*_forms(), *_cells(), *_columns(), *_other_kinds())
