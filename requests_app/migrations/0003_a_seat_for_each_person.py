"""People who shared one seat get a number each, so that the log tells them apart from now on."""

from django.db import migrations
from django.db.models import Max


def give_own_seats(apps, schema_editor):
    Seat = apps.get_model("requests_app", "Seat")
    taken = set()
    holders = apps.get_model("requests_app", "SeatHolder").objects.exclude(seat=None)
    for holder in holders.select_related("seat").order_by("pk"):
        if holder.seat_id in taken:
            desk = holder.seat.authority_id
            last = Seat.objects.filter(authority=desk).aggregate(Max("number"))["number__max"]
            holder.seat = Seat.objects.create(authority_id=desk, number=last + 1)
            holder.save()
        taken.add(holder.seat_id)
    Seat.objects.filter(pk__in=taken).update(simulated=False)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0002_events_are_append_only")]
    operations = [migrations.RunPython(give_own_seats, migrations.RunPython.noop)]
