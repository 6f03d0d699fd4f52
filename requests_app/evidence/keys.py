"""The signing keys of authorities and of control: files that only their owner reads, never in the database.

Each exercise has keys of its own, made when one is first needed. Public keys lie beside the private ones,
one a line, with those of the installation from which an exercise was brought here.
"""

from __future__ import annotations

import os
import secrets
import shutil
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

CONTROL = "control"
RAW_BYTES = 32


def sign(exercise_id: UUID, desk: str, body: bytes) -> tuple[str, str]:
    """Return the Ed25519 signature of a desk (or of CONTROL) and its public key, both lower-case hex."""
    key = _private(str(settings.KEYS_DIR), str(exercise_id), desk)
    return key.sign(body).hex(), key.public_key().public_bytes_raw().hex()


def is_own(exercise_id: UUID, desk: str, public_key: str) -> bool:
    """Return whether a public key is one of a desk's; whatever is said of a desk that has never signed here."""
    try:
        known = _public_path(exercise_id, desk).read_text().split()
    except FileNotFoundError:
        return True
    return public_key in known


def take_over(exercise_id: UUID, desk: str, public_key: str) -> None:
    """Note the public key with which a desk signed in another installation."""
    path = _public_path(exercise_id, desk)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = path.read_text().split() if path.exists() else []
    if public_key not in known:
        path.write_text("".join(f"{key}\n" for key in (*known, public_key)))


def forget(exercise_id: UUID) -> None:
    """Take away the keys of an exercise that is gone."""
    shutil.rmtree(Path(str(settings.KEYS_DIR)) / str(exercise_id), ignore_errors=True)
    _private.cache_clear()


def holds(body: bytes, signature: str, public_key: str) -> bool:
    """Return whether a signature is this key's, over these bytes."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), body)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _private(folder: str, exercise: str, desk: str) -> Ed25519PrivateKey:
    path = _path(folder, exercise, desk)
    if not path.exists():
        _make(path)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))


def _path(folder: str, exercise: str, desk: str) -> Path:
    return Path(folder) / exercise / f"{desk.replace('/', '.')}.key"


def _public_path(exercise_id: UUID, desk: str) -> Path:
    return _path(str(settings.KEYS_DIR), str(exercise_id), desk).with_suffix(".pub")


def _make(path: Path) -> None:
    """Make a key; where another process was faster, its key stands."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    draft = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(key.private_bytes_raw().hex() + "\n")
    try:
        os.link(draft, path)
        with path.with_suffix(".pub").open("a") as known:
            known.write(key.public_key().public_bytes_raw().hex() + "\n")
    except FileExistsError:
        pass
    finally:
        draft.unlink()
