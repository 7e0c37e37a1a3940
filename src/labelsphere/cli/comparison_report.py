"""Results of a comparison, printed or as JSON: metrics, verdict, and the path of the report."""

from typing import TYPE_CHECKING

from labelsphere.cli.output import print_line, print_table, remark

if TYPE_CHECKING:
    from labelsphere.comparison import Comparison


def comparison_json(done: "Comparison") -> dict[str, object]:
    """Return the report's path, each method's metrics as delivered, and the differences."""
    from labelsphere.json_types import to_json

    return {
        "output": done.folder,
        "report": done.folder / "report.html",
        "results": done.folder / "results.json",
        "delivered": to_json(done.results.delivered),
        "differences": {m.name: to_json(m.differences) for m in done.results.methods},
        "rates": {method.name: method.choice.rate for method in done.results.methods},
    }


def print_comparison(done: "Comparison") -> None:
    """Print the metrics as delivered, and the verdict."""
    from labelsphere.comparison.report.tables import delivered_table
    from labelsphere.comparison.report.verdict import verdict
    from labelsphere.comparison.results import REPORTED_METRICS

    found = delivered_table(done.results)
    test = done.results.methods[0].runs
    print_table(
        f"As delivered, {len(test)} seed{'s' if len(test) > 1 else ''}",
        ["Metric", *(method.name for method in done.results.methods)],
        [
            [row.heading.title, *(f"{cell.text}  ({cell.remark})" for cell in row.cells)]
            for row in found.rows
        ],
        [
            "In brackets: 95 % bootstrap interval over the test images.",
            *(
                f"{row.heading.title}: {done.results.definitions[metric]}"
                for row, metric in zip(found.rows, REPORTED_METRICS, strict=True)
            ),
        ],
    )
    for sentence in verdict(done.results):
        print_line(f"\n{sentence}")
    remark(f"report: {done.folder / 'report.html'}")
    remark(f"results: {done.folder / 'results.json'}")
