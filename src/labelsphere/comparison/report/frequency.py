"""Figures by how common a tag is in training."""

from labelsphere.comparison.decoder_names import AS_TRAINED, decoder_name
from labelsphere.comparison.report.estimates import Results, decoders_of, mean_over_seeds
from labelsphere.comparison.report.metric_names import FREQUENCY_METRICS, SAME_UNDER_EVERY_PRIOR
from labelsphere.comparison.report.numbers import decimals_for, figure
from labelsphere.comparison.report.table import Cell, Heading, Row, Table, method_headings

_SHOWN = (AS_TRAINED, decoder_name("prior", "map@100"), decoder_name("prior", "image_ap"))


def frequency_decoders(results: Results) -> list[str]:
    """Decoders under which figures by frequency are shown: those that tell the most apart."""
    return [name for name in decoders_of(results) if name in _SHOWN]


def frequency_metrics(results: Results, decoder: str) -> list[str]:
    """Metrics that were measured by frequency, of those a report shows."""
    there = {
        key
        for method in results["methods"]
        for run in method["runs"]
        for values in run["decoders"].get(decoder, {}).get("by_frequency", {}).values()
        for key in values
    }
    return [key for key in FREQUENCY_METRICS if key in there]


def frequency_buckets(results: Results, decoder: str) -> list[str]:
    """Names of the buckets, rarest first."""
    names = [
        bucket
        for method in results["methods"]
        for run in method["runs"]
        for bucket in run["decoders"].get(decoder, {}).get("by_frequency", {})
    ]
    return list(dict.fromkeys(names))


def bucket_name(bucket: str) -> str:
    """A bucket as printed: a dash between its ends, thousands marked.

    Examples:
        >>> bucket_name("100-999"), bucket_name("1000+")
        ('100–999', '1,000+')
    """
    ends = bucket.removesuffix("+").split("-")
    if not all(end.isdigit() for end in ends):
        return bucket
    return "–".join(f"{int(end):,}" for end in ends) + ("+" if bucket.endswith("+") else "")


def frequency_values(method: Results, decoder: str, bucket: str, metric: str) -> list[float | None]:
    """A bucket's figure of each seed."""
    return [
        run["decoders"].get(decoder, {}).get("by_frequency", {}).get(bucket, {}).get(metric)
        for run in method["runs"]
    ]


def frequency_table(results: Results, metric: str) -> Table:
    """Buckets × methods under each decoder that changes the metric: means over seeds."""
    methods = results["methods"]
    decoders = frequency_decoders(results)
    rows = []
    for decoder in decoders[:1] if metric in SAME_UNDER_EVERY_PRIOR else decoders:
        buckets = frequency_buckets(results, decoder)
        means = [
            [mean_over_seeds(frequency_values(m, decoder, bucket, metric)) for m in methods]
            for bucket in buckets
        ]
        decimals = decimals_for([value for row in means for value in row])
        for number, (bucket, row) in enumerate(zip(buckets, means, strict=True)):
            cells = tuple(Cell(figure(value, decimals)) for value in row)
            rows.append(Row(Heading(bucket_name(bucket)), cells, decoder if number == 0 else ""))
    return Table("Training images with the tag", method_headings(results), tuple(rows))
