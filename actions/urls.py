"""Pages of actions."""

from django.urls import URLPattern, path

from actions.views import feedback, handover, items, logs, review, routing, sources, spending, themes, uploads

app_name = "actions"
urlpatterns: list[URLPattern] = []

# --- actions and the executive review ------------------------------------------------------------------------------
urlpatterns += [
    path("actions/", items.listing, name="item-list"),
    path("actions/new/", items.create, name="item-create"),
    path("actions/<str:reference>/", items.detail, name="item-detail"),
    *(path(f"actions/<str:reference>/{name}/", items.act, {"name": name}, name=f"item-{name}") for name in items.DEEDS),
    path("action-logs/", logs.listing, name="log-list"),
    path("action-logs/new/", logs.paste, name="log-paste"),
    path("action-logs/<int:key>/", logs.detail, name="log-detail"),
    path("action-logs/<int:key>/withdraw/", logs.withdraw, name="log-withdraw"),
    path("spending/several/", spending.several, name="spending-several"),
    path("spending/sheet/", spending.taken_away, name="spending-sheet"),
    path("spending/<int:key>/reverse/", spending.reverse, name="spending-reverse"),
    path("review/", review.executive_review, name="review"),
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
    path("feedback-sources/", sources.listing, name="source-list"),
    path("feedback-sources/upload/", uploads.upload, name="upload-create"),
    path("feedback-sources/uploads/<str:key>/", uploads.detail, name="upload-detail"),
    path("feedback-sources/uploads/<str:key>/discard/", uploads.discard, name="upload-discard"),
    path("feedback-sources/<str:reference>/", sources.detail, name="source-detail"),
    path("feedback-sources/<str:reference>/imports/<int:key>/", sources.import_detail, name="source-import"),
    path("feedback-sources/<str:reference>/imports/<int:key>/withdraw/", sources.withdraw, name="source-withdraw"),
    path("routing-rules/", routing.listing, name="rule-list"),
    path("routing-rules/new/", routing.create, name="rule-create"),
    path("routing-rules/<int:key>/", routing.edit, name="rule-edit"),
]
