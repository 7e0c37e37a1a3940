"""Uploading and downloading of saved taggers on the Hugging Face Hub."""

from pathlib import Path

from labelsphere.artefact import read_config
from labelsphere.errors import ArtefactError, DataError, UsageError

_FILES = ("*.json", "*.safetensors", "*.parquet", "*.png", "*.svg", "README.md")
"""Files of a tagger's folder. Other files are neither uploaded nor downloaded."""


def push_tagger(
    folder: Path,
    repository: str,
    *,
    private: bool = False,
    endpoint: str | None = None,
    token: str | None = None,
) -> str:
    """Upload a saved tagger to the Hub; its model card becomes the repository's page.

    Args:
        folder: The tagger's folder.
        repository: ``"user/name"``. It is created if it does not exist.
        private: Whether a new repository is private.
        endpoint: Address of another Hub.
        token: Access token; None for the one that ``hf auth login`` stored, or ``HF_TOKEN``.

    Returns:
        Address of the repository.

    Raises:
        ArtefactError: If the folder holds no tagger.
        UsageError: If the repository's name is malformed.
        DataError: If the Hub refuses or cannot be reached.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError

    read_config(folder, "tagger", 10**6)
    hub = HfApi(endpoint=endpoint, token=token, library_name="labelsphere")
    try:
        made = hub.create_repo(repository, private=private, exist_ok=True)
        hub.upload_folder(
            repo_id=made.repo_id,
            folder_path=folder,
            commit_message="Upload tagger",
            allow_patterns=list(_FILES),
        )
    except HFValidationError as error:
        raise _malformed(repository) from error
    # The client also raises errors of its HTTP library.
    except Exception as error:
        raise DataError(
            f"{repository} cannot be pushed ({_reason(error)}); log in with hf auth login, and "
            "check the name and the network"
        ) from error
    return str(made)


def fetch_tagger(
    repository: str,
    *,
    revision: str | None = None,
    endpoint: str | None = None,
    token: str | None = None,
) -> Path:
    """Download a tagger from the Hub, unless this version is in the cache.

    Args:
        repository: ``"user/name"``.
        revision: Branch, tag or commit; None for the newest.
        endpoint: Address of another Hub.
        token: Access token, for a private repository.

    Returns:
        Folder of the tagger, in the Hub's cache.

    Raises:
        UsageError: If the repository's name is malformed.
        ArtefactError: If the repository holds no tagger.
        DataError: If it cannot be reached and is not in the cache.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        folder = snapshot_download(
            repository,
            revision=revision,
            endpoint=endpoint,
            token=token,
            library_name="labelsphere",
            allow_patterns=list(_FILES),
        )
    except HFValidationError as error:
        raise _malformed(repository) from error
    except Exception as error:
        raise DataError(
            f"{repository} is not a folder, and cannot be downloaded from the Hub "
            f"({_reason(error)}); "
            "check the name and the network, or give the folder of a saved tagger"
        ) from error
    if not (Path(folder) / "config.json").exists():
        raise ArtefactError(
            f"{repository} holds no tagger; expected one uploaded by labelsphere push"
        )
    return Path(folder)


def _malformed(repository: str) -> UsageError:
    return UsageError(f"a repository must be named user/name, but got {repository!r}")


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200] or type(error).__name__
