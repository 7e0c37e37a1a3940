"""Annotations with findings applied: missing tags put in, doubtful ones taken out."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.arrays import SparseRows
from labelsphere.space.audit.findings import Finding


def corrected(tags: Annotations, findings: Iterable[Finding]) -> Annotations:
    """The same annotations with some findings applied; the given ones stay as they are.

    Args:
        tags: The annotations that were audited.
        findings: Those to apply. A missing tag is put in with confidence 1.

    Returns:
        Annotations over the same images and vocabulary.
    """
    entries = tags.matrix.tocoo()
    rows, labels = (np.asarray(part, np.int64) for part in entries.coords)
    named: dict[str, list[int]] = {"missing": [], "doubtful": []}
    for finding in findings:
        key = finding.row * tags.n_labels + tags.vocabulary.index(finding.label)
        named[finding.kind].append(key)
    keys = rows * tags.n_labels + labels
    kept = ~np.isin(keys, np.array(named["doubtful"], dtype=np.int64))
    new = np.setdiff1d(np.array(named["missing"], dtype=np.int64), keys)
    all_keys = np.concatenate([keys[kept], new])
    values = np.concatenate([entries.data[kept], np.ones(len(new), np.float32)])
    matrix: SparseRows = csr_array(
        (values.astype(np.float32), np.divmod(all_keys, max(tags.n_labels, 1))),
        shape=tags.matrix.shape,
    )
    matrix.sort_indices()
    return replace(tags, matrix=matrix)
