"""Pages of governance."""

from django.conf import settings
from django.urls import URLPattern, path

from governance.views import (
    buttons,
    champions,
    charters,
    coverage,
    departments,
    design,
    entry,
    journal,
    people,
    seats,
    sponsors,
    submissions,
)

app_name = "governance"
urlpatterns: list[URLPattern] = [
    path("sign-in/", entry.sign_in, name="sign-in"),
    path("sign-out/", entry.sign_out, name="sign-out"),
    path("setup/", entry.setup, name="setup"),
    path("b/<str:token>/", buttons.page, name="button"),
    path("me/", people.me, name="me"),
    path("me/password/", entry.password, name="password"),
    path("departments/", departments.listing, name="department-list"),
    path("departments/new/", departments.create, name="department-create"),
    path("departments/<str:reference>/", departments.detail, name="department-detail"),
    path("departments/<str:reference>/place/", departments.place, name="department-place"),
    path("coverage/", coverage.page, name="coverage"),
    path("seats/", seats.listing, name="seat-list"),
    path("seats/new/", seats.found, name="seat-found"),
    path("seats/<str:reference>/", seats.detail, name="seat-detail"),
    path("seats/<str:reference>/seat-person/", seats.seat_person, name="seat-person"),
    path("seats/<str:reference>/leave/", seats.leave, name="seat-leave"),
    path("people/", people.listing, name="person-list"),
    path("people/new/", people.add, name="person-add"),
    path("people/<int:pk>/", people.detail, name="person-detail"),
    path("people/<int:pk>/away/", people.away, name="person-away"),
    path("people/<int:pk>/end-access/", people.end_access, name="person-end-access"),
    path("executive-sponsors/", sponsors.listing, name="sponsor-list"),
    path("executive-sponsors/<str:reference>/", sponsors.detail, name="sponsor-detail"),
    path("executive-sponsors/<str:reference>/pledge/", sponsors.pledge, name="sponsor-pledge"),
    path("champions/", champions.listing, name="champion-list"),
    path("champions/<str:reference>/", champions.detail, name="champion-detail"),
    path("champions/<str:reference>/endorse/", champions.endorse, name="champion-endorse"),
    path("charters/", charters.listing, name="charter-list"),
    path("charters/new/", charters.draft, name="charter-create"),
    path("charters/<str:reference>/", charters.detail, name="charter-detail"),
    path("charters/<str:reference>/versions/new/", charters.draft, name="charter-draft"),
    path("charters/<str:reference>/versions/<int:number>/", charters.version, name="charter-version"),
    path("charters/<str:reference>/versions/<int:number>/amend/", charters.amend, name="charter-amend"),
    path("charters/<str:reference>/compare/", charters.compare, name="charter-compare"),
    path("charters/<str:reference>/review/", submissions.review, name="charter-review"),
    path("charters/<str:reference>/versions/<int:number>/submit/", submissions.submit, name="charter-submit"),
    path("charters/<str:reference>/versions/<int:number>/withdraw/", submissions.withdraw, name="charter-withdraw"),
    path("charters/<str:reference>/versions/<int:number>/ratify/", submissions.ratify, name="charter-ratify"),
    path("charters/<str:reference>/versions/<int:number>/refuse/", submissions.refuse, name="charter-refuse"),
    path("charters/<str:reference>/versions/<int:number>/hold/", submissions.hold, name="charter-hold"),
    path("journal/", journal.listing, name="journal-list"),
]
if settings.DEBUG:
    urlpatterns.append(path("design/", design.page, name="design"))
