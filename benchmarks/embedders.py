"""Every way of embedding labels on the same tags: what a space alone keeps, and what is learned.

For each embedder, at one number of dimensions: how well its space gives back the test images' own
tags (encoded as a point and decoded again; no network), and what a network trained to point into
it reaches, beside logistic regression, ConSE and DeViSE. Rates are chosen on validation images
from one grid for all.

    python benchmarks/embedders.py labels.parquet --features features.npz --dim 100 \
        --hierarchy dictionary_and_semantic_hierarchy.txt --words minilm.txt \
        --output benchmarks/results/embedders/corel5k

Word vectors are not part of this repository: ``benchmarks/name_vectors.py`` makes a file of them.
With it, ConSE and DeViSE are also run as they were published, on vectors of words.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from labelsphere import Annotations, evaluate
from labelsphere.comparison import ComparisonSettings, compare
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.protocols import full
from labelsphere.comparison.results import ComparisonResults
from labelsphere.json_types import Json, to_json
from labelsphere.metrics import metric_definitions
from labelsphere.recipes import parse_recipe
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.decoders import cosine_decoder
from labelsphere.tagger.inputs import FeatureInputs, read_features
from labelsphere.tagger.scores import DecodedScores

METRICS = ("map@100", "weighted_map@100", "precision@1", "precision@5", "image_ap", "class_ap")

PLAIN = (
    *("pmi", "shifted", "smoothed", "npmi", "lsa", "random-projection", "ecoc", "rembrandt"),
    *("skipgram", "glove"),
)


def methods(given: argparse.Namespace) -> list[str]:
    """Names of the methods, as ``labelsphere compare --methods`` takes them."""
    dim, words = f"+dim={given.dim}", f"+method=word-vectors+path={given.words}"
    spaces = [f"paper+method={name}{dim}" for name in PLAIN]
    if given.words is not None:
        spaces.append(f"paper{words}")
    if given.hierarchy is not None:
        spaces.append(f"paper+method=taxonomy{dim}+hierarchy={given.hierarchy}")
    return [
        "logistic",
        *spaces,
        f"paper+method=random-projection{dim}+decoder=omp",
        f"paper+method=ecoc{dim}+decoder=hamming",
        f"devise{dim}",
        f"conse{dim}",
        *([] if given.words is None else [f"devise{words}", f"conse{words}"]),
    ]


def main() -> None:
    """Fit, train, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tags", type=Path, help="tag table with a split column")
    parser.add_argument("--features", type=Path, required=True, help="one row an image")
    parser.add_argument("--dim", type=int, required=True, help="dimensions of every space")
    parser.add_argument("--hierarchy", type=Path, help="for taxonomy")
    parser.add_argument("--words", type=Path, help="for word-vectors")
    parser.add_argument("--group", help="column that marks variants of one image")
    parser.add_argument("--epochs", type=float, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rates", default="1e-3,3e-3,1e-2")
    parser.add_argument("--leave-out", nargs="*", default=(), help="methods not to run: devise")
    parser.add_argument("--work", type=Path, help="folder of trainings, kept to go on from")
    parser.add_argument("--output", type=Path, required=True, help="folder for the tables")
    given = parser.parse_args()
    tags, inputs = Annotations.read(given.tags), read_features(given.features)
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        left_out = tuple(given.leave_out)
        names = [name for name in methods(given) if not name.startswith(left_out)]
        kept = read_or_make(
            work / "kept.json", lambda: what_spaces_keep(tags, inputs, names, given.group)
        )
        done = compare(
            tags,
            work / "comparison",
            methods=names,
            inputs=inputs,
            settings=ComparisonSettings(
                Architecture("mlp"),
                TrainingSettings(epochs=given.epochs),
                rates=tuple(float(rate) for rate in given.rates.split(",")),
                seeds=tuple(range(given.seeds)),
                group=given.group,
                evaluations=1,
            ),
            on_progress=told,
        )
    given.output.mkdir(parents=True, exist_ok=True)
    results = {"command": " ".join(sys.argv), "kept": kept, **trained(done.results)}
    text = json.dumps(results, indent=1, ensure_ascii=False)
    # Where files lie on this machine is nobody's concern.
    for path in (given.tags, given.features, given.hierarchy, given.words, given.work):
        if path is not None:
            text = text.replace(str(path), path.name)
    (given.output / "results.json").write_text(text + "\n", encoding="utf-8")
    report = table(json.loads(text), given)
    (given.output / "report.md").write_text(report, encoding="utf-8")


def read_or_make(path: Path, make: Callable[[], Any]) -> Any:
    """What a file holds, made and written if it is not there."""
    if not path.exists():
        path.write_text(json.dumps(make()), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def what_spaces_keep(
    tags: Annotations, inputs: FeatureInputs, names: list[str], group: str | None
) -> list[dict[str, Any]]:
    """Figures of test tags encoded and decoded again, for each space among the methods."""
    protocol = full(tags, group=group)
    experiment = Experiment(protocol, inputs, ComparisonSettings(group=group), Path())
    truth = protocol.tags.matrix[protocol.test]
    rows = []
    for name in names:
        method = parse_recipe(name)
        if not name.startswith("paper") or method.decoder is not None:
            continue
        space = experiment.space(method)
        assert space is not None
        points = torch.from_numpy(space.encode(truth))
        evaluation = evaluate(
            DecodedScores(points, cosine_decoder(space)),
            truth,
            label_counts=protocol.counted.label_counts(),
            n_images=protocol.counted.n_images,
        )
        values = {metric: evaluation.values[metric] for metric in METRICS}
        placed = int(space.placed.sum())
        rows.append({"name": name, "dim": space.dim, "placed": placed, "values": values})
        print(name, {key: round(value, 3) for key, value in values.items()}, file=sys.stderr)
    return rows


def trained(results: ComparisonResults) -> dict[str, Json]:
    """What of a comparison's results the tables need."""
    return {
        "machine": results.machine,
        "versions": results.versions,
        "data": results.data,
        "settings": results.settings,
        "methods": [
            {
                "name": method.name,
                "recipe": method.recipe,
                "rate": method.choice.rate,
                "seeds": [run.delivered() for run in method.runs],
                "delivered": to_json(results.delivered[method.name]),
            }
            for method in results.methods
        ],
    }


def table(results: dict[str, Any], given: argparse.Namespace) -> str:
    """The report in Markdown."""
    definitions, data, settings = metric_definitions(), results["data"], results["settings"]
    heading = f"| {' | '.join(METRICS)} |\n"
    lines = [
        f"# Ways of embedding labels on {given.tags.parent.name or given.tags.stem}",
        "",
        f"{data['images']['train']:,} training, {data['images']['val']:,} validation and "
        f"{data['images']['test']:,} test images, {data['labels']:,} tags, "
        f"{data['labels_per_image']:.1f} an image. Written by `python benchmarks/embedders.py`.",
        "",
        "## What the space alone keeps",
        "",
        "Tags of the test images encoded as points and decoded again: the figures of a network "
        "that points exactly where it should.",
        "",
        f"| space | k | placed {heading}|---|---:|---:|" + "---:|" * len(METRICS),
    ]
    for row in results["kept"]:
        kept = " | ".join(f"{row['values'][metric]:.3f}" for metric in METRICS)
        lines.append(f"| {short(row['name'])} | {row['dim']} | {row['placed']} | {kept} |")
    lines += [
        "",
        "## Trained",
        "",
        f"A perceptron with one hidden layer, {settings['steps']:,} steps, rates from "
        f"{given.rates} chosen on validation; as delivered; mean of {given.seeds} seeds, in "
        "brackets the lowest and the highest of them.",
        "",
        f"| method {heading}|---|" + "---:|" * len(METRICS),
    ]
    lines += [f"| {short(entry['name'])} | {cells(entry)} |" for entry in results["methods"]]
    lines += ["", *(f"- **{metric}**: {definitions[metric]}" for metric in METRICS), ""]
    return "\n".join(lines)


def cells(entry: dict[str, Any]) -> str:
    """A row of metrics as delivered."""
    found = []
    for metric in METRICS:
        values = [seed[metric] for seed in entry["seeds"]]
        mean = entry["delivered"][metric]["value"]
        found.append(f"{mean:.3f} ({min(values):.3f}–{max(values):.3f})")
    return " | ".join(found)


def short(name: str) -> str:
    """A method's name without what all of them share."""
    parts = [part for part in name.split("+") if not part.startswith(("dim=", "path=", "hier"))]
    text = ", ".join(part.removeprefix("method=") for part in parts if part != "paper")
    return text or "pmi"


def told(what: str, done: int, total: int, remark: str) -> None:
    """Say when a training begins and ends."""
    if done in (1, total):
        print(f"{what}: {done}/{total} {remark}", file=sys.stderr)


if __name__ == "__main__":
    main()
