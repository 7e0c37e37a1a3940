"""Invented results of the right form, to try the report on; repeatable from a seed."""

from typing import Any

import numpy as np
import pytest

from labelsphere.comparison.decoder_names import AS_TRAINED, PRIOR_ADJUSTED, best_decoder
from labelsphere.comparison.rivals import AT_BEST, FIGURES

DEFINITIONS = {
    "map@100": "Of the images with a class among their first k predictions, the share that truly "
    "have it; mean over k = 1 to 100 and over the classes in the test set.",
    "weighted_map@100": "MAP@100 with each class's part multiplied by the class's weight.",
    "precision@1": "Share of true tags among an image's first 1 predictions; mean over images.",
    "precision@5": "Share of true tags among an image's first 5 predictions; mean over images.",
    "recall@10": "Share of an image's true tags among its first 10 predictions.",
    "ndcg@10": "Discounted gain of the first 10 predictions over the best possible.",
    "psp@1": "Precision at 1 in which rare tags count more.",
    "image_ap": "Average precision of an image's ranking of all labels; mean over images.",
    "class_ap": "Average precision of a class's ranking of all images; mean over classes.",
}
DECODERS = (AS_TRAINED, *PRIOR_ADJUSTED)
LEVELS = {
    "map@100": 0.107,
    "weighted_map@100": 0.214,
    "precision@1": 0.399,
    "precision@5": 0.221,
    "recall@10": 0.412,
    "ndcg@10": 0.365,
    "psp@1": 0.153,
    "image_ap": 0.291,
    "class_ap": 0.0643,
}
TITLES = {
    "logistic": "Logistic regression",
    "paper": "Cosine proximity (the paper)",
    "paper+dim=512": "Cosine proximity (the paper), dim=512",
    "paper+method=npmi+exponent=0.25": "Cosine proximity (the paper), method=npmi, exponent=0.25",
    "paper+method=shifted": "Cosine proximity (the paper), method=shifted",
}
STRENGTHS = (1.0, 0.82, 0.8, 1.12, 0.55)
BUCKETS = ("1-9", "10-29", "30-99", "100-999", "1000+")
STEPS = 1600


