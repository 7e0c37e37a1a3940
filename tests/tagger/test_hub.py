"""Pushing and fetching, against a local server that answers as the Hub does."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import labelsphere as ls
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.tagger.hub import fetch_tagger, push_tagger
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext


class Hub(BaseHTTPRequestHandler):
    """Repositories in memory: creation, commits, listing and files."""

    repositories: dict[str, dict[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked.get('organization') or 'user'}/{asked['name']}"
            self.repositories.setdefault(name, {})
            self.answer({"url": f"https://huggingface.co/{name}", "id": name, "name": name})
        elif "/preupload/" in self.path:
            listed = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                for file in json.loads(body)["files"]
            ]
            self.answer({"files": listed})
        elif "/commit/" in self.path:
            name = self.path.split("/api/models/")[1].split("/commit")[0]
            for line in body.splitlines():
                entry = json.loads(line)
                if entry["key"] == "file":
                    value = entry["value"]
                    self.repositories[name][value["path"]] = base64.b64decode(value["content"])
            self.answer(
                {
                    "commitUrl": "https://huggingface.co/user/icons/commit/0",
                    "commitOid": "0" * 40,
                    "success": True,
                }
            )
        else:
            self.answer({"valid": True, "warnings": [], "errors": []})

    def do_GET(self) -> None:
        found = re.match(r"/api/models/([^/]+/[^/?]+)(/revision/[^?]+)?", self.path)
        if found and found.group(1) in self.repositories and "/tree/" not in self.path:
            files = self.repositories[found.group(1)]
            siblings = [{"rfilename": name} for name in files]
            self.answer({"id": found.group(1), "sha": "0" * 40, "siblings": siblings})
        elif found and found.group(1) in self.repositories:
            self.answer(
                [
                    {
                        "type": "file",
                        "path": name,
                        "size": len(data),
                        "oid": hashlib.sha1(data).hexdigest(),
                    }
                    for name, data in self.repositories[found.group(1)].items()
                ]
            )
        elif "/resolve/" in self.path:
            self.file(with_body=True)
        else:
            self.answer({"error": "Repository not found"}, 404)

    def do_HEAD(self) -> None:
        self.file(with_body=False)

    def file(self, *, with_body: bool) -> None:
        name, path = re.match(r"/(.+?)/resolve/[^/]+/([^?]+)", self.path).groups()  # type: ignore[union-attr]
        data = self.repositories.get(name, {}).get(path)
        if data is None:
            self.answer({"error": "Entry not found"}, 404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.end_headers()
        if with_body:
            self.wfile.write(data)

    def answer(self, body: object, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    Hub.repositories = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    tags = ls.Annotations.from_lists([["a", "b"], ["b", "c"], ["a", "c"]] * 4)
    inputs = FeatureInputs(np.random.default_rng(0).standard_normal((12, 5)).astype(np.float32))
    tagger = ls.Tagger(
        ls.tagger.Architecture("mlp", objective="logistic"),
        LabelContext.of(tags),
        inputs.settings(),
        inputs.sample_shape,
    )
    tagger.save(tmp_path / "tagger")
    return tmp_path / "tagger"


def test_a_tagger_comes_back_as_it_was(hub: str, saved: Path) -> None:
    (saved / "notes.pkl").write_bytes(b"not ours")
    push_tagger(saved, "user/icons", endpoint=hub, token="hf_secret")
    assert "config.json" in Hub.repositories["user/icons"]
    assert "notes.pkl" not in Hub.repositories["user/icons"]
    folder = fetch_tagger("user/icons", endpoint=hub)
    before, after = ls.Tagger.load(saved), ls.Tagger.load(folder)
    assert after.vocabulary == before.vocabulary
    for name, value in before.network.state_dict().items():
        assert bool((after.network.state_dict()[name] == value).all())


def test_a_folder_needs_no_hub(saved: Path) -> None:
    assert ls.Tagger.from_pretrained(saved).vocabulary == ls.Tagger.load(saved).vocabulary


def test_what_is_no_tagger_is_not_pushed(hub: str, tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"config\.json"):
        push_tagger(tmp_path, "user/icons", endpoint=hub, token="hf_secret")
    assert Hub.repositories == {}


def test_repositories_without_a_tagger(hub: str) -> None:
    with pytest.raises(DataError, match="cannot be downloaded"):
        fetch_tagger("user/nothing", endpoint=hub)
    Hub.repositories["user/other"] = {"README.md": b"hello"}
    with pytest.raises(ArtefactError, match="holds no tagger"):
        fetch_tagger("user/other", endpoint=hub)


def test_malformed_names(hub: str, saved: Path) -> None:
    with pytest.raises(UsageError, match="user/name"):
        fetch_tagger("a/b/c", endpoint=hub)
    with pytest.raises(UsageError, match="user/name"):
        push_tagger(saved, "bad name!", endpoint=hub, token="hf_secret")
