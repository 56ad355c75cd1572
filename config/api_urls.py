"""The API, version 1: each app's resources, the OpenAPI schema, and its readable form."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

# Swagger UI sets style attributes; its script is served apart from the page, so scripts stay as strict as elsewhere.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("", include("governance.api.urls")),
    path("", include("councils.api.urls")),
    path("", include("actions.api.urls")),
    path("", include("notifications.api.urls")),
]
