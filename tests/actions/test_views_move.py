"""Views of actions that were kept before every page could be: they move below with their keys, and back."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from governance.models import SavedView
from tests.factories import Town

moving = import_module("actions.migrations.0029_views_are_kept_of_every_page")


@pytest.mark.django_db(transaction=True)
def test_kept_views_of_actions_move_with_their_keys_and_back() -> None:
    town = Town()
    state = MigrationLoader(connection).project_state(
        [("actions", "0028_the_record_is_drawn_up"), ("governance", "0028_saved_views_count_their_changes")]
    )
    before, at = state.apps.get_model("actions", "SavedView"), timezone.now()
    with connection.schema_editor() as editor:
        editor.create_model(before)
    try:
        for name in ("Late", "Mine"):
            before.objects.create(person_id=town.lead.pk, name=name, query="state=open", created_at=at)
        before.objects.filter(name="Late").delete()
        kept = before.objects.get().pk
        with connection.schema_editor() as editor:
            moving.down(state.apps, editor)
        view = SavedView.objects.get()
        assert (view.pk, view.page, view.name, view.query, view.cadence) == (
            kept,
            "actions",
            "Mine",
            "state=open",
            "never",
        )
        assert view.created_at == at
        # The next one takes a key of its own.
        new = SavedView.objects.create(person=town.lead, page="review", name="All", query="", created_at=at)
        assert new.pk > kept
        with connection.schema_editor() as editor:
            moving.up(state.apps, editor)
        assert list(before.objects.values_list("pk", "name")) == [(kept, "Mine")]
        assert SavedView.objects.get().page == "review"
        # One that is kept after the way back may have the key of what stayed below.
        before.objects.create(pk=new.pk, person_id=town.lead.pk, name="Late", query="state=done", created_at=at)
        with connection.schema_editor() as editor:
            moving.down(state.apps, editor)
        assert dict(SavedView.objects.values_list("name", "page")) == {
            "All": "review", "Mine": "actions", "Late": "actions",
        }  # fmt: skip
        assert SavedView.objects.get(name="All").pk == new.pk
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(before)
