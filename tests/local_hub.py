"""A local server that answers as the Hugging Face Hub does."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


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


@contextmanager
def serve_hub() -> Iterator[str]:
    """Serve an empty hub, and return its address."""
    Hub.repositories = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
