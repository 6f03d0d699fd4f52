"""What an archive holds: listed and counted, never unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from cooperation.evidence.bags import FILES_AT_MOST, Hostile
from requests_app.evidence.bag_reader import opened_zip

NAMES_SHOWN = 100
ZIP = "application/zip"


def listing(path: Path, sniffed_type: str) -> dict[str, Any]:
    """Return what an archive says that it holds: files, bytes unpacked, the first names; or what is odd about it.

    Only ZIP is looked into; of other archives nothing is said.
    """
    if sniffed_type != ZIP:
        return {}
    try:
        with opened_zip(path) as found:
            files = list(found.files.values())
    except (Hostile, zipfile.BadZipFile) as odd:
        return {"odd": str(odd)[:300]}
    return {
        "files": min(len(files), FILES_AT_MOST),
        "bytes": sum(file.size for file in files),
        "names": [file.name[:200] for file in files[:NAMES_SHOWN]],
    }
