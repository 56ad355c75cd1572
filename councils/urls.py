"""Pages of councils. Paths follow public references, as ``governance.links`` names them."""

from django.urls import URLPattern, path

from councils.views import councils, decisions, envelopes, items, meetings

app_name = "councils"
urlpatterns: list[URLPattern] = [
    path("councils/", councils.listing, name="councils-list"),
    path("councils/found/", councils.found, name="councils-found"),
    path("councils/<str:reference>/", councils.detail, name="councils-detail"),
    path("councils/<str:reference>/members/add/", councils.add_member, name="memberships-add"),
    path("councils/<str:reference>/members/<str:seat>/", councils.seat_member, name="memberships-seat"),
    path("councils/<str:reference>/members/<str:seat>/end/", councils.end_membership, name="memberships-end"),
    path("councils/<str:reference>/meetings/call/", meetings.call, name="meetings-call"),
    path("councils/<str:reference>/agenda/propose/", items.propose, name="items-propose"),
    path("councils/<str:reference>/envelope/grant/", envelopes.grant, name="envelopes-grant"),
    path("meetings/", meetings.listing, name="meetings-list"),
    path("meetings/<str:reference>/", meetings.detail, name="meetings-detail"),
    path("meetings/<str:reference>/open/", meetings.open_meeting, name="meetings-open"),
    path("meetings/<str:reference>/mark/", meetings.mark, name="meetings-mark"),
    path("meetings/<str:reference>/close/", meetings.close, name="meetings-close"),
    path("agenda-items/", items.listing, name="items-list"),
    path("agenda-items/<str:reference>/", items.detail, name="items-detail"),
    path("agenda-items/<str:reference>/place/", items.place, name="items-place"),
    path("agenda-items/<str:reference>/withdraw/", items.withdraw, name="items-withdraw"),
    path("agenda-items/<str:reference>/settle/", items.settle, name="items-settle"),
    path("agenda-items/<str:reference>/refer/", items.refer, name="items-refer"),
    path("decisions/", decisions.listing, name="decisions-list"),
    path("decisions/<str:reference>/", decisions.detail, name="decisions-detail"),
    path("envelopes/", envelopes.listing, name="envelopes-list"),
    path("envelopes/<str:reference>/", envelopes.detail, name="envelopes-detail"),
]
