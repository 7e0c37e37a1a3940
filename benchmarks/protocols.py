"""The paper's claim on real data: every protocol on each data set, by ``labelsphere compare``.

    python benchmarks/protocols.py DATA

DATA is a folder with ``icons/icons.parquet`` and ``labels/mulan_corel5k``, ``labels/mulan_bibtex``
(``labels.parquet``, ``features.npz``); data that are not there are left out. The comparisons called
``bundled`` need no folder: they run on the icons of the package. Each comparison is a command of
its own, printed before it runs, and goes on where it stopped when the script is called
again. ``--only icons-few`` names some of them. What reports are made of is copied to
``benchmarks/results/protocols``, but for weights and pages; ``benchmarks/protocol_tables.py`` makes
the tables.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelsphere.datasets import icons_path

PICTURE = "budgets.png"
LEFT_OUT = ("versus", "examples")
METHODS = "logistic,softmax,paper,sphere"
PARTS = (
    "logistic,softmax,focal,asymmetric,paper,paper+method=smoothed,"
    "paper+method=smoothed+exponent=0.25,posterior,posterior+method=pmi+exponent=0.5,"
    "sphere,sphere+method=pmi+exponent=0.5,sphere+exponent=0.5,sphere+exponent=0,sphere+dim=50"
)
"""The steps from the paper's recipe to the sphere, and each of its parts changed or left out."""
CURVES = ("--budgets", "1/16,1/10,1/8,1/4,1/2,1", "--constant")
"""Shares of the steps, each with a schedule of its own; and one training at a constant rate."""
NOISY, FULL = ("--protocol", "noisy"), ("--protocol", "full")
FEW = {
    1: ("--protocol", "few+share=0.01"),
    5: ("--protocol", "few+share=0.05"),
    10: ("--protocol", "few"),
    20: ("--protocol", "few+share=0.2"),
}
"""By per cent of the images."""
WHOLE_TRIALS = ("--rate-share", "1", "--seeds", "0,1,2", "--rates")
RATES = "3e-4,1e-3,3e-3,1e-2,3e-2"
RATES_OF_PICTURES = "1e-3,3e-3,1e-2,3e-2"
FEWER_RATES = "1e-3,3e-3,1e-2"


@dataclass(frozen=True)
class Comparison:
    """One comparison.

    Attributes:
        name: Of its folder: data and protocol.
        table: The tag table, below the data folder or with its whole path.
        options: Further arguments of ``labelsphere compare``.
        methods: The methods.
        rates: The grid, the same for all of them.
    """

    name: str
    table: str
    options: tuple[str, ...]
    methods: str = METHODS
    rates: str = RATES

    def command(self, data: Path, output: Path) -> list[str]:
        """The arguments of ``labelsphere``."""
        features = data / Path(self.table).with_name("features.npz")
        given = ["--features", str(features)] if features.exists() else []
        chosen = ["--methods", self.methods, *WHOLE_TRIALS, self.rates, *self.options]
        return ["compare", str(data / self.table), *given, *chosen, "--output", str(output)]


def _of_features(name: str) -> list[Comparison]:
    table = f"labels/mulan_{name}/labels.parquet"
    often = ("--evaluations", "8", "--resamples", "100")
    long, short = ("--steps", "400", *often), ("--steps", "150")
    return [
        Comparison(f"{name}-noisy", table, (*NOISY, *long, *CURVES)),
        *(Comparison(f"{name}-few{share}", table, (*few, *short)) for share, few in FEW.items()),
        Comparison(f"{name}-full", table, (*FULL, *long, *CURVES)),
        Comparison(f"{name}-parts-few10", table, (*FEW[10], *short), PARTS),
        Comparison(f"{name}-parts-noisy", table, (*NOISY, *long), PARTS),
    ]


def _of_icons(name: str, table: str) -> list[Comparison]:
    small = ("--preset", "small", "--image-size", "24", "--group", "base_id", "--evaluations", "4")
    long, short = ("--steps", "600"), ("--steps", "200", "--resamples", "200")
    often = (*long, "--resamples", "200", "--budgets")
    strict = ("--split", "split_strict")
    made = {
        **{f"few{share}": (*few, *short) for share, few in FEW.items()},
        "noisy": (*NOISY, *often, "1/10,1/4,1"),
        "full": (*FULL, *often, "1/2,1"),
        "long-few10": (*FEW[10], *long),
        "long-few5": (*FEW[5], *long),
        "long-strict-few10": (*strict, *FEW[10], *long),
    }
    return [
        Comparison(
            f"{name}-{protocol}",
            table,
            (*small, *options),
            rates=FEWER_RATES if protocol == "full" else RATES_OF_PICTURES,
        )
        for protocol, options in made.items()
    ]


COMPARISONS = [
    *_of_features("corel5k"),
    *_of_features("bibtex"),
    *_of_icons("icons", "icons/icons.parquet"),
    *_of_icons("bundled", str(icons_path())),
]


def keep(made: Path, results: Path, data: Path) -> None:
    """Copy what is worth keeping of a comparison; where the data lie is nobody's concern."""
    results.mkdir(parents=True, exist_ok=True)
    if (made / PICTURE).exists():
        shutil.copy2(made / PICTURE, results / PICTURE)
    for name in ("results.json", "report.md"):
        text = (made / name).read_text(encoding="utf-8")
        text = text.replace(str(icons_path()), "$ICONS").replace(str(data), "DATA")
        if name.endswith(".json"):
            text = json.dumps(smaller(json.loads(text)), separators=(",", ":")) + "\n"
        kept = [line for line in text.splitlines(keepends=True) if "](curves.png)" not in line]
        (results / name).write_text("".join(kept), encoding="utf-8")


def smaller(value: Any) -> Any:
    """Results with six digits, without differences of every pair and examples of pictures.

    What is left out is in the comparison's own folder.
    """
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        return [smaller(entry) for entry in value]
    if isinstance(value, dict):
        return {key: smaller(entry) for key, entry in value.items() if key not in LEFT_OUT}
    return value


def main() -> None:
    """Run the comparisons asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=Path("DATA"))
    parser.add_argument("--work", type=Path, default=Path("reports/protocols"))
    parser.add_argument("--results", type=Path, default=Path("benchmarks/results/protocols"))
    parser.add_argument("--only", nargs="*", default=[], help="Beginnings of names.")
    given = parser.parse_args()
    wanted = [c for c in COMPARISONS if not given.only or c.name.startswith(tuple(given.only))]
    for comparison in wanted:
        if not (given.data / comparison.table).exists():
            print(f"{comparison.name}: no {given.data / comparison.table}, left out", flush=True)
            continue
        arguments = comparison.command(given.data, given.work / comparison.name)
        print(f"labelsphere {shlex.join(arguments)}", flush=True)
        subprocess.run([sys.executable, "-m", "labelsphere", *arguments], check=True)
        keep(given.work / comparison.name, given.results / comparison.name, given.data)


if __name__ == "__main__":
    main()
