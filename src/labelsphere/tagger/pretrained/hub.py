"""Availability of published weights on the Hugging Face Hub, with short timeouts."""

import http.client
import os
import threading
import urllib.request
from functools import cache

_SECONDS = 3.0


def has_published_weights(backbone: str) -> bool:
    """Return whether timm has published weights for a backbone."""
    import timm

    published = timm.get_pretrained_cfg(backbone)
    return published is not None and bool(published.has_weights)


def is_cached(backbone: str) -> bool:
    """Return whether the Hub's weights of a backbone are in the local cache."""
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
def hub_is_reachable() -> bool:
    """Return whether the Hub answers within three seconds; checked once per process.

    Returns False if ``HF_HUB_OFFLINE`` is set. Uses ``HF_ENDPOINT`` and proxies.
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
            return  # After any error, the Hub counts as unavailable.

    # Resolving an unknown host name may take longer than the timeout, so use a thread.
    threading.Thread(target=ask, daemon=True).start()
    return answered.wait(_SECONDS)
