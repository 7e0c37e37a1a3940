"""The published packages that the icons come from, fetched once and kept."""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

OPENCLIPART = "openclipart-svg=1:0.18+dfsg-19"


@dataclass(frozen=True)
class Package:
    """An unpacked package.

    Attributes:
        name: Name and version, as the registry knows them.
        folder: Where its files are.
    """

    name: str
    folder: Path

    def text(self, path: str) -> str:
        """A file's text."""
        return (self.folder / path).read_text(encoding="utf-8")

    @property
    def licence(self) -> str:
        """As ``package.json`` declares it; Debian's copyright file says it in prose."""
        declared = self.folder / "package.json"
        if not declared.exists():
            return "Public Domain (CC PD dedication)"
        return str(json.loads(declared.read_text(encoding="utf-8"))["license"])

    def drawings(self, path: str) -> Iterator[tuple[PurePosixPath, str]]:
        """SVG files below a folder, in order: path within the folder without suffix, and text."""
        root = self.folder / path
        for file in sorted(root.rglob("*.svg")):
            if file.is_symlink():
                continue  # the same drawing under a second name
            relative = PurePosixPath(file.relative_to(root).with_suffix(""))
            yield relative, file.read_text(encoding="utf-8", errors="replace")


def npm_package(name: str, folder: Path) -> Package:
    """A package of the npm registry, fetched by ``npm pack`` where it is not there yet.

    Args:
        name: Such as ``lucide-static@1.62.0``.
        folder: Where packages are kept.
    """
    target = folder / name.replace("/", "-").lstrip("@")
    if not target.exists():
        packed = _run(["npm", "pack", "--silent", name], folder).splitlines()[-1]
        beside = target.with_name(target.name + ".part")
        with tarfile.open(folder / packed) as archive:
            archive.extractall(beside, filter="data")
        (folder / packed).unlink()
        beside.rename(target)
    # Nearly all archives hold one folder named package; some name it otherwise.
    return Package(name, next(path for path in target.iterdir() if path.is_dir()))


def debian_package(name: str, folder: Path) -> Package:
    """A package of the Debian archive, fetched by ``apt-get download``; needs ``dpkg-deb``.

    Args:
        name: Such as ``openclipart-svg=1:0.18+dfsg-19``.
        folder: Where packages are kept.
    """
    target = folder / name.split("=")[0]
    if not target.exists():
        _run(["apt-get", "download", name], folder)
        archive = next(folder.glob(f"{target.name}_*.deb"))
        beside = target.with_name(target.name + ".part")
        _run(["dpkg-deb", "--extract", str(archive), str(beside)], folder)
        archive.unlink()
        beside.rename(target)
    return Package(f"{name} (Debian)", target)


def fetched(name: str, folder: Path) -> Package:
    """A package by name and version, of the archive that it is from."""
    return (debian_package if name == OPENCLIPART else npm_package)(name, folder)


def _run(command: list[str], folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return done.stdout
