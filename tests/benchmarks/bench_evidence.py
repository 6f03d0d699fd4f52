"""How fast a large file is taken in and verified, in how much memory, beside `sha256sum` of the same file.

    python -m tests.benchmarks.bench_evidence [--mib N] [--rounds N]

The file goes in over HTTP as the API takes it (a request whose body is the file), and comes to rest in the
store; then it is hashed again as a receiver does. Goals: each no slower than half of `sha256sum` in the same
run, and less than 100 MiB above idle.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import resource
import subprocess
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks.bench_engine import database

MIB = 1 << 20
FACTS = {
    "name": "image.dd",
    "source_type": "system",
    "source": "server of the hospital",
    "legal_authority": "order",
    "category": "content",
    "tool": "imager",
}


def memory_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def written(path: Path, mib: int) -> Path:
    block = hashlib.shake_256(b"evidence").digest(MIB)
    with path.open("wb") as stream:
        for number in range(mib):
            stream.write(number.to_bytes(8, "big") + block[8:])
    return path


def run(mib: int, rounds: int) -> None:
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    from django.test import RequestFactory
    from rest_framework.test import force_authenticate

    from requests_app.api.evidence import EvidenceView, VerifyEvidenceView
    from requests_app.world.models import TRAINEE, SeatHolder
    from tests.builders import day, seated

    table = seated()
    arvania, borland = table.desk("Arvania"), table.desk("Borland")
    asked = arvania.files("mla_stored_data", to="Borland", on=day(0))
    for number, deed in enumerate((borland.acknowledges, borland.accepts, borland.starts_execution), start=1):
        deed(asked, on=day(number))
    people = {}
    for state in ("Arvania", "Borland"):
        from django.contrib.auth.models import User

        people[state] = User.objects.create_user(state)
        SeatHolder.objects.create(
            user=people[state], exercise=table.row, seat=table.seat(state), role=TRAINEE
        )
    file = written(Path(os.environ["COMITY_VAR"]) / "large", mib)
    factory = RequestFactory()
    for number in range(1, rounds + 1):
        began = time.perf_counter()
        subprocess.run(["sha256sum", str(file)], check=True, capture_output=True)
        yardstick = mib / (time.perf_counter() - began)
        idle = memory_mib()

        began = time.perf_counter()
        with file.open("rb", buffering=0) as stream:
            request = factory.generic(
                "POST", f"/?{urlencode(FACTS)}", CONTENT_TYPE="application/octet-stream"
            )
            # What a server gives: a stream of the body, which nobody has read.
            request._stream = io.BufferedReader(stream, MIB)
            request.META["CONTENT_LENGTH"] = str(file.stat().st_size)
            force_authenticate(request, people["Borland"])
            answer = EvidenceView.as_view()(request, request_id=asked.key)
        assert answer.status_code == 201, answer.data
        upload = mib / (time.perf_counter() - began)
        borland.transmits(asked, on=day(4 + number), evidence=[answer.data["reference"]], part=True)

        began = time.perf_counter()
        request = factory.post("/")
        force_authenticate(request, people["Arvania"])
        answer = VerifyEvidenceView.as_view()(request, request_id=asked.key)
        assert answer.data == [], answer.data
        verify = mib / (time.perf_counter() - began)
        print(
            f"{mib} MiB: sha256sum {yardstick:.0f} MiB/s; upload {upload:.0f} ({upload / yardstick:.2f} of it), "
            f"verify {verify:.0f} ({verify / yardstick:.2f}); goal 0.5; "
            f"memory {memory_mib() - idle} MiB above idle, goal 100"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with database(False):
        run(options.mib, options.rounds)