class ResultsMaker:
    """Builds a whole ``results.json`` for a number of methods and seeds."""

    def __call__(
        self,
        methods: int = 2,
        seeds: int = 3,
        *,
        strengths: tuple[float, ...] = STRENGTHS,
        examples: int = 3,
        neighbors: int = 3,
        picture: str | None = None,
        budgets: bool = False,
    ) -> dict[str, Any]:
        random = np.random.default_rng(20)
        names = list(TITLES)[:methods]
        entries = [self.method(name, strengths[i], seeds, random) for i, name in enumerate(names)]
        if methods:
            baseline = entries[0]
            target = baseline["summary"]["as trained"]["map@100"]["mean"]
            for entry in entries:
                entry["steps_to_baseline"] = self.steps_to(entry, baseline["name"], target)
                entry["rival"] = entry is baseline
                entry["versus"] = {}
                if entry is not baseline:
                    entry["versus"] = {baseline["name"]: self.versus(entry, baseline)}
                    entry["against_best"] = self.against(entry, baseline)
                if budgets:
                    self.add_budgets(entry, baseline)
        tags = ["arrow", "direction", "a rather long tag of some forty letters!!", "home", "sky"]
        return {
            "format": "labelsphere.comparison",
            "format_version": 2,
            "labelsphere": "0.1.0",
            "created": "2026-02-03T14:05:06+00:00",
            "command": "labelsphere compare icons.parquet --methods logistic,paper --output out",
            "machine": {
                "processor": "Some processor at 2.0 GHz",
                "cores": 2,
                "memory_gib": 24.0,
                "platform": "Linux",
                "python": "3.11.7",
                "device": "cpu",
            },
            "versions": {"torch": "2.13.0", "timm": "1.0.20", "numpy": "2.3.4"},
            "data": {
                "tags": "icons.parquet",
                "protocol": "full",
                "split": "split",
                "group": "base_id",
                "images": {"train": 19228, "val": 2344, "test": 2298},
                "labels": 3344,
                "labels_per_image": 4.65,
                "median_occurrences": 11.0,
                "dropped": {"unreadable picture": 2, "no known tag": 0},
            },
            "settings": {
                "backbone": "resnet18",
                "image_size": 64,
                "steps": STEPS,
                "batch_size": 128,
                "epochs": 10.65,
                "optimizer": "adamw",
                "schedule": "cosine",
                "rates": [0.001, 0.004, 0.01],
                "rate_steps": 400,
                "seeds": list(range(seeds)),
                "resamples": 200,
            },
            "definitions": dict(DEFINITIONS),
            "rate_criterion": "Geometric mean of several figures.",
            "rivals": names[:1],
            "diverged": [],
            "methods": entries,
            "examples": [
                {
                    "image_id": f"lucide/icon-{i}",
                    "picture": picture,
                    "truth": tags[: 2 + i % 3],
                    "predictions": {
                        name: [
                            [tag, 0.9 - 0.17 * n]
                            for n, tag in enumerate(self.shuffled(tags, random))
                        ]
                        for name in names
                    },
                }
                for i in range(examples)
            ],
            "neighbors": [
                {"label": label, "neighbors": [[tag, 0.7 - 0.1 * n] for n, tag in enumerate(tags)]}
                for label in ("tree", "flower", "horse", "music")[:neighbors]
            ],
        }

    def method(
        self, name: str, strength: float, seeds: int, random: np.random.Generator
    ) -> dict[str, Any]:
        runs = [self.run(seed, strength, random) for seed in range(seeds)]
        summary: dict[str, Any] = {}
        for decoder in DECODERS:
            summary[decoder] = {}
            for key in DEFINITIONS:
                values = [run["decoders"][decoder]["values"][key] for run in runs]
                mean = float(np.mean(values))
                summary[decoder][key] = {
                    "mean": mean,
                    "low": mean * 0.95,
                    "high": mean * 1.05,
                    "seeds": values,
                }
        grid = [
            {"rate": rate, "score": float(0.06 * strength * factor)}
            for rate, factor in ((0.001, 0.7), (0.004, 1.0), (0.01, 0.9))
        ]
        return {
            "name": name,
            "title": TITLES[name],
            "recipe": {"objective": "logistic"}
            if name == "logistic"
            else {"objective": "cosine", "space": {"method": "pmi", "dim": 1024, "exponent": 0.5}},
            "parameters": 12_891_216,
            "head_parameters": 1_715_472 if name == "logistic" else 525_312,
            "rate": {"chosen": 0.004, "criterion": "score on val", "grid": grid},
            "runs": runs,
            "summary": summary,
        }

    def run(self, seed: int, strength: float, random: np.random.Generator) -> dict[str, Any]:
        luck = 1 + 0.02 * random.standard_normal()
        final = {key: level * strength * luck for key, level in LEVELS.items()}
        speed = 3.0 if strength != 1.0 else 2.2
        curve = []
        for step in range(160, STEPS + 1, 160):
            share = (1 - np.exp(-speed * step / STEPS)) / (1 - np.exp(-speed))
            noise = 1 + 0.01 * random.standard_normal() * (step < STEPS)
            values = {key: float(value * share * noise) for key, value in final.items()}
            curve.append(
                {"step": step, "images": step * 128, "seconds": step * 0.31, "values": values}
            )
        decoders = {}
        for decoder in DECODERS:
            gain = 1.0 if decoder == AS_TRAINED else 1.08 / strength**0.5
            values = {key: float(value * gain) for key, value in final.items()}
            decoders[decoder] = {
                "values": values,
                "intervals": {key: [v * 0.95, v * 1.05] for key, v in values.items()},
                "by_frequency": {
                    bucket: {
                        "map@100": values["map@100"] * (0.4 + 0.25 * i),
                        "recall@10": values["recall@10"] * (0.3 + 0.25 * i),
                    }
                    for i, bucket in enumerate(BUCKETS)
                },
            }
        for name in PRIOR_ADJUSTED:
            decoders[name]["scale"] = 0.5
        return {
            "seed": seed,
            "seconds": 496.0 + seed,
            "peak_memory_gib": 2.31,
            "rate": 0.004,
            "curve": curve,
            "decoders": decoders,
        }

    def steps_to(self, entry: dict[str, Any], baseline: str, target: float) -> dict[str, Any]:
        curves = [run["curve"] for run in entry["runs"]]
        means = [
            np.mean([c[i]["values"]["map@100"] for c in curves]) for i in range(len(curves[0]))
        ]
        reached = [curves[0][i]["step"] for i, mean in enumerate(means) if mean >= target]
        steps = reached[0] if reached else None
        return {
            "baseline": baseline,
            "metric": "map@100",
            "target": target,
            "steps": steps,
            "share": None if steps is None else steps / STEPS,
        }

    def versus(self, entry: dict[str, Any], baseline: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for decoder, metrics in entry["summary"].items():
            found[decoder] = {}
            for key, summary in metrics.items():
                gain = summary["mean"] - baseline["summary"][decoder][key]["mean"]
                half = 0.04 * summary["mean"]
                found[decoder][key] = {"difference": gain, "low": gain - half, "high": gain + half}
        return found

    def against(self, entry: dict[str, Any], baseline: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in FIGURES:
            found[key] = {}
            for name in (*DECODERS, AT_BEST):
                decoder = best_decoder(key, DECODERS) if name == AT_BEST else name
                value = entry["summary"][decoder][key]["mean"]
                base = baseline["summary"][decoder][key]["mean"]
                found[key][name] = {
                    "difference": value - base,
                    "low": value - base - 0.04 * value,
                    "high": value - base + 0.04 * value,
                    "relative": value / base - 1,
                    "rival": baseline["name"],
                    "rival_value": base,
                    "value": value,
                }
        return found

    def add_budgets(self, entry: dict[str, Any], baseline: dict[str, Any]) -> None:
        """Half of the steps give nine tenths of every figure, a quarter three quarters."""
        entry["budgets"] = []
        for share, part in ((0.25, 0.75), (0.5, 0.9), (1.0, 1.0)):
            summary = {
                decoder: {
                    key: {"mean": part * of_key["mean"], "low": 0.0, "high": 1.0, "seeds": []}
                    for key, of_key in figures.items()
                }
                for decoder, figures in entry["summary"].items()
            }
            budget = {"share": share, "steps": round(share * STEPS), "seconds": 500 * share}
            entry["budgets"].append(budget | {"summary": summary, "runs": []})
        entry["reaching"] = {
            view: {key: self.reached(entry, baseline, view, key) for key in FIGURES}
            for view in (AS_TRAINED, AT_BEST)
        }
        curve = [
            point | {"decoders": dict.fromkeys(PRIOR_ADJUSTED, point["values"])}
            for point in entry["runs"][0]["curve"]
        ]
        target = baseline["runs"][0]["curve"][-1]["values"]
        entry["constant"] = {
            "curves": [curve],
            "reaching": {
                view: {
                    key: {
                        "rival": baseline["name"],
                        "target": target[key],
                        "target_steps": STEPS,
                        "target_seconds": 500.0,
                        "steps": 800,
                        "seconds": 200.0,
                        "share": 0.5,
                    }
                    for key in FIGURES
                }
                for view in (AS_TRAINED, AT_BEST)
            },
        }

    def reached(
        self, entry: dict[str, Any], baseline: dict[str, Any], view: str, key: str
    ) -> dict[str, Any]:
        decoder = best_decoder(key, DECODERS) if view == AT_BEST else AS_TRAINED
        target = baseline["summary"][decoder][key]["mean"]
        ends = [
            {"share": b["share"], "value": b["summary"][decoder][key]["mean"]}
            for b in entry["budgets"]
        ]
        share = next((end["share"] for end in ends if end["value"] >= target), None)
        return {
            "rival": baseline["name"],
            "target": target,
            "target_seconds": 500.0,
            "ends": ends,
            "share": share,
            "seconds": None if share is None else 500.0 * share,
            "between": share,
        }

    def shuffled(self, tags: list[str], random: np.random.Generator) -> list[str]:
        return [tags[i] for i in random.permutation(len(tags))]


@pytest.fixture(scope="session")
def make_results() -> ResultsMaker:
    return ResultsMaker()
