"""Equal decoders: every method as trained, and with the tags' prior added or taken away."""

from math import isnan
from typing import Any

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.decoder_names import AS_TRAINED, PRIOR_ADJUSTED
from labelsphere.metrics import Evaluation, centred_interval
from labelsphere.tagger import Tagger
from labelsphere.tagger.decoders import LinearDecoder, log_prior
from labelsphere.tagger.scores import DecodedScores

CRITERION = "map@100"

# Log-odds have the unit of the log prior, cosines about a tenth of it: one grid spans both.
SCALES = (-1.0, -0.5, -0.2, -0.1, -0.05, -0.02, 0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def decoded_results(bench: Bench, tagger: Tagger) -> dict[str, dict[str, Any]]:
    """A trained tagger's figures on the test images, decoder by decoder.

    The scale of the prior is the one of ``SCALES`` with the highest figure on the validation
    images; the test images have no part in it.

    Returns:
        For each decoder: ``values``, ``intervals``, ``by_frequency``, ``resampled`` (the values
        over each bootstrap draw of the test images) and ``scale`` where one was chosen.
    """
    protocol = bench.protocol
    plain = tagger.decoder()
    prior = log_prior(tagger.labels.counts, tagger.labels.n_images).to(plain.bias.device)
    val = tagger.points(bench.inputs, protocol.val)
    tried = {
        scale: bench.evaluate(
            DecodedScores(val, plain.plus(scale * prior)), protocol.val, per_class=False
        ).values
        for scale in SCALES
    }
    test = tagger.points(bench.inputs, protocol.test)

    def figures(decoder: LinearDecoder) -> dict[str, Any]:
        evaluation = bench.evaluate(DecodedScores(test, decoder), protocol.test, per_class=True)
        return _figures(evaluation, bench.settings.resamples)

    results = {AS_TRAINED: figures(plain)}
    for name, metric in PRIOR_ADJUSTED.items():
        # Of equal figures the smallest correction wins.
        _, _, scale = max((values[metric], -abs(scale), scale) for scale, values in tried.items())
        results[name] = {**figures(plain.plus(scale * prior)), "scale": scale}
    return results


def _figures(evaluation: Evaluation, resamples: int) -> dict[str, Any]:
    drawn = evaluation.resampled(resamples)
    return {
        "values": evaluation.values,
        "intervals": {k: centred_interval(evaluation.values[k], drawn[k]) for k in drawn},
        "by_frequency": evaluation.by_frequency,
        "resampled": {
            key: [None if isnan(value) else value for value in values.tolist()]
            for key, values in drawn.items()
        },
    }
