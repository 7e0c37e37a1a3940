"""The paper's claim on real data: every protocol on each data set, by ``labelsphere compare``.

    python benchmarks/protocols.py DATA

DATA is a folder with ``icons/icons.parquet`` and ``labels/mulan_corel5k``, ``labels/mulan_bibtex``
(``labels.parquet``, ``features.npz``); data that are not there are left out. Each comparison is a
command of its own, printed before it runs, and goes on where it stopped when the script is called
again. ``--only icons-few`` names some of them. What reports are made of is copied to
``benchmarks/results/protocols``, but for weights and pages; ``benchmarks/protocol_tables.py`` makes
the tables.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

KEPT = ("results.json", "report.md", "curves.png", "budgets.png")
METHODS = "logistic,softmax,paper,sphere"
PARTS = (
    "logistic,softmax,focal,asymmetric,paper,paper+method=smoothed,"
    "paper+method=smoothed+exponent=0.25,posterior,posterior+method=pmi+exponent=0.5,"
    "sphere,sphere+method=pmi+exponent=0.5,sphere+exponent=0.5,sphere+exponent=0,sphere+dim=50"
)
"""The steps from the paper's recipe to the sphere, and each of its parts changed or left out."""
WHOLE_TRIALS = ("--rate-share", "1", "--seeds", "0,1,2", "--rates", "1e-3,3e-3,1e-2")


@dataclass(frozen=True)
class Comparison:
    """One comparison.

    Attributes:
        name: Of its folder: data and protocol.
        table: The tag table, below the data folder.
        options: Further arguments of ``labelsphere compare``.
        methods: The methods.
    """

    name: str
    table: str
    options: tuple[str, ...]
    methods: str = METHODS

    def command(self, data: Path, output: Path) -> list[str]:
        """The arguments of ``labelsphere``."""
        features = data / Path(self.table).with_name("features.npz")
        given = ["--features", str(features)] if features.exists() else []
        chosen = ["--methods", self.methods, *WHOLE_TRIALS, *self.options]
        return ["compare", str(data / self.table), *given, *chosen, "--output", str(output)]


def _of_features(name: str) -> list[Comparison]:
    table = f"labels/mulan_{name}/labels.parquet"
    budgets = ("--budgets", "1/16,1/10,1/8,1/4,1/2,1")
    return [
        Comparison(
            f"{name}-noisy",
            table,
            ("--protocol", "noisy", "--steps", "400", *budgets, "--constant"),
        ),
        Comparison(f"{name}-few5", table, ("--protocol", "few+share=0.05", "--steps", "150")),
        Comparison(f"{name}-few10", table, ("--protocol", "few", "--steps", "150")),
        Comparison(f"{name}-full", table, ("--protocol", "full", "--steps", "400", *budgets)),
        Comparison(f"{name}-parts-few10", table, ("--protocol", "few", "--steps", "150"), PARTS),
        Comparison(f"{name}-parts-noisy", table, ("--protocol", "noisy", "--steps", "400"), PARTS),
    ]


def _of_icons() -> list[Comparison]:
    table = "icons/icons.parquet"
    small = ("--preset", "small", "--image-size", "24", "--group", "base_id", "--evaluations", "4")
    few = ("--steps", "200")
    return [
        Comparison("icons-few10", table, (*small, "--protocol", "few", *few)),
        Comparison("icons-few5", table, (*small, "--protocol", "few+share=0.05", *few)),
        Comparison(
            "icons-noisy",
            table,
            (*small, "--protocol", "noisy", "--steps", "600", "--budgets", "1/10,1"),
        ),
        Comparison(
            "icons-full",
            table,
            (*small, "--protocol", "full", "--steps", "600", "--budgets", "1/2,1"),
        ),
        Comparison(
            "icons-strict-few10",
            table,
            (*small, "--split", "split_strict", "--protocol", "few", *few),
        ),
    ]


COMPARISONS = [*_of_features("corel5k"), *_of_features("bibtex"), *_of_icons()]


def keep(made: Path, results: Path) -> None:
    """Copy what is worth keeping of a comparison."""
    results.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        if (made / name).exists():
            shutil.copy2(made / name, results / name)


def main() -> None:
    """Run the comparisons asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
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
        keep(given.work / comparison.name, given.results / comparison.name)


if __name__ == "__main__":
    main()
