"""How each method does on rare and on common tags, as pictures."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from labelsphere.comparison.report import theme
from labelsphere.comparison.report.estimates import Results, mean_over_seeds
from labelsphere.comparison.report.frequency import bucket_name, frequency_buckets, frequency_values
from labelsphere.comparison.report.numbers import is_number

SIZE_INCHES = (5.2, 2.8)


def frequency_svgs(results: Results, decoders: Sequence[str], metric: str) -> list[str]:
    """Bars of one metric by how common a tag is: a drawing a decoder, on one scale."""
    highest = max(
        (
            value
            for decoder in decoders
            for bucket in frequency_buckets(results, decoder)
            for method in results["methods"]
            for value in frequency_values(method, decoder, bucket, metric)
            if value is not None and is_number(value)
        ),
        default=0.0,
    )
    drawings = []
    with theme.drawing():
        for decoder in decoders:
            drawn = Figure(figsize=SIZE_INCHES, layout="constrained")
            axes = drawn.subplots()
            draw_buckets(axes, results, decoder, metric)
            axes.set_ylim(0, highest * 1.08 or 1)
            drawings.append(theme.svg(drawn))
    return drawings


def draw_buckets(axes: Axes, results: Results, decoder: str, metric: str) -> None:
    """Groups of bars, one a bucket; a thin line spans the seeds."""
    buckets = frequency_buckets(results, decoder)
    methods = results["methods"]
    theme.plain_axes(axes, "training images with the tag")
    width = 0.8 / max(len(methods), 1)
    for number, method in enumerate(methods):
        for place, bucket in enumerate(buckets):
            seeds = frequency_values(method, decoder, bucket, metric)
            mean = mean_over_seeds(seeds)
            if mean is None:
                continue
            x = place + (number - (len(methods) - 1) / 2) * width
            axes.bar(x, mean, width * 0.9, color=theme.colour(number), linewidth=0)
            present = [value for value in seeds if value is not None and is_number(value)]
            if len(present) > 1:
                axes.vlines(x, min(present), max(present), color=theme.INK, linewidth=1)
    axes.set_xticks(range(len(buckets)), [bucket_name(bucket) for bucket in buckets])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
