"""Every method as it is delivered, by ``labelsphere compare``: all data sets and protocols.

    python benchmarks/protocols.py DATA

DATA is a folder with ``labels/mulan_corel5k`` and ``labels/mulan_bibtex`` (``labels.parquet``,
``features.npz``); data that are not there are left out. The icons are those of the package, seen
through a frozen EfficientNet-Lite0 (extra ``weights``) at 128 pixels; ``icons-network`` trains a
small network end to end. Each comparison is a command of its own, printed before it runs, and goes
on where it stopped when the script is called again. ``--only icons-few`` names some of them.
``results.json`` and the report are copied to ``benchmarks/results/protocols``;
``benchmarks/protocol_tables.py`` makes the tables.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from labelsphere.comparison.report import markdown
from labelsphere.comparison.results import ComparisonResults
from labelsphere.datasets import icons_path

PICTURE = "budgets.png"
METHODS = "logistic,softmax,paper,sphere"
PROTOCOLS = {
    "full": ("--protocol", "full"),
    "noisy": ("--protocol", "noisy"),
    "few20": ("--protocol", "few+share=0.2"),
    "few10": ("--protocol", "few"),
    "few5": ("--protocol", "few+share=0.05"),
}
TUNED = ("--seeds", "0,1,2", "--evaluations", "5", "--resamples", "100")
SHORT = ("--steps", "200", "--rate-share", "1")
"""Trials of the rates are whole trainings."""
LONG = ("--steps", "1200", "--rate-share", "0.25")
"""For all the pictures of thousands of tags: more steps help every method. Trials are shorter."""
EQUAL = ("--equal-decoders",)
BUDGETS = ("--budgets", "1/4,1/2,1")
"""Steps that every method chooses from on validation, and is measured with."""
WITH_BUDGETS = ("full", "noisy", "few10")
"""Protocols in which steps are varied, but for the icons' second split and the network."""
FROZEN = ("--freeze", "--pretrained", "lite0")
NETWORK = (*("--preset", "small", "--image-size", "32"), "--augment", "shift")


@dataclass(frozen=True)
class Comparison:
    """One comparison.

    Attributes:
        name: Of its folder: data and protocol.
        table: The tag table, below the data folder or with its whole path.
        options: Further arguments of ``labelsphere compare``.
        rates: The grid, the same for all methods.
    """

    name: str
    table: str
    options: tuple[str, ...]
    rates: str = "1e-3,3e-3,1e-2"

    def command(self, data: Path, output: Path, methods: str = METHODS) -> list[str]:
        """The arguments of ``labelsphere``."""
        features = data / Path(self.table).with_name("features.npz")
        given = ["--features", str(features)] if features.exists() else []
        chosen = ["--methods", methods, "--rates", self.rates, *TUNED, *self.options]
        return ["compare", str(data / self.table), *given, *chosen, "--output", str(output)]


def comparisons() -> list[Comparison]:
    """All comparisons, the shortest first."""
    icons = str(icons_path())
    found = []
    for name in ("bibtex", "corel5k"):
        for protocol, chosen in PROTOCOLS.items():
            more = BUDGETS if protocol in WITH_BUDGETS else ()
            rates = "3e-4,1e-3,3e-3,1e-2" if protocol == "full" else "1e-3,3e-3,1e-2"
            table = f"labels/mulan_{name}/labels.parquet"
            options = (*chosen, *SHORT, *EQUAL, *more)
            found.append(Comparison(f"{name}-{protocol}", table, options, rates))
    network = (*PROTOCOLS["few10"], *SHORT, *NETWORK)
    found.append(Comparison("icons-network-few10", icons, network))
    for name, split in (("icons", "split"), ("strict", "split_strict")):
        for protocol, chosen in reversed(PROTOCOLS.items()):
            few = protocol.startswith("few")
            rates = "1e-3,3e-3,1e-2" if few else "3e-3,6e-3"
            more = BUDGETS if name == "icons" and protocol in WITH_BUDGETS else ()
            options = (*chosen, *(SHORT if few else LONG), *FROZEN, "--split", split, *more)
            found.append(Comparison(f"{name}-{protocol}", icons, options, rates))
    return found


def keep(made: Path, results: Path, data: Path) -> None:
    """Keep results and report of a comparison, without pictures and paths of this machine."""
    found = ComparisonResults.read(made / "results.json")
    command = found.command.replace(str(icons_path()), "$ICONS").replace(str(data), "DATA")
    command = command.replace(str(made), made.name)
    light = replace(found, command=command, examples=())
    results.mkdir(parents=True, exist_ok=True)
    light.write(results / "results.json")
    lines = markdown(light).splitlines(keepends=True)
    report = "".join(line for line in lines if "](curves.png)" not in line)
    (results / "report.md").write_text(report, encoding="utf-8")
    if (made / PICTURE).exists():
        shutil.copy2(made / PICTURE, results / PICTURE)


def main() -> None:
    """Run the comparisons asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=Path("DATA"))
    parser.add_argument("--work", type=Path, default=Path("reports/protocols"))
    parser.add_argument("--results", type=Path, default=Path("benchmarks/results/protocols"))
    parser.add_argument("--methods", default=METHODS, help="Fewer methods, to begin with.")
    parser.add_argument("--only", nargs="*", default=[], help="Beginnings of names.")
    given = parser.parse_args()
    for comparison in comparisons():
        if given.only and not comparison.name.startswith(tuple(given.only)):
            continue
        if not (given.data / comparison.table).exists():
            print(f"{comparison.name}: no {given.data / comparison.table}, left out", flush=True)
            continue
        arguments = comparison.command(given.data, given.work / comparison.name, given.methods)
        print(f"labelsphere {shlex.join(arguments)}", flush=True)
        subprocess.run([sys.executable, "-m", "labelsphere", *arguments], check=True)
        keep(given.work / comparison.name, given.results / comparison.name, given.data)


if __name__ == "__main__":
    main()
