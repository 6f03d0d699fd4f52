"""Act on one request again and again through the door: REQUEST SEAT TIMES UNIX_TIME, from that wall instant on."""

from __future__ import annotations

import sys
import time
from uuid import UUID

import django


def main() -> None:
    """Wait for the instant, then report the status of the request so many times."""
    request_id, seat_id, times, at_s = sys.argv[1:]
    django.setup()
    from requests_app.workflow import door
    from requests_app.workflow.models import AssistanceRequest
    from requests_app.world.models import Seat
    from requests_app.world.present import wall_now

    seat = Seat.objects.select_related("authority__state").get(pk=seat_id)
    version = AssistanceRequest.objects.values_list("version", flat=True).get(pk=request_id)
    time.sleep(max(float(at_s) - wall_now().timestamp(), 0))
    for number in range(int(times)):
        door.act(
            UUID(request_id),
            by=seat,
            act="report_status",
            contents={},
            version=version + number,
            key=f"{request_id}-{number}",
            now=wall_now(),
        )


if __name__ == "__main__":
    main()
