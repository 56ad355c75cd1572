"""Pages of notifications."""

from django.urls import path

from notifications.views import (
    calendar,
    explaining,
    home,
    inbox,
    language,
    mutes,
    outbox,
    preferences,
    rehearsal,
    settings,
    upcoming,
)

app_name = "notifications"
urlpatterns = [
    path("", home.home, name="home"),
    path("my-work/<str:reference>/update/", home.update, name="home-update"),
    path("my-work/<str:reference>/accept/", home.accept, name="home-accept"),
    path("my-work/<str:reference>/answer-date/", home.answer_date, name="home-answer-date"),
    path("my-work/<str:reference>/decline/", home.decline, name="home-decline"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("inbox/<key:pk>/read/", inbox.read, name="inbox-read"),
    path("inbox/count/", inbox.count, name="inbox-count"),
    path("inbox/<key:pk>/snooze/", inbox.snooze, name="inbox-snooze"),
    path("mutes/<str:reference>/", mutes.mute, name="mute"),
    path("why/<key:pk>/", explaining.why, name="why"),
    path("mute/<str:token>/", explaining.mute, name="mute-link"),
    path("next/", upcoming.upcoming, name="upcoming"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/retry/", outbox.retry, name="outbox-retry"),
    path("outbox/hold/", outbox.hold, name="outbox-hold"),
    path("outbox/addresses/", outbox.open_addresses, name="outbox-addresses"),
    path("outbox/resend/", outbox.resend, name="outbox-resend"),
    path("outbox/skip/", outbox.skip, name="outbox-skip"),
    path("outbox/release/", outbox.release, name="outbox-release"),
    path("outbox/drop/", outbox.drop, name="outbox-drop"),
    path("settings/", settings.page, name="settings"),
    path("settings/test-mail/", settings.test_mail, name="settings-test-mail"),
    path("charters/<str:reference>/versions/<key:number>/rehearsal/", rehearsal.rehearsal, name="charter-rehearsal"),
    path("me/language/", language.choose, name="language"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("calendar/", calendar.page, name="calendar"),
    path("calendar/make/", calendar.make, name="calendar-make"),
    path("calendar/revoke/", calendar.revoke, name="calendar-revoke"),
    path("calendar/<str:token>.ics", calendar.read, name="calendar-feed"),
]
