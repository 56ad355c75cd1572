"""API routes of notifications, below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from notifications.api import (
    addresses,
    ladders,
    language,
    mutes,
    notifications,
    organisation,
    outbox,
    preferences,
    rehearsal,
)

router = SimpleRouter(use_regex_path=True)
router.register("notifications", notifications.NotificationView, basename="api-notifications")
router.register("mutes", mutes.MuteView, basename="api-mutes")
router.register("upcoming", ladders.UpcomingView, basename="api-upcoming")
router.register("outbox", outbox.OutboxView, basename="api-outbox")
router.register("escalations", ladders.EscalationView, basename="api-escalations")

urlpatterns = [
    *router.urls,
    path("organisation/", organisation.OrganisationView.as_view(), name="api-organisation"),
    path("organisation/test-mail/", organisation.TrialView.as_view(), name="api-test-mail"),
    path(
        "charters/<str:reference>/versions/<key:number>/rehearsal/",
        rehearsal.RehearsalView.as_view(),
        name="api-charter-rehearsal",
    ),
    path("my-address/", addresses.AddressView.as_view(), name="api-my-address"),
    path("my-language/", language.LanguageView.as_view(), name="api-my-language"),
    path("preferences/", preferences.PreferenceView.as_view(), name="api-preferences"),
]
