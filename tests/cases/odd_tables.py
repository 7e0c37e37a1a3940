# ruff: noqa: E501 - a case a line is easier to read
"""Further odd tables: joined end to end, keys given twice, values that a format cannot hold."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.cases.builders import IMAGES, LABELS, picture, table
from tests.cases.case import Case, Expect, reads, refuses, works
from tests.cases.tables import one


def parquet(**columns: list[object]) -> Callable[[Path], None]:
    """A maker of a Parquet file. It runs in the case: threads of Polars would not survive a fork."""

    def write(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)

    return write


def long_table(path: Path) -> None:
    """Write a table that is larger than a chunk, with a row for each tag."""
    rows = (f"image-{number % 90_000}.jpg,label-{number % 70}\n" for number in range(1_500_000))
    path.write_text("image,label\n" + "".join(rows))


def _tables() -> Iterator[Case]:
    again = reads(IMAGES + 1, LABELS, told="1 row repeats the column names, such as line 10")
    texts: dict[str, tuple[str, Expect]] = {
        "joined": (table() + "image,tags\nz.jpg,sky\n", again),
        "joined-with-marks": ("\ufeff" + table() + "\ufeffimage,tags\nz.jpg,sky\n", again),
        "name-over-two-lines": (
            table(header='"Image\nname",Tags'),
            reads(IMAGES, LABELS),
        ),
        "name-with-hard-blanks": (table(header="\u00a0image\u00a0,tags\u200b"), reads(IMAGES, LABELS)),
        "separator-within-cells": (
            "image,tags\na.jpg,sky; sea\nb.jpg,sky;tree\nc.jpg,sea; sky\n",
            reads(3, 3, told="hold ';'"),
        ),
        "wide-commas-within-cells": (
            "image,tags\na.jpg,空，海\nb.jpg,空，木\n",
            reads(2, 2, told="hold '，'"),
        ),
        "conflict-within": (
            "image,tags\na.jpg,sky\n<<<<<<< HEAD\nb.jpg,sea\n=======\nb.jpg,lake\n>>>>>>> x\n",
            reads(6, 3, told="fewer fields than the header, such as line 3"),
        ),
        "line-separator-in-tag": (
            "image,tags\na.jpg,sk\u2028y\n",
            refuses("line 2: the tag .* holds a line end"),
        ),
        "marks-in-words": (
            "image,sky,sea\na.jpg,yes,no\nb.jpg,no,yes\n",
            refuses("2 columns hold only marks such as 0 and 1.*--format one-hot"),
        ),
    }  # fmt: skip
    for name, (text, expect) in texts.items():
        yield one(f"odd-{name}", text, expect)
    wide = "image," + ",".join(f"tag{n}" for n in range(2500)) + "\n"
    wide += "".join(
        f"{row}.jpg," + ",".join("10"[(n + row) % 5 > 0] for n in range(2500)) + "\n"
        for row in range(4)
    )
    command = ("inspect", "tags.csv", "--format", "one-hot", "--json", "--examples", "0")
    yield Case("odd-one-hot-2500-columns", {"tags.csv": wide}, (command,), reads(4, 2000))


def _json() -> Iterator[Case]:
    texts = {
        "object": ('{"a.jpg":["x"],"a.jpg":["y"]}', "key 'a.jpg' is given twice"),
        "array": ('[{"image":"a","tags":["x"],"tags":["y"]}]', "entry 1: key 'tags' is given twice"),
        "within": ('[{"image":"a","tags":{"x":0.1,"x":0.2}}]', "entry 1: key 'x' is given twice"),
        "coco": ('{"images":[],"annotations":[],"categories":[],"images":[]}', "key 'images'"),
    }  # fmt: skip
    for name, (text, pattern) in texts.items():
        yield one(f"odd-key-twice-{name}", text, refuses(pattern), "tags.json")
    for name, number in {"infinite": "1e999", "negative": "-0.5", "above": "1.5"}.items():
        text = f'{{"image":"a","label":"sky","confidence":{number}}}\n'
        told = refuses("1 confidence outside 0 to 1")
        yield one(f"odd-confidence-{name}", text, told, "tags.jsonl")


def _written_back() -> Iterator[Case]:
    odd = parquet(
        image=["a.jpg", "b.jpg"],
        tags=[["sky"], ["sea"]],
        day=[datetime.date(2020, 1, 2), None],
        share=[float("nan"), 1.5],
        took=[datetime.timedelta(seconds=3), None],
    )
    revise = ("revise", "tags.parquet", "--rename", "sky=heaven", "--output")
    yield Case(
        "odd-types-to-jsonl",
        {"tags.parquet": odd},
        ((*revise, "o.jsonl"),),
        works(err=r"as text: columns 'day', 'took'(.|\n)*as null: column 'share'", makes="o.jsonl"),
    )
    yield Case(
        "odd-types-to-csv",
        {"tags.parquet": odd},
        ((*revise, "o.csv"),),
        refuses("column 'took' holds spans of time.*write", leaves="o.csv"),
    )
    yield Case(
        "odd-types-to-parquet",
        {"tags.parquet": odd},
        ((*revise, "o.parquet"), ("inspect", "o.parquet", "--json")),
        reads(2, 2),
    )
    tags = parquet(image=["a.jpg"], tags=[b"sky, sea"])
    yield Case(
        "odd-tags-in-bytes",
        {"tags.parquet": tags},
        (("inspect", "tags.parquet"),),
        refuses("column 'tags' holds bytes; expected text"),
    )


def _large() -> Iterator[Case]:
    keys = "".join(f'{{"{number}.jpg":["sky"]}}\n' for number in range(4000))
    told = refuses("1,415 different keys.*expected the same keys in each row")
    yield one("odd-a-key-an-image", keys, told, "tags.jsonl")
    numbered = ", ".join(f"tag{number:06d}" for number in range(15_000))
    yield one("odd-numbered-labels", f'image,tags\na.jpg,"{numbered}"\n', reads(1, 15_000))
    columns = ",".join(f"c{number}" for number in range(3000))
    yield one("odd-many-columns", columns + "\n" + "y," * 2999 + "y\n", refuses("and 2,980 more"))
    count = ("count", "tags.csv", "--output", "o")
    yield Case(
        "odd-no-room-for-temporary-files",
        {"tags.csv": long_table},
        (count,),
        refuses("the folder for temporary files, .*TMPDIR", leaves="o"),
        file_limit=500_000,
    )
    twice = ("count", "tags.csv", "./tags.csv", "--output", "o")
    yield Case("odd-table-twice", {"tags.csv": table()}, (twice,), refuses("is given twice"))


def _arguments() -> Iterator[Case]:
    commands = {
        "table": ("inspect", ""),
        "images": ("inspect", "tags.csv", "--images", ""),
        "output": ("embed", "tags.csv", "--output="),
        "pictures": ("tag", "{tagger}", ""),
    }
    for name, command in commands.items():
        yield Case(f"odd-empty-{name}", {"tags.csv": table()}, (command,), refuses("is empty"))


def _folders() -> Iterator[Case]:
    files = {"d/a.jpg": picture(), "d/b.jpg": picture(), "d/b.txt": "sky"}
    inspect = (("inspect", "d", "--json", "--examples", "0"),)
    two = {**files, "d/a.txt": "sky", "d/a.caption": "sea"}
    told = reads(2, 1, told=r"1 text file is not read, because .* another: a\.caption")
    yield Case("odd-two-text-files", two, inspect, told)
    within = {**files, "d/a.txt/x": "sky"}
    yield Case("odd-folder-for-text", within, inspect, reads(2, 1, problems={"untagged_image": 1}))


CASES = (*_tables(), *_json(), *_written_back(), *_large(), *_arguments(), *_folders())
