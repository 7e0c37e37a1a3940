"""Make the icons that the package brings from the full collection.

    python benchmarks/make_demo_data.py icons.parquet src/labelsphere/datasets/icons

Keeps one drawing of each icon, 64 × 64 pixels. The collection's folder ``licences`` is copied
beside the table. Prints what was kept, what was left out and how far the pictures changed.
"""

import argparse
import hashlib
import io
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

SIDE = 64
SEED = "labelsphere"
GREY_LEVELS = 16
PALETTES = (4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256)
LARGEST_ERROR = 3.0  # root mean square over pixels and channels, of 255
COLUMNS = ["image", "id", "labels", "base_id", "split", "split_strict"]
ORIGIN = ["source", "package", "licence"]

Bytes = NDArray[np.uint8]


def main() -> None:
    """Read the collection, write ``icons.parquet`` and ``licences`` into the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection", type=Path, help="the full icons.parquet")
    parser.add_argument("folder", type=Path, help="where to write")
    arguments = parser.parse_args()

    collection = pl.read_parquet(arguments.collection)
    chosen = choose_variants(collection)
    pictures, errors = [], []
    for picture in chosen["image"]:
        small, error = shrink(picture["bytes"])
        pictures.append({"bytes": small, "path": picture["path"]})
        errors.append(error)
    table = chosen.select(COLUMNS + ORIGIN).with_columns(
        pl.Series("image", pictures, dtype=chosen.schema["image"])
    )
    arguments.folder.mkdir(parents=True, exist_ok=True)
    target = arguments.folder / "icons.parquet"
    table.write_parquet(target, compression="zstd", compression_level=19, row_group_size=8192)
    copied = copy_licences(arguments.collection.parent / "licences", arguments.folder / "licences")

    describe(collection, table)
    grey = np.array([Image.open(io.BytesIO(p["bytes"])).mode == "L" for p in pictures])
    changes = np.array(errors)
    print(
        f"pictures: {grey.sum():,} grey in {GREY_LEVELS} levels (rms error at most "
        f"{changes[grey].max():.1f} of 255), {(~grey).sum():,} in colour (at most "
        f"{changes[~grey].max():.1f})"
    )
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB; licences: {copied} texts")


def choose_variants(collection: pl.DataFrame) -> pl.DataFrame:
    """One drawing of each icon: the one whose hashed id is smallest.

    A hash, since the first in order would nearly always be the filled style.
    """
    hashes = [hashlib.sha256(f"{SEED}/{name}".encode()).hexdigest() for name in collection["id"]]
    ordered = collection.with_columns(pl.Series("hash", hashes)).sort("hash")
    return ordered.unique("base_id", keep="first", maintain_order=True).drop("hash").sort("id")


def shrink(data: bytes) -> tuple[bytes, float]:
    """A picture at 64 × 64 as PNG, and the root mean square error of its reduced colours."""
    with Image.open(io.BytesIO(data)) as full:
        small = full.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    if small.mode == "L":
        return shrink_grey(np.asarray(small))
    return shrink_colour(small.convert("RGB"))


def shrink_grey(pixels: Bytes) -> tuple[bytes, float]:
    """Four bits a pixel: enough for the soft edge of black on white."""
    step = 255 // (GREY_LEVELS - 1)
    levels = np.round(pixels / step).astype(np.uint8)
    error = float(np.sqrt(np.mean((levels * float(step) - pixels) ** 2)))
    return grey_png(levels), error


def shrink_colour(small: Image.Image) -> tuple[bytes, float]:
    """The smallest palette within the permitted error, or full colour where none is."""
    exact = np.asarray(small, np.float64)
    for colours in PALETTES:
        reduced = small.quantize(
            colours, method=Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE
        )
        error = float(np.sqrt(np.mean((np.asarray(reduced.convert("RGB")) - exact) ** 2)))
        if error <= LARGEST_ERROR:
            return encode(reduced), error
    return encode(small), 0.0


def encode(picture: Image.Image) -> bytes:
    """PNG as small as Pillow makes it."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def grey_png(levels: Bytes) -> bytes:
    """PNG of four bits a pixel, which Pillow reads but does not write.

    Args:
        levels: Height × an even width, 0 to 15.
    """
    height, width = levels.shape
    packed = (levels[:, ::2] << 4) | levels[:, 1::2]
    lines = np.hstack([np.zeros((height, 1), np.uint8), packed]).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def copy_licences(source: Path, target: Path) -> int:
    """Copy the licence texts; how many there are."""
    target.mkdir(exist_ok=True)
    texts = sorted(source.glob("*.txt"))
    for text in texts:
        shutil.copyfile(text, target / text.name)
    return len(texts)


def describe(collection: pl.DataFrame, table: pl.DataFrame) -> None:
    """Print what was kept and what was left out."""
    splits = dict(table["split"].value_counts().iter_rows())
    counts = table.filter(pl.col("split") == "train")["labels"].explode().value_counts()["count"]
    before = collection["labels"].explode().n_unique()
    after = table["labels"].explode().n_unique()
    print(
        f"icons: {table.height:,} of {collection['base_id'].n_unique():,}, "
        f"one of {collection.height:,} drawings each; "
        + ", ".join(f"{splits[name]:,} {name}" for name in ("train", "val", "test"))
    )
    per_icon = table["labels"].list.len().to_numpy()
    print(
        f"tags: {after:,} of {before:,} still occur, {len(counts):,} of them on training icons "
        f"({(counts >= 5).sum():,} on at least 5), {per_icon.mean():.2f} an icon; "
        f"{(per_icon == 0).sum()} icons without tags"
    )
    mixed = collection.group_by("base_id").agg(pl.col("labels").list.sort().n_unique())
    print(
        f"{(mixed['labels'] > 1).sum():,} icons have drawings with different tags; "
        "the chosen drawing's tags were kept"
    )


if __name__ == "__main__":
    main()
