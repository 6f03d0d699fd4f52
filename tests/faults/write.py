"""Act on one request again and again through the door: REQUEST SEAT TIMES UNIX_TIME, from that wall instant on."""

from __future__ import annotations

import sys
import time
from uuid import UUID

import django

TRIES_AT_MOST = 20


def main() -> None:
    """Wait for the instant, then report the status of the request so many times."""
    request_id, seat_id, times, at_s = sys.argv[1:]
    django.setup()
    from cooperation.words import Refused
    from requests_app.workflow import door
    from requests_app.workflow.models import AssistanceRequest
    from requests_app.world.models import Seat
    from requests_app.world.present import wall_now

    seat = Seat.objects.select_related("authority__state").get(pk=seat_id)
    version = AssistanceRequest.objects.values_list("version", flat=True).get(pk=request_id)
    time.sleep(max(float(at_s) - wall_now().timestamp(), 0))
    for number in range(int(times)):
        for _ in range(TRIES_AT_MOST):
            try:
                door.act(
                    UUID(request_id),
                    by=seat,
                    act="report_status",
                    contents={},
                    version=version + number,
                    key=f"{request_id}-{number}",
                    now=wall_now(),
                )
                break
            except Refused as refused:
                # Told to try again in a moment, a client does, with the same key.
                if refused.reason != "catching_up":
                    raise
        else:
            sys.exit(f"told {TRIES_AT_MOST} times to try again")


if __name__ == "__main__":
    main()
