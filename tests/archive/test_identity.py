"""What makes two taggings alike."""

from dataclasses import replace
from pathlib import Path

import torch

from labelsphere.archive.identity import Identity
from labelsphere.tagger import Tagger


def test_each_hash_is_about_one_thing(tagger: Tagger, tagger_folder: Path, tmp_path: Path) -> None:
    first = Identity.of(tagger, tagger_folder)
    assert Identity.of(Tagger.load(tagger_folder), tagger_folder) == first
    # The model card says nothing about tags.
    tagger.save(tmp_path / "copy")
    (tmp_path / "copy" / "README.md").write_text("another card")
    assert Identity.of(Tagger.load(tmp_path / "copy"), tmp_path / "copy") == first
    assert tagger.calibration is not None
    tagger.calibration = replace(tagger.calibration, accept=tagger.calibration.accept / 2)
    tagger.save(tmp_path / "thresholds")
    changed = Identity.of(tagger, tmp_path / "thresholds")
    assert changed.decoding != first.decoding
    assert (changed.model, changed.preparation) == (first.model, first.preparation)
    with torch.no_grad():
        next(iter(tagger.network.parameters())).add_(1)
    assert Identity.of(tagger, tmp_path / "thresholds").model != first.model
