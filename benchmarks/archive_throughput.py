"""How fast ``labelsphere tag`` goes through an archive, beside the bare network, and its memory.

    python benchmarks/archive_throughput.py TAGGER [--icons 1200] [--photos 60] [--rounds 3]
    python benchmarks/archive_throughput.py --memory [--icons 10000]

TAGGER is trained on pictures, for example by ``labelsphere train TABLE --pretrained lite0 --freeze
--image-size 128 --output TAGGER``. The bare network gets bundled icons that are decoded already, in
the batches that suit it best. The tagger reads the same icons from a Parquet table and a tar file,
and JPEGs of 12 megapixels from a folder, and writes JSON lines. Processes take turns.

With ``--memory``, a tiny network tags small pictures, and ten times as many.
"""

import argparse
import io
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from reporting import apart, in_turn, table, write_results

BATCHES = (8, 16, 64)
Value = TypeVar("Value")


class Rate(NamedTuple):
    """Pictures a second, milliseconds of processor time each takes, and how they were counted."""

    rate: float
    processor_ms: float
    pictures: int
    batch: int = 0
    threads: int = 0


def bare(tagger_folder: str, icons: str) -> Rate:
    """The network alone, by the batch and the use of threads that are fastest."""
    import numpy as np
    import torch

    from labelsphere.archive.pixels import DecodedPictures
    from labelsphere.arrays import AnyArray
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.inputs.threads import map_ahead
    from labelsphere.tagger.single_thread import one_thread

    tagger = Tagger.load(tagger_folder)
    tagger.decoder()
    pixels = np.load(icons)
    threads = torch.get_num_threads()

    def run(pixels: AnyArray, threads: int, size: int) -> Rate:
        blocks = [
            DecodedPictures(pixels[start : start + size], dict(tagger.preparation))
            for start in range(0, len(pixels), size)
        ]

        def work(block: DecodedPictures) -> None:
            if threads > 1:
                torch.set_num_threads(1)
            tagger.points(block)

        work(blocks[0])
        began, spent = time.perf_counter(), time.process_time()
        for _ in map_ahead(work, blocks, threads):
            pass
        seconds, spent = time.perf_counter() - began, time.process_time() - spent
        return Rate(len(pixels) / seconds, 1000 * spent / len(pixels), len(pixels), size, threads)

    # PyTorch's threads share each product, or each thread takes a batch of its own.
    few = pixels[: max(64, len(pixels) // 4)]
    tried = [run(few, 0, size) for size in BATCHES]
    with one_thread():
        tried += [run(few, threads, size) for size in BATCHES if threads > 1]
    best = max(tried)
    if not best.threads:
        return run(pixels, 0, best.batch)
    with one_thread():
        return run(pixels, threads, best.batch)


def tagged(tagger_folder: str, source: str) -> Rate:
    """Tagging, journal and output included."""
    from labelsphere.archive.filtering import TagFilter
    from labelsphere.archive.outputs import write_output
    from labelsphere.archive.sources import items_of
    from labelsphere.archive.tagging import tag_archive
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.choosing import TagChoice

    tagger = Tagger.load(tagger_folder)
    first = next(items_of([Path(source)], lambda _: None))
    tagger.tag(first.read())
    with tempfile.TemporaryDirectory() as place:
        journal = begun(tagger, Path(tagger_folder), Path(place) / "run")
        began, spent = time.perf_counter(), time.process_time()
        items = items_of([Path(source)], lambda _: None)
        summary, _ = tag_archive(tagger, items, journal, TagChoice())
        write_output(journal, Path(place) / "tags.jsonl", TagFilter())
        seconds, spent = time.perf_counter() - began, time.process_time() - spent
    count = summary.tagged
    assert count == summary.pictures
    return Rate(count / seconds, 1000 * spent / count, count)


def decoded(tagger_folder: str, folder: str) -> Rate:
    """Reading and decoding, without a network."""
    import torch

    from labelsphere.archive.decoding import decode_item
    from labelsphere.archive.sources import items_of
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.inputs.threads import map_ahead

    preparation = dict(Tagger.load(tagger_folder).preparation)
    items = list(items_of([Path(folder)], lambda _: None))
    began, spent = time.perf_counter(), time.process_time()
    for one in map_ahead(
        lambda item: decode_item(item, preparation, lambda _: False),
        items,
        torch.get_num_threads(),
    ):
        assert one.pixels is not None
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    return Rate(len(items) / seconds, 1000 * spent / len(items), len(items))


def smallest(folder: str) -> float:
    """Milliseconds of processor time that libjpeg takes at an eighth of the size, at the least."""
    from PIL import Image

    taken = []
    for path in sorted(Path(folder).iterdir()):
        data = path.read_bytes()
        began = time.process_time()
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft(None, (1, 1))
            picture.load()
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)


def value_of(function: Callable[..., Value], *arguments: str) -> Value:
    """What a function returns in a process of its own."""
    return apart(function, *arguments).value


def phases(tagger_folder: str, source: str, most: int) -> dict[str, float]:
    """Milliseconds of processor time a picture, by what is done, in one thread."""
    import numpy as np
    import torch

    from labelsphere.archive.decoding import Decoded, decode_item
    from labelsphere.archive.pixels import DecodedPictures
    from labelsphere.archive.records import Record, records_to_frame
    from labelsphere.archive.sources import Item, items_of
    from labelsphere.archive.tagging import read_tags
    from labelsphere.archive.vectors import PROCESSOR_BATCH, batched
    from labelsphere.archive.writers.jsonl import write_jsonl
    from labelsphere.archive.writers.output_picture import OutputPicture
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.choosing import TagChoice

    torch.set_num_threads(1)
    tagger = Tagger.load(tagger_folder)
    preparation = dict(tagger.preparation)
    spent: dict[str, float] = {}
    clock = time.process_time

    def network(pixels: list[Any]) -> torch.Tensor:
        batches = batched(pixels, PROCESSOR_BATCH)
        return torch.cat(
            [tagger.points(DecodedPictures(np.stack(b), preparation)) for b in batches]
        )

    def tags_of(points: torch.Tensor) -> list[list[Any]]:
        return read_tags(tagger, points, TagChoice()).tags(tagger.vocabulary)

    def timed(name: str, function: Callable[..., Value], *arguments: Any) -> Value:
        began = clock()
        value = function(*arguments)
        spent[name] = spent.get(name, 0.0) + clock() - began
        return value

    items = batched(items_of([Path(source)], lambda _: None), most)
    some: list[Item] = timed("reading the table or listing the folder", next, items)
    decode = partial(decode_item, preparation=preparation, known=lambda _: False)
    decode(some[0])
    found: list[Decoded] = timed("reading files, hashing, decoding", list, map(decode, some))
    pixels = [one.pixels for one in found]
    tags_of(network(pixels[:1]))
    kept = timed("network, with normalising", network, pixels).half()
    blocks = torch.split(kept.float(), 256)
    read: list[list[list[Any]]] = timed("scores, probabilities, tags", list, map(tags_of, blocks))
    tags = [given for block in read for given in block]
    records = [
        Record(item.name, "0" * 32, 1, 1, True, "", tuple(given), row.tobytes())
        for item, given, row in zip(some, tags, kept.numpy(), strict=True)
    ]
    written = [OutputPicture(one.name, one.tags) for one in records]
    with tempfile.TemporaryDirectory() as place:
        began = clock()
        records_to_frame(records, "x").write_parquet(Path(place) / "part")
        spent["journal"] = clock() - began
        began = clock()
        write_jsonl(written, Path(place) / "tags", calibrated=True)
        spent["output"] = clock() - began
    return {name: 1000 * seconds / len(some) for name, seconds in spent.items()}


def begun(tagger: Any, tagger_folder: Path, folder: Path) -> Any:
    """A journal that is begun."""
    from labelsphere.archive.identity import Identity
    from labelsphere.archive.journal import Journal, RunInfo

    calibrated = tagger.calibration is not None
    info = RunInfo(
        "",
        str(tagger_folder),
        Identity.of(tagger, tagger_folder),
        tuple(tagger.vocabulary),
        calibrated=calibrated,
        vectors=True,
    )
    return Journal.begin(folder, info)


def make_sources(tagger_folder: str, folder: Path, icons: int, photos: int) -> None:
    """The icons as a table, a tar file and decoded; and a folder of photographs' size.

    The large pictures are icons, enlarged, with noise: one in twenty is different, and bytes
    after the end of each make all contents different.
    """
    import numpy as np
    import polars as pl
    from PIL import Image

    from labelsphere.datasets.icons import icons_path
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.inputs.decoding import decode_picture

    preparation = Tagger.load(tagger_folder).preparation
    chosen = pl.read_parquet(icons_path(), columns=["image", "id"])
    # An icon may be in several sets: of equal contents one alone goes through the network.
    chosen = chosen.unique("image", keep="first", maintain_order=True).head(icons)
    chosen.write_parquet(folder / "icons.parquet")
    data = [one["bytes"] for one in chosen["image"]]
    with tarfile.open(folder / "icons.tar", "w") as shard:
        for number, one in enumerate(data):
            member = tarfile.TarInfo(f"{number:06}.png")
            member.size = len(one)
            shard.addfile(member, io.BytesIO(one))
    size, fit = preparation["size"], preparation["fit"]
    np.save(folder / "icons.npy", np.stack([decode_picture(one, size, fit) for one in data]))
    random = np.random.default_rng(0)
    (folder / "photos").mkdir()
    different = max(1, photos // 20)
    for number in range(different):
        icon = Image.fromarray(decode_picture(data[number], 64)).resize(
            (4000, 3000), Image.Resampling.BICUBIC
        )
        noise = random.integers(0, 24, (3000, 4000, 1), np.uint8)
        picture = io.BytesIO()
        Image.fromarray((np.asarray(icon) // 2) + noise + 40).save(picture, "JPEG", quality=90)
        for copy in range(number, photos, different):
            name = folder / "photos" / f"{copy:04}.jpg"
            name.write_bytes(picture.getvalue() + copy.to_bytes(4, "little"))


def throughput(given: argparse.Namespace) -> None:
    """Measure rates and phases, and write them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_sources(given.tagger, folder, given.icons, given.photos)
        sizes = [path.stat().st_size for path in (folder / "photos").iterdir()]
        sources = {
            "icons in Parquet": folder / "icons.parquet",
            "icons in a tar file": folder / "icons.tar",
            "12-megapixel JPEGs in a folder": folder / "photos",
        }
        calls = {"bare": partial(value_of, bare, given.tagger, str(folder / "icons.npy"))}
        for name, source in sources.items():
            calls[name] = partial(value_of, tagged, given.tagger, str(source))
        calls["decoding alone"] = partial(value_of, decoded, given.tagger, str(folder / "photos"))
        found = in_turn(calls, given.rounds)
        by_phase = {
            "an icon in Parquet": apart(
                phases, given.tagger, str(folder / "icons.parquet"), 512
            ).value,
            "a JPEG": apart(phases, given.tagger, str(folder / "photos"), 64).value,
        }
        least = value_of(smallest, str(folder / "photos"))
    medians = {
        name: Rate(
            statistics.median(one.rate for one in each),
            statistics.median(one.processor_ms for one in each),
            each[0].pictures,
        )
        for name, each in found.items()
    }
    network, alone = medians["bare"], medians["decoding alone"]
    both = 1 / (1 / network.rate + 1 / alone.rate)
    rows = [
        (
            "network alone, pictures decoded",
            f"{network.rate:,.0f}",
            "",
            f"{network.processor_ms:.2f}",
            "",
        )
    ]
    for name in sources:
        one = medians[name]
        rows.append(
            (
                name,
                f"{one.rate:,.0f}",
                f"{100 * one.rate / network.rate:.0f} %",
                f"{one.processor_ms:.2f}",
                f"{100 * network.processor_ms / one.processor_ms:.0f} %",
            )
        )
    photos = medians["12-megapixel JPEGs in a folder"]
    lines = [
        "# Tagging an archive, beside the bare network",
        "",
        f"{given.icons:,} bundled icons, {given.photos} JPEGs of 4000 × 3000 pixels "
        f"({sum(sizes) / len(sizes) / 2**20:.1f} MiB each); medians of {given.rounds} rounds. "
        f"The network alone takes batches of {', '.join(map(str, BATCHES))} pictures, with "
        "threads that share a batch or take one each, whichever is fastest. "
        "Tagging includes the journal and an output of JSON lines, not the start of the program.",
        "",
        *table(
            (
                "",
                "Pictures a second",
                "Of the network alone",
                "Processor time a picture, ms",
                "The network's share of it",
            ),
            rows,
        ),
        "",
        "Other work on the machine slows the rates down; processor time hardly changes with it.",
        "",
        f"The JPEGs: reading and decoding alone, on all cores, gives {alone.rate:,.0f} a second, "
        f"and takes {alone.processor_ms:.1f} ms of processor time. {least:.1f} ms of it are what "
        "libjpeg takes at an eighth of the size, which is how such pictures are decoded: every "
        "byte has to be read. Decoding and network share the "
        f"cores, so that {both:,.0f} a second is the most that is possible; tagging reaches "
        f"{100 * photos.rate / both:.0f} % of it, and "
        f"{100 * (network.processor_ms + alone.processor_ms) / photos.processor_ms:.0f} % by "
        "processor time.",
        "",
        "Processor time a picture, in one thread:",
        "",
        *table(
            ("ms", *by_phase),
            [
                (name, *(f"{spent[name]:.2f}" for spent in by_phase.values()))
                for name in by_phase["a JPEG"]
            ],
        ),
    ]
    values = {
        "rounds": {name: [one._asdict() for one in each] for name, each in found.items()},
        "milliseconds": by_phase,
        "libjpeg_milliseconds": least,
    }
    write_results("archive_throughput", lines, values, seed=0)


def tiny_run(folder: str, count: int) -> float:
    """Tag so many small pictures by a tiny network; pictures a second."""
    from labelsphere.tagger import Tagger

    tagger = Tagger.load(folder)
    from labelsphere.archive.filtering import TagFilter
    from labelsphere.archive.outputs import write_output
    from labelsphere.archive.tagging import tag_archive
    from labelsphere.tagger.choosing import TagChoice

    with tempfile.TemporaryDirectory() as place:
        journal = begun(tagger, Path(folder), Path(place) / "run")
        began = time.perf_counter()
        summary, names = tag_archive(tagger, small_pictures(count), journal, TagChoice(5))
        write_output(journal, Path(place) / "tags.jsonl", TagFilter(), names)
        seconds = time.perf_counter() - began
    assert summary.tagged == count
    return count / seconds


def small_pictures(count: int) -> Iterator[Any]:
    """Pictures of 16 × 16 pixels with different contents, made when they are asked for."""
    from PIL import Image

    from labelsphere.archive.sources.item import Item, stored

    picture = io.BytesIO()
    Image.new("RGB", (16, 16), "teal").save(picture, "PNG")
    for number in range(count):
        data = picture.getvalue() + number.to_bytes(8, "little")
        yield Item(f"folder/of/pictures/{number:08}.png", stored(data), len(data), 1)


def make_tiny(folder: str) -> None:
    """A tagger of 12 tags that is not trained."""
    import numpy as np
    from scipy.sparse import csr_array

    from labelsphere.annotations import Annotations, Vocabulary
    from labelsphere.space import LabelSpace
    from labelsphere.tagger import Architecture, Tagger
    from labelsphere.tagger.label_context import LabelContext
    from labelsphere.tagger.normalisation import IMAGENET_MEAN, IMAGENET_STD

    rows = csr_array((np.random.default_rng(0).random((60, 12)) < 0.3).astype(np.float32))
    tags = Annotations(
        [str(row) for row in range(60)], Vocabulary([f"tag {n}" for n in range(12)]), rows
    )
    preparation = {
        "kind": "images",
        "size": 16,
        "fit": "pad",
        "augment": "none",
        "mean": list(IMAGENET_MEAN),
        "std": list(IMAGENET_STD),
    }
    architecture = Architecture("resnet10t", {"channels": (8, 8, 8, 8)})
    Tagger(
        architecture, LabelContext.of(tags, LabelSpace.fit(tags)), preparation, (3, 16, 16)
    ).save(folder)


def memory(given: argparse.Namespace) -> None:
    """Measure peaks of memory, and write them."""
    with tempfile.TemporaryDirectory() as place:
        folder = str(Path(place) / "tagger")
        apart(make_tiny, folder)
        found = {count: apart(tiny_run, folder, count) for count in (given.icons, 10 * given.icons)}
    few, many = found.values()
    grown = (many.peak_memory_gib - few.peak_memory_gib) * 2**30 / (9 * given.icons)
    lines = [
        "# Memory of tagging an archive",
        "",
        "Pictures of 16 × 16 pixels, a network of 12 tags; journal with vectors and an output of "
        "JSON lines.",
        "",
        *table(
            ("Pictures", "Peak, GiB", "Pictures a second"),
            [
                (f"{count:,}", f"{one.peak_memory_gib:.3f}", f"{one.value:,.0f}")
                for count, one in found.items()
            ],
        ),
        "",
        f"Each picture adds {grown:,.0f} bytes: its name, its hash, and where its record is.",
    ]
    values = {
        str(count): {"peak_gib": one.peak_memory_gib, "rate": one.value}
        for count, one in found.items()
    }
    write_results("archive_memory", lines, {"peaks": values, "bytes_a_picture": grown}, seed=0)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tagger", nargs="?")
    parser.add_argument("--icons", type=int, default=None)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    given = parser.parse_args()
    if given.memory:
        given.icons = given.icons or 10_000
        memory(given)
    elif given.tagger is None:
        sys.exit("name the folder of a tagger, or give --memory")
    else:
        given.icons = given.icons or 1200
        throughput(given)


if __name__ == "__main__":
    main()
