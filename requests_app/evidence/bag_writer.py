"""Writing a bag (RFC 8493) into a new folder: payload first, then tag files, then the manifests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from cooperation.evidence.bags import DECLARATION, check_names, info_lines, manifest_lines


class BagWriter:
    """A bag being written. Nothing in it depends on the folder's name, nor on the wall clock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self._payload: dict[str, dict[str, str]] = {"sha256": {}, "sha512": {}}
        self._tags: dict[str, dict[str, str]] = {"sha256": {}, "sha512": {}}
        self._bytes = 0

    def payload(self, name: str, blocks: Iterable[bytes]) -> None:
        """Add a file under data/."""
        self._bytes += self._write(f"data/{name}", blocks, self._payload)

    def tag(self, name: str, content: bytes) -> None:
        """Add a file that tells of the payload."""
        self._write(name, [content], self._tags)

    def finish(self, facts: Sequence[tuple[str, str]]) -> None:
        """Write the declaration, bag-info.txt with these facts, and the manifests."""
        files = self._payload["sha256"]
        check_names([*files, *self._tags["sha256"]])
        oxum = ("Payload-Oxum", f"{self._bytes}.{len(files)}")
        (self.folder / "data").mkdir(exist_ok=True)
        self.tag("bagit.txt", DECLARATION.encode())
        self.tag("bag-info.txt", info_lines([*facts, oxum]).encode())
        for algorithm, digests in self._payload.items():
            self.tag(f"manifest-{algorithm}.txt", manifest_lines(digests).encode())
        for algorithm, digests in self._tags.items():
            path = self.folder / f"tagmanifest-{algorithm}.txt"
            path.write_bytes(manifest_lines(digests).encode())

    def _write(self, name: str, blocks: Iterable[bytes], digests: dict[str, dict[str, str]]) -> int:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
        with path.open("xb") as stream:
            for block in blocks:
                sha256.update(block)
                sha512.update(block)
                size += len(block)
                stream.write(block)
        digests["sha256"][name] = sha256.hexdigest()
        digests["sha512"][name] = sha512.hexdigest()
        return size
