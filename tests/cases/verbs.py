# ruff: noqa: E501 - a case a line is easier to read
"""Verbs on small and odd tables: results or one line, whatever the options."""

from collections.abc import Iterator

from tests.cases.builders import base_files, pictures, table
from tests.cases.case import Case, any_answer, either, refuses, works
from tests.cases.outputs import vectors

METHODS = (
    "pmi",
    "shifted",
    "smoothed",
    "npmi",
    "lsa",
    "glove",
    "skipgram",
    "random-projection",
    "ecoc",
)


def _spaces() -> Iterator[Case]:
    for method in METHODS:
        command = (("embed", "tags.csv", "--method", method, "--output", "o"),)
        yield Case(
            f"embed-{method}",
            {"tags.csv": table()},
            command,
            either(works(makes="o"), refuses(".", leaves="o")),
        )
    tables = {
        "one-row": table((("a.jpg", ("sky", "sea")),)),
        "one-tag-rows": table([(f"{n}.jpg", ("sky", "sea", "tree")[n % 3 : n % 3 + 1]) for n in range(20)]),
        "all-the-same": table([(f"{n}.jpg", ("sky", "sea")) for n in range(5)]),
        "one-label": table([(f"{n}.jpg", ("sky",)) for n in range(5)]),
        "emoji": table([("a.jpg", ("😀", "שלום")), ("b.jpg", ("😀", "日本")), ("c.jpg", ("日本", "שלום"))]),
        "markup": table([("a.jpg", ("[bold]x[/bold]", "</script><b>y")), ("b.jpg", ("[bold]x[/bold]", "a|b"))]),
    }  # fmt: skip
    for name, text in tables.items():
        for verb in (
            ("embed", "tags.csv", "--output", "o"),
            ("audit", "tags.csv"),
            ("count", "tags.csv", "--output", "o"),
        ):
            yield Case(f"{verb[0]}-{name}", {"tags.csv": text}, (verb,), any_answer)


def _odd_options() -> Iterator[Case]:
    values = ("-1", "0", "nan", "inf", "1e400", "99999999999999999999", "", "x", "é\u202e")
    options = {
        "embed": ("--dim", "--min-count", "--method"),
        "inspect": ("--examples", "--min-confidence", "--format", "--separator", "--vocabulary"),
        "train": ("--epochs", "--rate", "--batch-size", "--image-size", "--clip", "--seed", "--method", "--split"),
    }  # fmt: skip
    before = {
        "embed": ("embed", "tags.csv", "--output", "o"),
        "inspect": ("inspect", "tags.csv"),
        "train": ("train", "tags.csv", "--features", "v.npy", "--steps", "1", "--output", "o"),
    }
    files = {"tags.csv": table(), "v.npy": vectors()}
    for verb, names in options.items():
        for name in names:
            for value in values:
                label = {"": "empty", "é\u202e": "letters"}.get(value, value)
                # Billions of epochs and pixels are what was asked for: they are no fault.
                if value.startswith("999") and name in ("--epochs", "--image-size"):
                    continue
                steps = before[verb] if name != "--epochs" else tuple(
                    word for word in before[verb] if word not in ("--steps", "1")
                )  # fmt: skip
                yield Case(
                    f"option-{verb}{name}-{label}", files, ((*steps, name, value),), any_answer
                )


def _training() -> Iterator[Case]:
    tiny = ("--method", "logistic", "--backbone", "resnet10t", "--backbone-options", '{"channels": [8, 8, 8, 8]}',
            "--pretrained", "none", "--image-size", "16", "--epochs", "1", "--output", "o")  # fmt: skip
    train = (("train", "tags.csv", *tiny),)
    yield Case("train-pictures", base_files(), train, works(makes="o"))
    yield from _without_pictures(tiny)
    rows = (("a.jpg", ("sky", "sea")),)
    yield Case(
        "train-one-picture", {"tags.csv": table(rows), **pictures(rows=rows)}, train, any_answer
    )
    yield Case(
        "train-all-damaged",
        {"tags.csv": table(), **dict.fromkeys(pictures(), b"x")},
        train,
        refuses("."),
    )


def _without_pictures(tiny: tuple[str, ...]) -> Iterator[Case]:
    """Every verb that needs pictures names the folder that it searched, or a file of it."""
    verbs = {
        "train": ("train", *tiny),
        "train-auto": ("train", "--output", "o"),
        "features": ("features", "--output", "o.npy"),
        "compare": ("compare", "--output", "o"),
        "evaluate": ("evaluate", "{tagger}"),
        "calibrate": ("calibrate", "{tagger}"),
    }
    for name, (verb, *words) in verbs.items():
        before = tuple(word for word in words if word == "{tagger}")
        rest = tuple(word for word in words if word != "{tagger}")
        files: dict[str, bytes | str] = {"data/tags.csv": table(), "other/x.txt": ""}
        nothing = (verb, *before, "data/tags.csv", *rest)
        told = refuses("no pictures found in .*/data .*'a.jpg'.*--images", leaves="o")
        yield Case(f"{name}-no-pictures", files, (nothing,), told)
        elsewhere = (*nothing, "--images", "other")
        yield Case(
            f"{name}-no-pictures-there", files, (elsewhere,), refuses(r"other/\w\.jpg", leaves="o")
        )
    piped = ("inspect", "data/tags.csv", "--format", "csv")
    yield Case(
        "inspect-no-pictures", files, (piped,), works(r"No pictures found in .*/data .*'a.jpg'")
    )


CASES = (*_spaces(), *_odd_options(), *_training())
