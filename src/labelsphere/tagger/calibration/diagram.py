"""Reliability diagram of a calibration."""

from pathlib import Path

from labelsphere.artefact import new_file
from labelsphere.errors import UsageError
from labelsphere.tagger.calibration.check import ALL, CalibrationCheck

FORMATS = (".png", ".svg")


def check_diagram_path(path: Path) -> None:
    """Refuse a file name with an unknown ending, before any work is done.

    Raises:
        UsageError: If the ending is not one of `FORMATS`.
    """
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"the diagram must be a {' or '.join(FORMATS)} file, but got {path}")


def write_diagram(check: CalibrationCheck, path: Path) -> None:
    """Draw the share of correct tags over their probability, by frequency bucket.

    Args:
        check: Results of the check.
        path: A ``.png`` or ``.svg`` file, written atomically.

    Raises:
        UsageError: If the path has another ending.
    """
    from matplotlib.figure import Figure

    check_diagram_path(path)
    figure = Figure(figsize=(7.0, 7.5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--", label="as promised")
    for name, bucket in check.by_frequency.items():
        # The share in a bin of two or three pairs is too uncertain to draw.
        bins = [one for one in bucket.bins if one.pairs >= 10]
        error = f"{bucket.calibration_error:.4f}"
        style = {"color": "black", "linewidth": 2.2, "zorder": 3} if name == ALL else {}
        title = "all tags" if name == ALL else f"{name} training images"
        upper.plot(
            [one.expected for one in bins],
            [one.reached for one in bins],
            marker="o",
            markersize=4,
            label=f"{title}, calibration error {error}",
            **style,
        )
        lower.plot([one.expected for one in bins], [one.pairs for one in bins], marker=".", **style)
    upper.set(ylabel="share of correct tags", xlim=(0, 1), ylim=(0, 1))
    upper.set_title(
        f"Reliability on {check.checked_images:,} images, fitted on {check.fitted_images:,} others",
        loc="left",
        fontsize=11,
    )
    upper.legend(loc="upper left", fontsize=8, frameon=False)
    drawn = any(one.pairs >= 10 for bucket in check.by_frequency.values() for one in bucket.bins)
    # With few images, all bins may be left out, and a logarithmic axis needs a value above 0.
    lower.set(xlabel="probability", ylabel="pairs", yscale="log" if drawn else "linear")
    for axes in (upper, lower):
        axes.grid(color="0.92")
        axes.spines[["top", "right"]].set_visible(False)
    with new_file(path) as temporary:
        figure.savefig(temporary, format=path.suffix.lower()[1:], dpi=150)
