"""The outermost layer: settings, routes, processes. It imports the apps; nothing imports it."""

# Loaded with the package: every `shared_task` then finds this app and its broker in whichever process it is called,
# and every command runs the checks.
from config import checks
from config.celery import app as celery_app

__all__ = ["celery_app", "checks"]
