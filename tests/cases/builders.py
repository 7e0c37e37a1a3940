"""Small tables and pictures that cases are made of."""

import io
import json
from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image

ROWS = (
    ("a.jpg", ("sky", "sea", "beach")),
    ("b.jpg", ("sky", "sea")),
    ("c.jpg", ("tree", "road", "car")),
    ("d.jpg", ("car", "road")),
    ("e.jpg", ("cat", "sofa")),
    ("f.jpg", ("cat", "sofa", "tree")),
    ("g.jpg", ("sky", "tree")),
    ("h.jpg", ("sea", "beach")),
)
IMAGES = len(ROWS)
LABELS = len({tag for _, tags in ROWS for tag in tags})


def table(
    rows: Sequence[tuple[str, Sequence[str]]] = ROWS,
    header: str = "image,tags",
    delimiter: str = ",",
    end: str = "\n",
) -> str:
    """A table of text with all tags of an image in one quoted cell."""
    lines = [header.replace(",", delimiter)]
    lines += [f'{image}{delimiter}"{", ".join(tags)}"' for image, tags in rows]
    return end.join(lines) + end


def json_lines(rows: Sequence[tuple[str, object]] = ROWS, key: str = "tags") -> str:
    """A line of JSON a row."""
    return "".join(json.dumps({"image": image, key: tags}) + "\n" for image, tags in rows)


@cache
def picture(kind: str = "JPEG", size: tuple[int, int] = (24, 20), mode: str = "RGB") -> bytes:
    """A picture of noise, encoded."""
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(file, kind)
    return file.getvalue()


def pictures(folder: str = "", rows: Sequence[tuple[str, object]] = ROWS) -> dict[str, bytes]:
    """A picture for each row, by its path."""
    return {f"{folder}{name}": picture() for name, _ in rows}


def base_files() -> dict[str, bytes | str]:
    """A table with pictures that a tagger can be trained on."""
    rows = [(f"{number}-{name}", tags) for number in range(6) for name, tags in ROWS]
    return {"tags.csv": table(rows), **pictures(rows=rows)}
