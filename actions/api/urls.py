"""API routes of actions, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.routers import SimpleRouter

from actions.api.blockers import Blockers
from actions.api.departments import DepartmentInReview
from actions.api.evidence import EvidenceList
from actions.api.feedback import FeedbackList
from actions.api.handover import HandOver, TakingOver
from actions.api.items import Actions
from actions.api.logs import ActionLogs
from actions.api.outcomes import Benefits, Outcomes, Returns, Tellings
from actions.api.owes import WhoOwesWhom
from actions.api.packs import Packs
from actions.api.pilots import Pilots
from actions.api.promises import DateRequests, Promises
from actions.api.record import RecordOfDepartments, RecordOfPerson
from actions.api.requests import Requests
from actions.api.resource_requests import ResourceRequests
from actions.api.resourcing import ResourcesOfAll
from actions.api.responses import Responses
from actions.api.review import ReviewOfAll
from actions.api.routing_rules import RoutingRules
from actions.api.sources import Sources
from actions.api.spending import SpendingList
from actions.api.themes import Themes
from actions.api.trends import TrendsOfAll
from actions.api.unacted import NotActed
from actions.api.updates import Updates
from actions.api.uploads import Uploads
from actions.api.verifications import Verifications
from governance.api.base import Resource

router = SimpleRouter()

# --- actions and the executive review ------------------------------------------------------------------------------
router.register("actions", Actions, basename="api-action")
router.register("action-logs", ActionLogs, basename="api-action-log")
router.register("promises", Promises, basename="api-promise")
router.register("date-requests", DateRequests, basename="api-date-request")
router.register("updates", Updates, basename="api-update")
router.register("blockers", Blockers, basename="api-blocker")
router.register("requests", Requests, basename="api-request")
router.register("packs", Packs, basename="api-pack")
router.register("pilots", Pilots, basename="api-pilot")
router.register("evidence", EvidenceList, basename="api-evidence")
router.register("resource-requests", ResourceRequests, basename="api-resource-request")
router.register("spending", SpendingList, basename="api-spending")
router.register("verifications", Verifications, basename="api-verification")
router.register("outcomes", Outcomes, basename="api-outcome")
router.register("benefits", Benefits, basename="api-benefit")
router.register("tellings", Tellings, basename="api-telling")

# --- what was heard ------------------------------------------------------------------------------------------------
router.register("feedback-sources", Sources, basename="api-feedback-source")
router.register("feedback-uploads", Uploads, basename="api-feedback-upload")
router.register("feedback", FeedbackList, basename="api-feedback")
router.register("themes", Themes, basename="api-theme")
router.register("responses", Responses, basename="api-response")
router.register("routing-rules", RoutingRules, basename="api-routing-rule")

_DEPARTMENT = rf"departments/(?P<reference>{Resource.lookup_value_regex})"
_SEAT = rf"seats/(?P<reference>{Resource.lookup_value_regex})"

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("who-owes-whom/", WhoOwesWhom.as_view(), name="api-who-owes-whom"),
    path("promise-record/", RecordOfDepartments.as_view(), name="api-promise-record"),
    path("people/<key:pk>/promise-record/", RecordOfPerson.as_view(), name="api-person-promise-record"),
    path("trends/", TrendsOfAll.as_view(), name="api-trends"),
    path("returns/", Returns.as_view(), name="api-returns"),
    path("not-acted/", NotActed.as_view({"get": "list"}), name="api-not-acted-list"),
    path("review/", ReviewOfAll.as_view(), name="api-review"),
    path("resources/", ResourcesOfAll.as_view(), name="api-resources"),
    re_path(f"^{_DEPARTMENT}/review/$", DepartmentInReview.as_view(), name="api-department-review"),
    re_path(f"^{_SEAT}/hand-over/$", HandOver.as_view({"get": "read", "post": "whole"}), name="api-seat-hand-over"),
    re_path(f"^{_SEAT}/split/$", HandOver.as_view({"post": "split"}), name="api-seat-split"),
    re_path(f"^{_SEAT}/take-over/$", TakingOver.as_view({"get": "read", "post": "say"}), name="api-seat-take-over"),
]
