"""Take GOV.UK Frontend from its npm package into requests_app/static/vendor/govuk/, without fonts and crest.

    python script/update_vendor.py 6.6.0

Needs npm for `npm pack`; whoever runs Comity needs neither npm nor Node. `tests/requests_app/test_assets.py`
recomputes the hashes that this writes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "requests_app/static/vendor/govuk"
PACKAGE = "govuk-frontend"
STACK = "var(--comity-font)"
NOTICE = """\
package: {package}
version: {version}
from: npm pack {package}@{version}
tarball-sha512: {tarball}
licence: MIT (LICENSE beside this file), Crown Copyright (Government Digital Service)
changed: @font-face and source map comments are left out; the font "GDS Transport", which may be used on gov.uk
  only, is replaced by {stack}; the crest's address is left out. Neither crown nor crest is used.
"""


def main() -> int:
    version = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", f"{PACKAGE}@{version}", "--silent"], cwd=folder, check=True)
        tarball = Path(folder) / f"{PACKAGE}-{version}.tgz"
        found = tarball.read_bytes()
        with tarfile.open(tarball) as archive:
            files = {
                kind: _read(archive, f"package/dist/govuk/{PACKAGE}.min.{kind}") for kind in ("css", "js")
            }
    for old in FOLDER.glob(f"{PACKAGE}-*"):
        old.unlink()
    told = NOTICE.format(package=PACKAGE, version=version, tarball=_sri(found), stack=STACK)
    for kind, change in (("css", _own_font), ("js", _without_map)):
        # The version is in the name: what imports it never gets another from a cache.
        path = FOLDER / f"{PACKAGE}-{version}.min.{kind}"
        path.write_text(change(files[kind]), encoding="utf-8")
        told += f"file: {path.name} {_sri(path.read_bytes())}\n"
    (FOLDER / "VENDOR.txt").write_text(told, encoding="utf-8")
    return 0


def _read(archive: tarfile.TarFile, name: str) -> str:
    member = archive.extractfile(name)
    assert member is not None
    return member.read().decode("utf-8")


def _own_font(css: str) -> str:
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("font-family:GDS Transport,arial,sans-serif", f"font-family:{STACK}")
    css = css.replace("font-family:sans-serif", f"font-family:{STACK}")
    return _without_map(re.sub(r"url\(/assets/[^)]*\)", "none", css))


def _without_map(text: str) -> str:
    text = re.sub(r"/\*# sourceMappingURL=[^*]*\*/", "", text)
    return re.sub(r"//# sourceMappingURL=\S*", "", text).strip() + "\n"


def _sri(content: bytes) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


if __name__ == "__main__":
    sys.exit(main())
