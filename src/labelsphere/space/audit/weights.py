"""Weights of the kinds of evidence, learned from present and absent tags."""

import numpy as np

from labelsphere.arrays import DoubleArray

_STEPS = 50
_PENALTY = 1e-3


def learn_weights(there: DoubleArray, absent: DoubleArray) -> DoubleArray:
    """Logistic regression of a few features, by Newton's method; both sides weigh alike.

    Args:
        there: (pairs, features) float64, of tags that images have.
        absent: (pairs, features) float64, of tags that they lack.

    Returns:
        (features,) float64: the weights in the features' own units, negative ones set to 0, for no
        evidence is known to speak for its contrary.
    """
    features = np.vstack([there, absent])
    target = np.concatenate([np.ones(len(there)), np.zeros(len(absent))])
    mass = np.where(target > 0, 0.5 / max(len(there), 1), 0.5 / max(len(absent), 1))
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    design = np.column_stack([(features - centre) / spread, np.ones(len(features))])
    penalty = np.diag([_PENALTY] * features.shape[1] + [0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        probability = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (mass * (target - probability)) - penalty @ weights
        curvature = (design.T * (mass * probability * (1 - probability))) @ design + penalty
        step = np.linalg.solve(curvature + 1e-12 * np.eye(len(weights)), slope)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(np.maximum(weights[:-1], 0.0) / spread, np.float64)
