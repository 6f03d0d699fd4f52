"""What goes into a package besides the files: the custody record for people and for machines, and a README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from requests_app.world.typeset import typeset

RECORD = "custody/custody.jsonl"
SIGNATURE = "custody/custody.jsonl.sig"
PUBLIC_KEY = "custody/public_key.txt"
CASE = "case/case.jsonld"

CHECK = """\
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

folder = Path("custody")
key = bytes.fromhex((folder / "public_key.txt").read_text().strip())
signature = bytes.fromhex((folder / "custody.jsonl.sig").read_text().strip())
record = (folder / "custody.jsonl").read_bytes()
Ed25519PublicKey.from_public_bytes(key).verify(signature, record)
print("the signature holds")
"""

README = """\
EXERCISE: no real case, no real data. All files were invented by Comity, a training simulator.

Evidence handed over on request {request}, exercise {handle}.

What is here
  data/                     the files, as they were acquired ({files} of them)
  custody/custody.html      the custody record, to be read; custody.pdf is the same on paper
  custody/custody.jsonl     the same for machines: one step a line, each naming the hash of the line before
  custody/custody.jsonl.sig Ed25519 signature over the bytes of custody.jsonl, hexadecimal
  custody/public_key.txt    public key of {desk}
  receipts/                 what the receiver signed
  case/case.jsonld          the same in CASE/UCO, JSON-LD
{tokens}
How to check it, in this folder, without Comity
  1. sha256sum -c manifest-sha256.txt
  2. sha256sum -c tagmanifest-sha256.txt
  3. Compare custody/public_key.txt with the key that {desk} told you by another way.
  4. Run these ten lines of Python (package: cryptography):

{check}
  5. With the tools of others: bagit.py --validate .   and   case_validate case/case.jsonld

What the steps mean: ISO/IEC 27037 and the custody page of Comity's documentation.
"""
TOKENS = "\nOpaque tokens, of which nothing but hash and size is ever here:\n{lines}\n"


def readme(*, request: str, handle: str, desk: str, files: int, tokens: Sequence[str]) -> bytes:
    """Return README.txt."""
    told = TOKENS.format(lines="\n".join(f"  {line}" for line in tokens)) if tokens else ""
    check = "".join(f"     {line}\n" if line else "\n" for line in CHECK.splitlines())
    return README.format(
        request=request, handle=handle, desk=desk, files=files, tokens=told, check=check
    ).encode()


def papers(record: Mapping[str, Any], *, made_at: datetime, with_pdf: bool) -> dict[str, bytes]:
    """Return the custody record as a page, and on paper.

    record   title, facts, and items with their facts and steps, as text
    made_at  the document's own date
    """
    html = render_to_string("evidence/custody.html", dict(record)).encode()
    if not with_pdf:
        return {"custody/custody.html": html}
    return {
        "custody/custody.html": html,
        "custody/custody.pdf": typeset("evidence/custody.typ", _for_paper(record), made_at=made_at),
    }


def _for_paper(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with the longest hashes in two halves: paper is narrower than they are."""
    return {
        **record,
        "items": [
            {
                **item,
                "facts": [
                    [name, f"{value[:64]} {value[64:]}" if name == "SHA-512" else value]
                    for name, value in item["facts"]
                ],
            }
            for item in record["items"]
        ],
    }
