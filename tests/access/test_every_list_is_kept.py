"""Every list and page of figures may be kept as a view and is taken away as a sheet, or says here why not."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from governance import kept
from tests.access.expected import SEEN
from tests.access.test_matrix import ROUTES, has_arguments, is_api
from tests.factories import Chamber, Town

A_FORM = "a form: there while it is filled in, and its list is kept"
ONES_OWN = "one's own settings: there is one of it, and a link to it on every page"
OF_OPERATORS = "for whoever runs the program: what is wrong there is told by itself"
NOT_KEPT = {
    "actions:item-create": A_FORM, "actions:item-several": A_FORM, "actions:log-paste": A_FORM,
    "actions:pilot-declare": A_FORM, "actions:request-create": A_FORM, "actions:rule-create": A_FORM,
    "actions:spending-several": A_FORM, "actions:update-several": A_FORM, "actions:upload-create": A_FORM,
    "councils:council-found": A_FORM, "governance:charter-create": A_FORM,
    "governance:department-create": A_FORM, "governance:department-several": A_FORM, "governance:goal-set": A_FORM,
    "governance:journey-draw": A_FORM, "governance:metric-define": A_FORM, "governance:person-add": A_FORM,
    "governance:person-several": A_FORM, "governance:seat-found": A_FORM, "governance:seat-several": A_FORM,
    "governance:invitations": "a form: whom to invite next; who has not signed in stands in the list of people",
    "governance:address": ONES_OWN, "governance:password": ONES_OWN, "governance:links": ONES_OWN,
    "governance:me": ONES_OWN, "notifications:calendar": ONES_OWN, "notifications:preferences": ONES_OWN,
    "notifications:language": ONES_OWN,
    "governance:view-list": "the views themselves",
    "governance:privacy": "says what is held of everybody, and is the same for all",
    "governance:search": "finds what one has just typed; each list that it opens may be kept",
    "governance:charter-templates": "comes with the program, and changes with it alone",
    "councils:accountability-drawing": "the drawing of a page that may be kept",
    "notifications:home": "what I owe: the digest tells of it by itself",
    "notifications:inbox": "what I was told: the digest tells of it by itself",
    "notifications:inbox-count": "a part of the rail",
    "notifications:outbox": OF_OPERATORS, "notifications:settings": OF_OPERATORS,
}  # fmt: skip

A_THINGS = "a part of one thing's page: the thing is reached from its list"
NOT_LISTS = {
    "actions/_narrow.html": "the form of a list, included by it",
    "actions/record/person.html": "one's own promise record: for oneself, on one's own page, and in no mail",
    "councils/councils/detail.html": A_THINGS, "actions/logs/detail.html": A_THINGS,
    "actions/sources/detail.html": A_THINGS, "actions/sources/import.html": A_THINGS,
    "actions/themes/detail.html": A_THINGS,
    "councils/envelopes/detail.html": A_THINGS, "councils/minutes/running.html": A_THINGS,
    "councils/series/detail.html": A_THINGS, "design/page.html": "every part on one page, for whoever draws them",
    "governance/invitations/page.html": NOT_KEPT["governance:invitations"],
    "governance/search/page.html": NOT_KEPT["governance:search"],
    "notifications/inbox/list.html": NOT_KEPT["notifications:inbox"],
}  # fmt: skip

NO_SHEET = {
    "journal": "who did what goes out over the API alone, as its reader may see it then",
    "accountability": "a drawing: it goes out as SVG, and its seats with the coverage map",
    "next": "foretold, not stored: the next minute it is another; it is in the API",
}


def test_every_page_that_lists_or_counts_may_be_kept() -> None:
    kept_routes = {page.route for page in kept.PAGES.values()}
    pages = {name for name in SEEN if not is_api(name) and not has_arguments(name)}
    read = {name for name in pages if not re.search(r"\.(csv|xlsx)$|/(sheet|book)/$", ROUTES[name][0])}
    assert read - kept_routes - set(NOT_KEPT) == set(), "declare the page in a kept.py, or say here why not"
    assert set(NOT_KEPT) <= read - kept_routes, "what is said here is not so any more"


def test_every_template_with_a_list_lets_it_be_kept() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    lists = {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*.html")
        if re.search(r"ui/(pager|filters|take_away|figures)\.html\"", path.read_text())
    }
    bare = {name for name, text in lists.items() if "kept_views" not in text}
    assert bare - set(NOT_LISTS) == set(), "put the bar of kept views at its foot, or say here why not"
    assert set(NOT_LISTS) <= bare, "what is said here is not so any more"


@pytest.mark.django_db
def test_every_page_that_may_be_kept_shows_the_bar_last_and_is_taken_away(town: Town, client_for) -> None:
    council = Chamber(town, name="CX Council", size=5).council.reference
    address = {"department-review": f"department={town.claims.reference}", "decisions": f"council={council}"}
    client = client_for(town.lead)
    for slug, page in kept.PAGES.items():
        shown = client.get(page.path(address.get(slug, "")))
        assert shown.status_code == 200, slug
        body = shown.text.split("<main", 1)[1].split("</main>", 1)[0].split("<aside", 1)[0]
        bar = body.index(f'action="{reverse("governance:view-keep", args=[slug])}"')
        assert body.count("/me/views/keep/") == 1, slug
        assert "<table" not in body[bar:], f"{slug}: below its list, not above"
        assert ('class="take-away"' in body) == (slug not in NO_SHEET), slug
    assert set(NO_SHEET) <= set(kept.PAGES)
