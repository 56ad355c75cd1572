"""Kept views are of every page: their rows move below, with their keys, as views of the list of actions."""

from typing import Any

from django.core.management.color import no_style
from django.db import migrations

SHARED = ("id", "person_id", "name", "query", "created_at")
AT_ONCE = 2_000
ACTIONS = "actions"


def down(apps: Any, schema_editor: Any) -> None:
    """From actions to governance, where they are of one page among others."""
    _move(apps, schema_editor, ("actions", "SavedView"), ("governance", "SavedView"), {}, {"page": ACTIONS})


def up(apps: Any, schema_editor: Any) -> None:
    """Back: those of the list of actions. No other page could be kept there."""
    _move(apps, schema_editor, ("governance", "SavedView"), ("actions", "SavedView"), {"page": ACTIONS}, {})


def _move(apps: Any, schema_editor: Any, source: Any, target: Any, which: dict[str, Any], more: dict[str, Any]) -> None:
    was, becomes = apps.get_model(*source), apps.get_model(*target)
    rows = was.objects.filter(**which).order_by("pk").values(*SHARED)
    # After a way back, views of other pages are there still: who has their key by now gets another one.
    taken = set(becomes.objects.values_list("pk", flat=True))
    moved = [becomes(**row, **more) for row in rows.iterator(AT_ONCE)]
    becomes.objects.bulk_create([one for one in moved if one.pk not in taken], batch_size=AT_ONCE)
    again = [one for one in moved if one.pk in taken]
    was.objects.filter(**which).delete()
    # Rows that came with their keys do not move PostgreSQL's sequence on.
    with schema_editor.connection.cursor() as cursor:
        for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [becomes]):
            cursor.execute(statement)
    for one in again:
        one.pk = None
        one.save(force_insert=True)


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0028_the_record_is_drawn_up"),
        ("governance", "0027_saved_views_of_every_page"),
    ]

    operations = [
        migrations.RunPython(down, up),
        migrations.DeleteModel(name="SavedView"),
    ]
