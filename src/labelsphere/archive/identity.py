"""Hashes that identify a tagger: of its network, its preparation and its decoding."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import torch

from labelsphere.tagger import Tagger
from labelsphere.tagger.network import head_of

_NOT_DECODING = frozenset({"README.md", "model.safetensors"})


@dataclass(frozen=True)
class Identity:
    """Hashes, 32 hexadecimal digits each.

    Attributes:
        model: Hash of the weights that compute the vectors.
        preparation: Hash of the settings that resize and normalise pictures.
        decoding: Hash of labels, label space, decoder and thresholds.
    """

    model: str
    preparation: str
    decoding: str

    @classmethod
    def of(cls, tagger: Tagger, folder: Path) -> "Identity":
        """Compute the identity of a tagger that was loaded from a folder."""
        preparation = json.dumps(dict(tagger.preparation), sort_keys=True, default=str)
        return cls(_model(tagger), _hash([preparation.encode()]), _decoding(tagger, folder))


def _model(tagger: Tagger) -> str:
    # If the vectors are the inputs of the head, the head's weights do not change them.
    head = head_of(tagger.network)
    left_out = {id(p) for p in head.parameters()} if tagger.decoder().features else set()
    state = tagger.network.state_dict(keep_vars=True)
    parts: list[bytes] = []
    for name in sorted(state):
        if id(state[name]) not in left_out:
            parts += [name.encode(), _bytes(state[name])]
    return _hash(parts)


def _decoding(tagger: Tagger, folder: Path) -> str:
    parts = [_bytes(value) for _, value in sorted(head_of(tagger.network).state_dict().items())]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in _NOT_DECODING:
            parts += [str(path.relative_to(folder)).encode(), path.read_bytes()]
    return _hash(parts)


def _bytes(values: torch.Tensor) -> bytes:
    flat = values.detach().cpu().contiguous().flatten()
    return flat.view(torch.uint8).numpy().tobytes()


def _hash(parts: list[bytes]) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
