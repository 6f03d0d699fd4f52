"""Invented files made from a named stream: the same recipe gives the same bytes, whenever they are wanted.

Nothing in them is real. Addresses are of the ranges kept for documentation, names are invented, and the first
line of every file says EXERCISE. One file of a sending holds one flaw that a careful reader finds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from cooperation.chance import Stream
from cooperation.moments import instant

NOTICE = "EXERCISE: invented data, no real person or system"
ZONE_LINE = "Times are local, UTC"
LINES = 14
IMAGE_BYTES = 2048
_NAMES = ("Amsel", "Bunting", "Crake", "Dunlin", "Egret", "Finch", "Gull", "Heron", "Ibis", "Jay")
_NETS = ("192.0.2", "198.51.100", "203.0.113")
_SAID = (
    "Is the parcel there?",
    "Second half tonight, same place.",
    "Use the new address, the old one is watched.",
    "Not before the holiday.",
    "The bank asked again. Say it was a loan.",
    "Delete this when you have read it.",
)


def make(recipe: Mapping[str, Any]) -> bytes:
    """Return the bytes of a recipe.

    form         record, table, log, mail, chat, wallet or image
    stream       the parts of the stream's name
    title        what the paper is called
    identifiers  what the request names; some lines match them
    zone         offset of the times in it, like +07:00
    at           exercise instant from which its times run, UTC
    flaw         whether the one flaw of the sending is in this file
    """
    return _FORMS[recipe["form"]](Stream(*recipe["stream"]), recipe)


def changed(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the blocks of a file with one byte changed, in its second half, where nobody looks first.

    size  of the file; an empty one gains a byte
    """
    if not size:
        yield b"\0"
        return
    at, seen = size * 3 // 4, 0
    for block in blocks:
        here = at - seen
        if 0 <= here < len(block):
            other = b"8" if block[here : here + 1] != b"8" else b"3"
            block = block[:here] + other + block[here + 1 :]
        seen += len(block)
        yield block


def zone_told(content: bytes) -> str:
    """Return the zone that a file says its times have, like +07:00; nothing where it says none."""
    head = content[:400].decode("utf-8", "replace")
    _, found, rest = head.partition(ZONE_LINE)
    return rest[:6] if found and rest[:1] in ("+", "-") else ""


def token_size(stream: Stream) -> int:
    """Return the size in bytes of what an opaque token stands for."""
    return 40_000 + int(stream.uniform() * 4_000_000)


# -- the forms -------------------------------------------------------------------------------------------


def _record(stream: Stream, recipe: Mapping[str, Any]) -> bytes:
    lines = [
        *_head(recipe),
        "",
        f"Signed by the officer in charge, {stream.choice(_NAMES)}.",
        f"Reference {int(stream.uniform() * 90_000) + 10_000}.",
        f"Concerns: {_matching(stream, recipe)}",
    ]
    if recipe.get("flaw"):
        lines.append(f"Also concerns: {_address(stream)} (not named in the request)")
    return _text(lines)


def _table(stream: Stream, recipe: Mapping[str, Any]) -> bytes:
    lines = [*(f"# {line}" for line in _head(recipe)), "account,name,opened,last_seen,address"]
    for number in range(3):
        at = _local(stream, recipe, number)
        account = _matching(stream, recipe) if number == 0 else f"acct-{int(stream.uniform() * 1e6):06d}"
        lines.append(
            f'"{account}",{stream.choice(_NAMES)},2026-0{number + 1}-1{number},{at},{_address(stream)}'
        )
    if recipe.get("flaw"):
        lines.append(f'"{_matching(stream, recipe)}",,,,')
    return _text(lines)


def _log(stream: Stream, recipe: Mapping[str, Any]) -> bytes:
    lines = [*(f"# {line}" for line in _head(recipe))]
    for number in range(LINES):
        who = _matching(stream, recipe) if number % 5 == 2 else f"session-{int(stream.uniform() * 1e5)}"
        port = 1024 + int(stream.uniform() * 60_000)
        lines.append(f"{_local(stream, recipe, number)} {_address(stream)}:{port} {who} 200")
    if recipe.get("flaw"):
        # Out of order and without a port: it was put in from elsewhere.
        lines.insert(
            4, f"{_local(stream, recipe, LINES + 40)} {_address(stream)} {_matching(stream, recipe)} 200"
        )
    return _text(lines)


