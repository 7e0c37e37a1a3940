"""What a comparison found: its figures and verdict, and where the report is."""

from typing import TYPE_CHECKING, Any

import typer

from labelsphere.cli.output import print_table, remark

if TYPE_CHECKING:
    from labelsphere.comparison import Comparison


def comparison_json(done: "Comparison") -> dict[str, Any]:
    """Where the report is, and each method's rate and figures over its seeds."""
    return {
        "output": done.folder,
        "report": done.folder / "report.html",
        "results": done.folder / "results.json",
        "methods": [
            {name: method[name] for name in ("name", "title", "rate", "summary")}
            for method in done.results["methods"]
        ],
    }


def print_comparison(done: "Comparison") -> None:
    """Print the figures that the report's verdict is about, and the verdict."""
    from labelsphere.comparison.report.tables import key_rows, main_table
    from labelsphere.comparison.report.verdict import verdict

    found = key_rows(done.results)
    print_table(
        f"{done.results['data']['images']['test']:,} test images, as trained",
        ["Figure", *(heading.title for heading in main_table(done.results).columns)],
        [
            [row.heading.title, *(f"{cell.text}  ({cell.interval})" for cell in row.cells)]
            for row, _ in found
        ],
        [
            "In brackets: 95 % bootstrap interval over the test images.",
            *(
                f"{row.heading.title}: {done.results['definitions'][row.heading.metric]}"
                for row, _ in found
            ),
        ],
    )
    for sentence in verdict(done.results):
        typer.echo(f"\n{sentence}")
    remark(f"report: {done.folder / 'report.html'}")
    remark(f"results: {done.folder / 'results.json'}")
