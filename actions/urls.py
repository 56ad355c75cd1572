"""Pages of actions."""

from django.urls import URLPattern, path

from actions.views import (
    action_lists,
    departments,
    evidence,
    feedback,
    handover,
    items,
    logs,
    outcomes,
    owes,
    packs,
    parts,
    pilots,
    record,
    requests,
    resourcing,
    review,
    routing,
    sources,
    spending,
    theme_shapes,
    themes,
    trends,
    unacted,
    updates,
    uploads,
)

app_name = "actions"
urlpatterns: list[URLPattern] = []

# --- actions and the executive review ------------------------------------------------------------------------------
urlpatterns += [
    path("actions/", action_lists.listing, name="item-list"),
    path("actions/sheet/", action_lists.sheet, name="item-sheet"),
    path("actions/several/", action_lists.send_back, name="item-several"),
    path("actions/new/", items.create, name="item-create"),
    path("actions/updates/", updates.several, name="update-several"),
    path("actions/<str:reference>/", items.detail, name="item-detail"),
    path("actions/<str:reference>/edit/", parts.edit, name="item-edit"),
    path("actions/<str:reference>/follow/", parts.follow, name="item-follow"),
    path("actions/<str:reference>/take-back/", evidence.take_back, name="item-take-back"),
    path("evidence/<key:key>/file/", evidence.file, name="evidence-file"),
    *(path(f"actions/<str:reference>/{name}/", items.act, {"name": name}, name=f"item-{name}") for name in items.DEEDS),
    path("action-logs/", logs.listing, name="log-list"),
    path("action-logs/new/", logs.paste, name="log-paste"),
    path("action-logs/<key:key>/", logs.detail, name="log-detail"),
    path("action-logs/<key:key>/withdraw/", logs.withdraw, name="log-withdraw"),
    path("requests/", requests.listing, name="request-list"),
    path("requests/new/", requests.create, name="request-create"),
    path("requests/<str:reference>/", requests.detail, name="request-detail"),
    *(
        path(f"requests/<str:reference>/{name}/", requests.act, {"name": name}, name=f"request-{name}")
        for name in requests.DEEDS
    ),
    path("owes/", owes.page, name="owes"),
    path("pilots/", pilots.listing, name="pilot-list"),
    path("pilots/places/", pilots.of_places, name="pilot-places"),
    path("pilots/new/", pilots.declare, name="pilot-declare"),
    path("pilots/<str:reference>/", pilots.detail, name="pilot-detail"),
    path("pilots/<str:reference>/change/", pilots.change, name="pilot-change"),
    *(
        path(f"pilots/<str:reference>/{name}/", pilots.act, {"name": name}, name=f"pilot-{name}")
        for name in pilots.DEEDS
    ),
    path("actions/<str:reference>/told/<key:key>/", outcomes.told, name="item-told"),
    path("outcomes/", outcomes.listing, name="outcome-list"),
    path("spending/several/", spending.several, name="spending-several"),
    path("spending/sheet/", spending.taken_away, name="spending-sheet"),
    path("spending/<key:key>/reverse/", spending.reverse, name="spending-reverse"),
    path("review/", review.executive_review, name="review"),
    path("review/not-acted/", unacted.listing, name="not-acted"),
    path("review/not-acted.csv", unacted.sheet, name="not-acted-sheet"),
    path("review/trends/", trends.page, name="trends"),
    path("review/trends.csv", trends.sheet, name="trends-sheet"),
    path("review/trends.xlsx", trends.workbook, name="trends-workbook"),
    path("review/departments/<str:reference>/", departments.page, name="department-review"),
    path("review/departments/<str:reference>/sheet/", departments.sheet, name="department-review-sheet"),
    path("review/departments/<str:reference>/book/", departments.book, name="department-review-book"),
    path("review/resources/", resourcing.page, name="resources"),
    path("review/resources/sheet/", resourcing.sheet, name="resources-sheet"),
    path("review/resources/book/", resourcing.book, name="resources-book"),
    path("review/packs/", packs.listing, name="pack-list"),
    path("review/packs/schedule/", packs.schedule, name="pack-schedule"),
    path("review/packs/<str:reference>/", packs.detail, name="pack-detail"),
    path("review/packs/<str:reference>/show/", packs.wall, name="pack-show"),
    path("review/packs/<str:reference>/pack.pdf", packs.printed, name="pack-print"),
    path("review/packs/<str:reference>/pack.xlsx", packs.sheets, name="pack-sheets"),
    path("review/packs/<str:reference>/pack.json", packs.record, name="pack-record"),
    path("promise-record/", record.of_departments, name="record"),
    path("people/<key:pk>/promise-record/", record.of_person, name="record-of-person"),
]

# --- a seat changes hands ------------------------------------------------------------------------------------------
urlpatterns += [
    path("seats/<str:reference>/hand-over/", handover.page, name="handover"),
    path("seats/<str:reference>/hand-over/split/", handover.split, name="handover-split"),
    path("seats/<str:reference>/take-over/", handover.take_over, name="take-over"),
]

# --- what was heard ------------------------------------------------------------------------------------------------
urlpatterns += [
    path("feedback/", feedback.listing, name="feedback-list"),
    path("themes/", themes.listing, name="theme-list"),
    path("themes/<str:reference>/", themes.detail, name="theme-detail"),
    path("themes/<str:reference>/answer/", themes.answer, name="theme-answer"),
    path("themes/<str:reference>/propose/", themes.propose, name="theme-propose"),
    path("themes/<str:reference>/route/", themes.route, name="theme-route"),
    path("themes/<str:reference>/rename/", theme_shapes.rename, name="theme-rename"),
    path("themes/<str:reference>/merge/", theme_shapes.merge, name="theme-merge"),
    path("themes/<str:reference>/split/", theme_shapes.split, name="theme-split"),
    path("feedback-sources/", sources.listing, name="source-list"),
    path("feedback-sources/upload/", uploads.upload, name="upload-create"),
    path("feedback-sources/uploads/<str:key>/", uploads.detail, name="upload-detail"),
    path("feedback-sources/uploads/<str:key>/discard/", uploads.discard, name="upload-discard"),
    path("feedback-sources/<str:reference>/", sources.detail, name="source-detail"),
    path("feedback-sources/<str:reference>/imports/<key:key>/", sources.import_detail, name="source-import"),
    path("feedback-sources/<str:reference>/imports/<key:key>/withdraw/", sources.withdraw, name="source-withdraw"),
    path("routing-rules/", routing.listing, name="rule-list"),
    path("routing-rules/new/", routing.create, name="rule-create"),
    path("routing-rules/<key:key>/", routing.edit, name="rule-edit"),
]
