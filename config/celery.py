"""The Celery application: the beat wakes a sweep, workers advance exercises, the database is the truth.

No task is ever sent for later: a deadline is a row with an instant of exercise time, found when it is due.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("comity")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["requests_app"])
