"""Settings of a server: address, token and limits."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from labelsphere.errors import UsageError

# Fields without an option of ``labelsphere serve``.
_NO_OPTION = {"option": False}


@dataclass(frozen=True)
class ServerSettings:
    """Settings of a server.

    Attributes:
        host: Address to listen on; all but loopback addresses need a token.
        port: Port to listen on; 0 takes a free one.
        token: Secret that requests must send: all requests unless ``host`` is a loopback address,
            and all changes of labels or sidecars.
        open_reading: Whether requests that change nothing are allowed without a token.
        review: Folder of pictures whose tags are reviewed in the page.
        pictures: Training table or folder: the page then shows similar training pictures. The
            tagger itself stores no pictures.
        engine: Engine that runs a tagger's network: torch, or onnx (ONNX Runtime on the CPU, extra
            onnx), which takes a third to two thirds of the time.
        max_file_bytes: Largest size of a picture, in bytes.
        max_files: Largest number of pictures per request.
        max_pixels: Largest size of a picture, in pixels after decoding.
        body_seconds: Time limit for receiving the body of a request, in seconds.
        answer_seconds: Time limit for answering an accepted request, in seconds.
        batch_size: Largest number of pictures per batch.
        queue_size: Largest number of waiting pictures; beyond that the answer is 503.

    Raises:
        UsageError: If a setting is out of range, or a token is needed and missing.
    """

    host: str = "127.0.0.1"
    port: int = field(default=8000, metadata={"min": 0, "max": 65535})
    token: str | None = field(default=None, metadata=_NO_OPTION)
    review: Path | None = None
    pictures: Path | None = None
    engine: str = "torch"
    max_file_bytes: int = field(default=32 * 1024**2, metadata=_NO_OPTION)
    max_files: int = field(default=64, metadata=_NO_OPTION)
    max_pixels: int = field(default=100_000_000, metadata=_NO_OPTION)
    body_seconds: float = field(default=30.0, metadata=_NO_OPTION)
    answer_seconds: float = field(default=60.0, metadata=_NO_OPTION)
    batch_size: int = field(default=16, metadata={"min": 1})
    queue_size: int = field(default=256, metadata={"min": 1})

    def __post_init__(self) -> None:
        """Check the settings."""
        for name in ("max_file_bytes", "max_files", "max_pixels", "batch_size", "queue_size"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} must be 1 or more, but got {getattr(self, name)}")
        for name in ("body_seconds", "answer_seconds"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} must be above 0, but got {getattr(self, name)}")
        if not 0 <= self.port <= 65535:
            raise UsageError(f"port must be from 0 to 65535, but got {self.port}")
        if self.token is None and not self.open_reading:
            raise UsageError(
                f"a server on {self.host} can be reached from other machines and needs a token; "
                "write one into a file and give --token-file FILE, or listen on 127.0.0.1"
            )
        if self.token is not None and len(self.token) < 8:
            raise UsageError(
                "the token must be 8 characters or more; a longer one is harder to guess"
            )

    @property
    def open_reading(self) -> bool:
        """Whether requests that change nothing need no token: only on loopback addresses."""
        return is_loopback(self.host)

    @property
    def max_body_bytes(self) -> int:
        """Largest body of a request: all its files and their headers."""
        return min(self.max_files, 8) * self.max_file_bytes + 1024**2


def is_loopback(host: str) -> bool:
    """Return whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(path: Path) -> str:
    """Read the token from a file, without surrounding blanks.

    Raises:
        UsageError: If the file cannot be read or is empty.
    """
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the token file {path} cannot be read ({error})") from error
    if not token:
        raise UsageError(f"the token file {path} is empty; write a long secret into it")
    return token
