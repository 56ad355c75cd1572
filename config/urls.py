"""Routes. Each app names and mounts its own at the root; paths do not repeat the app's name."""

from django.conf import settings
from django.urls import include, path, re_path

from config import health
from governance.views.errors import not_found

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("config.api_urls")),
    path("", include("governance.urls")),
    path("", include("councils.urls")),
    path("", include("actions.urls")),
    path("", include("notifications.urls")),
]

# One static answer, whether a thing does not exist or may not be seen.
handler404 = "governance.views.errors.not_found"

if settings.DEBUG:
    # Django's debugging page would otherwise list every route to whoever asks for a missing one. With the slash alone,
    # so that APPEND_SLASH still works.
    urlpatterns += [re_path(r"^.*/$", not_found, name="not-found")]
