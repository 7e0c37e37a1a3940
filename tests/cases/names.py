"""File names and paths: of other systems, of any bytes, and ids that are no paths."""

import os
import unicodedata
from collections.abc import Iterator

from tests.cases.builders import picture
from tests.cases.case import Case, Expect, reads, refuses, works


def _paths() -> Iterator[Case]:
    composed = "café.jpg"
    forms = {
        "backslash": (r"photos\a.jpg", "photos/a.jpg"),
        "backslash-dot": (r".\photos\a.jpg", "photos/a.jpg"),
        "percent": ("my%20photo.jpg", "my photo.jpg"),
        "percent-utf-8": ("caf%C3%A9.jpg", composed),
        "plus": ("my+photo.jpg", "my+photo.jpg"),
        "file-address": ("file:///home/me/a.jpg", "a.jpg"),
        "windows": (r"C:\Users\me\a.jpg", "a.jpg"),
        "share": (r"\\server\share\a.jpg", "a.jpg"),
        "elsewhere": ("/data/set/a.jpg", "a.jpg"),
        "case": ("A.jpg", "a.JPG"),
        "case-folder": ("Photos/a.jpg", "photos/a.jpg"),
        "composed": (composed, unicodedata.normalize("NFD", composed)),
        "decomposed": (unicodedata.normalize("NFD", composed), composed),
    }
    for name, (written, there) in forms.items():
        files = {
            "tags.csv": f'image,tags\n{written},"sky, sea"\nok.jpg,sky\n',
            there: picture(),
            "ok.jpg": picture(),
        }
        told = "" if written == there else "1 picture found"
        command = (("inspect", "tags.csv", "--json", "--examples", "0"),)
        yield Case(f"path-{name}", files, command, reads(2, 2, told, {"missing_image": 0}))
    for name, (written, there) in {
        "below": ("a.jpg", "photos/default/a.jpg"),
        "no-ending": ("0001", "photos/train/0001.jpg"),
        "moved": (r"C:\me\photos\cats\1.jpg", "photos/cats/1.jpg"),
    }.items():
        files = {"tags.csv": f'image,tags\n{written},"sky, sea"\n', there: picture()}
        command = (("inspect", "tags.csv", "--images", "photos", "--json", "--examples", "0"),)
        yield Case(f"path-{name}", files, command, reads(1, 2, "found", {"missing_image": 0}))
    files = {
        "tags.csv": 'image,tags\n1.jpg,"sky, sea"\n',
        "p/a/1.jpg": picture(),
        "p/b/1.jpg": picture(),
    }
    command = (("inspect", "tags.csv", "--images", "p", "--json", "--examples", "0"),)
    yield Case("path-several", files, command, reads(1, 2, "fits several", {"missing_image": 1}))


def _odd_ids() -> Iterator[Case]:
    ids = {
        "caption": "a photo of " + "very " * 70 + "nice thing {}",
        "data-address": "data:image/png;base64|" + "iVBORw0KGgo" * 60 + "{}",
        "signed-address": "https://example.org/{}?X-Signature=" + "0123456789abcdef" * 20,
        "long-folder": "x" * 300 + "/{}.jpg",
        "dots": "../../../../{}.jpg",
        "blank": "   {}   ",
        "device": "/dev/zero#{}",
    }
    for name, form in ids.items():
        rows = "".join(f'"{form.format(n)}","sky, sea, tag{n % 3}"\n' for n in range(6))
        files = {"tags.csv": "image,tags\n" + rows}
        yield Case(
            f"id-{name}-embed", files, (("embed", "tags.csv", "--output", "o"),), works(makes="o")
        )
        command = (("inspect", "tags.csv", "--json", "--examples", "0"),)
        yield Case(f"id-{name}-inspect", files, command, reads(6, 5))
    rows = "".join(f'/dev/{name},"sky, sea"\n' for name in ("zero", "random", "full", "stdin"))
    read = works("cannot be opened(.|\\n)*device|No pictures|No problems|pipe|one image")
    yield Case(
        "id-devices",
        {"tags.csv": "image,tags\n" + rows, "ok.jpg": picture()},
        (("inspect", "tags.csv"),),
        read,
    )


def _bytes() -> Iterator[Case]:
    names = {
        "latin-1": b"caf\xe9.jpg",
        "line-end": b"new\nline.jpg",
        "quote": b'quote",comma.jpg',
        "escape": b"\x1b[31mred.jpg",
        "blank": b" .jpg",
        "right-to-left": "שלום\u202e.jpg".encode(),
        "emoji": "👨‍👩‍👧.jpg".encode(),
        "long": b"o" * 251 + b".jpg",
    }
    for name, raw in names.items():
        files = {"d/" + os.fsdecode(raw): picture(), "d/a.jpg": picture(), "d/a.txt": "sky, sea"}
        expect: Expect = reads(2, 2, problems={"missing_image": 0, "unreadable_image": 0})
        for encoding in ("utf-8", "ascii"):
            command = (("inspect", "d", "--json", "--examples", "0"),)
            yield Case(f"name-{name}-{encoding}-inspect", files, command, expect, encoding)
            tag = (("tag", "{tagger}", "d", "--top", "1"),)
            yield Case(
                f"name-{name}-{encoding}-tag",
                files,
                tag,
                works(r"(?s)^\{.*\}\n\{.*\}\n$"),
                encoding,
            )
        csv = ("tag", "{tagger}", "d", "--top", "1", "--format", "csv", "--output", "o.csv")
        again = ("inspect", "o.csv", "--json", "--images", ".")
        back = reads(2, problems={"missing_image": 0})
        yield Case(f"name-{name}-csv-back", files, (csv, again), back)
        revise = ("revise", "d", "--rename", "sea=ocean", "--output", "o.csv")
        check = ("inspect", "o.csv", "--images", "d", "--json")
        # The first command refuses a name that CSV does not keep, so that the second has no table.
        expected = refuses("does not exist") if name == "blank" else back
        yield Case(f"name-{name}-revised", files, (revise, check), expected)


CASES = (*_paths(), *_odd_ids(), *_bytes())