def _mail(stream: Stream, recipe: Mapping[str, Any]) -> bytes:
    sender, receiver = stream.choice(_NAMES), stream.choice(_NAMES)
    number = int(stream.uniform() * 1e8)
    written = _instant(stream, recipe, 1)
    hop = written - timedelta(hours=5) if recipe.get("flaw") else written + timedelta(seconds=40)
    zone = str(recipe["zone"]).replace(":", "")
    lines = [
        f"X-Notice: {NOTICE}",
        f"X-Note: {ZONE_LINE}{recipe['zone']}",
        # With the flaw the mail was relayed before it was written.
        f"Received: from mx.example ([{_address(stream)}]) by in.example; {_mail_date(hop)} {zone}",
        f"Date: {_mail_date(written)} {zone}",
        f"From: {sender.lower()}@mail.example",
        f"To: {receiver.lower()}@mail.example",
        f"Message-ID: <{number}@mail.example>",
        "Subject: Re: as agreed",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        stream.choice(_SAID),
        f"Mind {_matching(stream, recipe)}.",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _chat(stream: Stream, recipe: Mapping[str, Any]) -> bytes:
    pair = (stream.choice(_NAMES), stream.choice(_NAMES))
    messages = [
        {"n": n + 1, "at": _local(stream, recipe, n), "from": pair[n % 2], "text": stream.choice(_SAID)}
        for n in range(8)
    ]
    messages[3]["text"] = f"It is {_matching(stream, recipe)}"
    if recipe.get("flaw"):
        del messages[5]  # one number is missing
    told = {"notice": NOTICE, "zone": f"{ZONE_LINE}{recipe['zone']}", "messages": messages}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _wallet(stream: Stream, recipe: Mapping[str, Any]) -> bytes:
    lines = [
        *(f"# {line}" for line in _head(recipe)),
        f"# Belongs to {_matching(stream, recipe)}",
        "at,from,to,units",
    ]
    own, units = _wallet_name(stream), 900_000 + int(stream.uniform() * 90_000)
    for number in range(8):
        other = _wallet_name(stream)
        lines.append(f"{_local(stream, recipe, number)},{own},{other},{units}")
        own, units = other, units - 1 - int(stream.uniform() * 400)
    if recipe.get("flaw"):
        lines.append(
            f"{_local(stream, recipe, 9)},{own},{_wallet_name(stream)},{units + 50_000}"
        )  # out of nothing
    return _text(lines)


def _image(stream: Stream, recipe: Mapping[str, Any]) -> bytes:
    head = _text([*_head(recipe), f"stub of a disk image; {_matching(stream, recipe)}"])
    sector = b"".join(bytes([int(stream.uniform() * 256)]) for _ in range(16))
    body = (head.ljust(512, b"\0") + sector * 64)[: IMAGE_BYTES - 2]
    # A boot sector ends with this mark; the flawed one does not.
    return body.ljust(IMAGE_BYTES - 2, b"\0") + (b"\0\0" if recipe.get("flaw") else b"\x55\xaa")


_FORMS: dict[str, Callable[[Stream, Mapping[str, Any]], bytes]] = {
    "record": _record,
    "table": _table,
    "log": _log,
    "mail": _mail,
    "chat": _chat,
    "wallet": _wallet,
    "image": _image,
}


# -- the parts -------------------------------------------------------------------------------------------


def _head(recipe: Mapping[str, Any]) -> list[str]:
    return [NOTICE, str(recipe["title"]), f"{ZONE_LINE}{recipe['zone']}"]


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _address(stream: Stream) -> str:
    return f"{stream.choice(_NETS)}.{1 + int(stream.uniform() * 254)}"


def _matching(stream: Stream, recipe: Mapping[str, Any]) -> str:
    known = recipe["identifiers"]
    return str(stream.choice(known)) if known else f"acct-{int(stream.uniform() * 1e6):06d}"


def _wallet_name(stream: Stream) -> str:
    return f"ex1q{int(stream.uniform() * 2**52):013x}"


def _instant(stream: Stream, recipe: Mapping[str, Any], number: int) -> datetime:
    """Return local time, without its zone: the head of the file tells that."""
    sign, hours, minutes = recipe["zone"][0], recipe["zone"][1:3], recipe["zone"][4:6]
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    at = instant(recipe["at"]) + timedelta(seconds=number * 3_600 + int(stream.uniform() * 3_000))
    return (at + offset).replace(tzinfo=None)


def _local(stream: Stream, recipe: Mapping[str, Any], number: int) -> str:
    return _instant(stream, recipe, number).isoformat(sep=" ", timespec="seconds")


def _mail_date(at: datetime) -> str:
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[at.month - 1]
    return f"{day}, {at.day} {month} {at.year} {at:%H:%M:%S}"
