"""The Celery application: the beat wakes a sweep, workers advance exercises, the database is the truth.

No task is ever sent for later: a deadline is a row with an instant of exercise time, found when it is due.
"""

import os

from celery import Celery
from kombu.transport.redis import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A worker that holds a task when Redis dies would try to put it back through a connection that is gone, and
# end with that error. Nothing is lost without it: the next sweep finds the same rows.
Channel.do_restore = False

app = Celery("comity")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["requests_app"])
