"""API routes of councils, below /api/v1/."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from councils.api.accountability import AccountabilityChart
from councils.api.councils import Councils, Memberships
from councils.api.decisions import AgendaItems, Decisions
from councils.api.delegated import DelegatedAllocations
from councils.api.envelopes import Allocations, Envelopes
from councils.api.meetings import Meetings
from councils.api.minutes import MinutesResource
from councils.api.series import MeetingSeriesSet

router = SimpleRouter()
router.register("accountability", AccountabilityChart, basename="api-accountability")
router.register("councils", Councils, basename="api-council")
router.register("memberships", Memberships, basename="api-membership")
router.register("meetings", Meetings, basename="api-meeting")
router.register("meeting-series", MeetingSeriesSet, basename="api-meeting-series")
router.register("minutes", MinutesResource, basename="api-minutes")
router.register("agenda-items", AgendaItems, basename="api-agenda-item")
router.register("decisions", Decisions, basename="api-decision")
router.register("delegated-allocations", DelegatedAllocations, basename="api-delegated-allocation")
router.register("envelopes", Envelopes, basename="api-envelope")
router.register("allocations", Allocations, basename="api-allocation")

urlpatterns: list[URLPattern | URLResolver] = router.urls
