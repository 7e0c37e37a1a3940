"""Whether published weights can be had from the Hugging Face hub, without waiting long."""

import http.client
import os
import threading
import urllib.request
from functools import cache

_SECONDS = 3.0


def has_published_weights(backbone: str) -> bool:
    """Whether timm knows of weights for a backbone."""
    import timm

    published = timm.get_pretrained_cfg(backbone)
    return published is not None and bool(published.has_weights)


def is_cached(backbone: str) -> bool:
    """Whether the hub's weights of a backbone are on this machine already."""
    import timm
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    published = timm.get_pretrained_cfg(backbone)
    name = str(published.hf_hub_id or "") if published is not None else ""
    try:
        found = name and try_to_load_from_cache(name, "model.safetensors")
    except HFValidationError:
        return False
    return isinstance(found, str) and bool(found)


@cache
def hub_answers() -> bool:
    """Whether the hub answers within three seconds; asked once a process.

    ``HF_HUB_OFFLINE`` says no without asking; ``HF_ENDPOINT`` and proxies are respected.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return False
    endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    answered = threading.Event()

    def ask() -> None:
        try:
            request = urllib.request.Request(endpoint, method="HEAD")
            with urllib.request.urlopen(request, timeout=_SECONDS):
                answered.set()
        except (OSError, ValueError, http.client.HTTPException):
            return  # Whatever is wrong, it does not answer.

    # A name that cannot be resolved may take longer than any time limit that can be given.
    threading.Thread(target=ask, daemon=True).start()
    return answered.wait(_SECONDS)
