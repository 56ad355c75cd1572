"""The Celery application. Messages only wake workers up: what is due stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("keep")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Static and in code: ticks carry no business time, so there is nothing to store and two beats do no harm.
# A tick that waited longer than its own period is stale, because the next one does the same work.
TICK_SECONDS = 30.0
app.conf.beat_schedule = {
    "sweep": {
        "task": "notifications.tasks.sweep",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "drain": {
        "task": "notifications.tasks.drain",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    "keep": {
        "task": "notifications.tasks.keep",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
}
