"""Make the collection of icons anew from the published packages.

    python benchmarks/rebuild_icons rebuilt.parquet --given icons.parquet --results folder/

Fetches the packages by name and version (npm, and one from Debian), draws every icon, and writes a
table of the columns that ``labelsphere compare`` reads. Needs ``npm``, ``apt-get`` and ``dpkg-deb``
on the path, and ``pip install -e '.[benchmarks]'``. A table that is there already is not made anew.
With ``--given``, prints how close it comes to another one.
"""

import argparse
import sys
from collections import Counter
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import polars as pl
from against import compared
from catalogues import SOURCES, icons_of
from icons import Icon
from packages import fetched
from pictures import draw, encoded, thumbnail
from rich.progress import track
from sets import groups, sets
from tags import clean

from labelsphere.artefact import new_file

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting import write_results

FEWEST = 5
"""Tags on fewer training icons than this are left out."""


def main() -> None:
    """Fetch, draw, split, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="the table to write, Parquet")
    parser.add_argument(
        "--packages", type=Path, default=Path("packages"), help="where they are kept"
    )
    parser.add_argument("--given", type=Path, help="a table to compare with")
    parser.add_argument("--results", type=Path, help="folder that the comparison is written to")
    arguments = parser.parse_args()

    if arguments.output.exists():
        print(f"{arguments.output} is there already; it is not made anew")
    else:
        with new_file(arguments.output) as beside:
            collection(arguments.packages).write_parquet(
                beside, compression="zstd", row_group_size=4096
            )
    if arguments.given:
        lines, values = compared(
            pl.read_parquet(arguments.output), pl.read_parquet(arguments.given)
        )
        print("\n".join(lines))
        if arguments.results:
            write_results(
                "rebuilt_icons", lines, values, packages=["resvg-py"], folder=arguments.results
            )


def collection(folder: Path) -> pl.DataFrame:
    """The whole table."""
    get = cache(partial(fetched, folder=folder))
    icons = [icon for source in SOURCES for icon in icons_of(source, get)]
    icons = without_norwegian([replace(icon, tags=clean(icon.tags)) for icon in icons])
    kept, pictures, small = [], [], []
    for icon in track(icons, "drawing"):
        picture = draw(icon.svg, cropped=icon.cropped)
        if picture is not None and icon.tags:
            kept.append(icon)
            pictures.append({"bytes": encoded(picture), "path": f"{icon.name}.png"})
            small.append(thumbnail(picture))
    bases = [icon.base for icon in kept]
    split = sets(bases, groups(bases, np.stack(small)))
    strict = sets(bases, groups(bases, np.stack(small), [icon.concept for icon in kept]))
    frequent = frequent_tags(kept, split)
    packages = {source: get(name) for source, (name, _) in SOURCES.items()}
    table = pl.DataFrame(
        {
            "image": pictures,
            "id": [icon.name for icon in kept],
            "labels": [[tag for tag in icon.tags if tag in frequent] for icon in kept],
            "base_id": bases,
            "split": split,
            "split_strict": strict,
            "source": [icon.source for icon in kept],
            "package": [packages[icon.source].name for icon in kept],
            "licence": [packages[icon.source].licence for icon in kept],
        }
    )
    return table.filter(pl.col("labels").list.len() > 0).sort("id")


def without_norwegian(icons: list[Icon]) -> list[Icon]:
    """Keep of Aksel's keywords, half of which are Norwegian, those that another source uses."""
    elsewhere = {tag for icon in icons if icon.source != "aksel" for tag in icon.tags}
    return [
        replace(icon, tags=tuple(tag for tag in icon.tags if tag in elsewhere))
        if icon.source == "aksel"
        else icon
        for icon in icons
    ]


def frequent_tags(icons: list[Icon], split: list[str]) -> set[str]:
    """Tags on enough training icons, an icon counted once over its drawings."""
    pairs = {
        (icon.base, tag)
        for icon, part in zip(icons, split, strict=True)
        if part == "train"
        for tag in icon.tags
    }
    counts = Counter(tag for _, tag in pairs)
    return {tag for tag, count in counts.items() if count >= FEWEST}


if __name__ == "__main__":
    main()
