"""API routes of governance, below /api/v1/."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from governance.api.champions import Champions
from governance.api.charters import Charters
from governance.api.checkins import CheckIns
from governance.api.coverage import Coverage
from governance.api.departments import Departments
from governance.api.duties import Duties
from governance.api.helping import HelpRequests
from governance.api.journal import Journal
from governance.api.journeys import Journeys, JourneySteps
from governance.api.metrics import Goals, Metrics
from governance.api.own_tokens import Tokens
from governance.api.people import People
from governance.api.saved_views import SavedViews
from governance.api.search import Search
from governance.api.seats import Seats
from governance.api.sponsors import ExecutiveSponsors

router = SimpleRouter()
router.register("people", People, basename="api-person")
router.register("departments", Departments, basename="api-department")
router.register("seats", Seats, basename="api-seat")
router.register("executive-sponsors", ExecutiveSponsors, basename="api-executive-sponsor")
router.register("champions", Champions, basename="api-champion")
router.register("check-ins", CheckIns, basename="api-check-in")
router.register("charters", Charters, basename="api-charter")
router.register("duties", Duties, basename="api-duty")
router.register("metrics", Metrics, basename="api-metric")
router.register("goals", Goals, basename="api-goal")
router.register("search", Search, basename="api-search")
router.register("journeys", Journeys, basename="api-journey")
router.register("journey-steps", JourneySteps, basename="api-journey-step")
router.register("coverage", Coverage, basename="api-coverage")
router.register("help-requests", HelpRequests, basename="api-help-request")
router.register("journal", Journal, basename="api-journal")
router.register("saved-views", SavedViews, basename="api-saved-view")
router.register("tokens", Tokens, basename="api-token")

urlpatterns: list[URLPattern | URLResolver] = router.urls
