"""The web processes' entry point. They refuse to start with settings that are not safe to serve from."""

import os

from django.core.wsgi import get_wsgi_application

from config.checks import refuse_errors

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
refuse_errors()
