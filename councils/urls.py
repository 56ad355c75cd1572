"""Pages of councils. Paths follow public references, as ``governance.links`` names them."""

from django.urls import URLPattern, path

from councils.views import accountability, councils, decisions, delegated, envelopes, items, meetings, rosters, series

app_name = "councils"
urlpatterns: list[URLPattern] = [
    path("accountability/", accountability.page, name="accountability"),
    path("accountability.svg", accountability.drawing, name="accountability-drawing"),
    path("councils/", councils.listing, name="council-list"),
    path("councils/found/", councils.found, name="council-found"),
    path("councils/<str:reference>/", councils.detail, name="council-detail"),
    path("councils/<str:reference>/roster/", rosters.page, name="council-roster"),
    path("councils/<str:reference>/roster/<str:seat>/", rosters.write, name="roster-write"),
    path("councils/<str:reference>/acknowledge/", rosters.acknowledge, name="council-acknowledge"),
    path("councils/<str:reference>/members/add/", councils.add_member, name="membership-add"),
    path("councils/<str:reference>/members/<str:seat>/", councils.seat_member, name="membership-seat"),
    path("councils/<str:reference>/members/<str:seat>/end/", councils.end_membership, name="membership-end"),
    path("councils/<str:reference>/meetings/call/", meetings.call, name="meeting-call"),
    path("councils/<str:reference>/meetings/now/", series.call_now, name="meeting-call-now"),
    path("councils/<str:reference>/meetings/regularly/", series.begin, name="series-begin"),
    path("meeting-series/<str:reference>/", series.detail, name="series-detail"),
    path("meeting-series/<str:reference>/change/", series.change, name="series-change"),
    path("meeting-series/<str:reference>/end/", series.end, name="series-end"),
    path("councils/<str:reference>/agenda/propose/", items.propose, name="item-propose"),
    path("councils/<str:reference>/envelope/grant/", envelopes.grant, name="envelope-grant"),
    path("meetings/", meetings.listing, name="meeting-list"),
    path("meetings/<str:reference>/", meetings.detail, name="meeting-detail"),
    path("meetings/<str:reference>/open/", meetings.open_meeting, name="meeting-open"),
    path("meetings/<str:reference>/mark/", meetings.mark, name="meeting-mark"),
    path("meetings/<str:reference>/close/", meetings.close, name="meeting-close"),
    path("meetings/<str:reference>/call-off/", meetings.call_off, name="meeting-call-off"),
    path("meetings/<str:reference>/move/", series.move, name="meeting-move"),
    path("meetings/<str:reference>/answer/", series.answer, name="meeting-answer"),
    path("agenda-items/", items.listing, name="item-list"),
    path("agenda-items/<str:reference>/", items.detail, name="item-detail"),
    path("agenda-items/<str:reference>/place/", items.place, name="item-place"),
    path("agenda-items/<str:reference>/withdraw/", items.withdraw, name="item-withdraw"),
    path("agenda-items/<str:reference>/settle/", items.settle, name="item-settle"),
    path("agenda-items/<str:reference>/refer/", items.refer, name="item-refer"),
    path("decisions/", decisions.listing, name="decision-list"),
    path("decisions/<str:reference>/", decisions.detail, name="decision-detail"),
    path("delegated/", delegated.listing, name="delegated-list"),
    path("envelopes/", envelopes.listing, name="envelope-list"),
    path("envelopes/<str:reference>/", envelopes.detail, name="envelope-detail"),
    path("envelopes/<str:reference>/close/", envelopes.close, name="envelope-close"),
    path("envelopes/<str:reference>/transfer/", envelopes.transfer, name="envelope-transfer"),
]
