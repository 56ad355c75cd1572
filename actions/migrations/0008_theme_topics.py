"""A topic lands in a theme by a row of its own, so that merging and splitting themes can move it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def each_topic_a_row(apps, schema_editor):
    theme, topic = apps.get_model("actions", "Theme"), apps.get_model("actions", "ThemeTopic")
    rows = theme.objects.exclude(key=None).values_list("pk", "key")
    topic.objects.bulk_create((topic(theme_id=pk, key=key) for pk, key in rows.iterator()), batch_size=500)


def each_theme_its_first_topic(apps, schema_editor):
    """Back again a theme has one topic: its oldest, or one made of its number where it has none of its own."""
    theme, topic = apps.get_model("actions", "Theme"), apps.get_model("actions", "ThemeTopic")
    first = dict(topic.objects.order_by("-pk").values_list("theme_id", "key"))
    for pk in theme.objects.values_list("pk", flat=True):
        theme.objects.filter(pk=pk).update(key=first.get(pk, f"THEME {pk}"))


class Migration(migrations.Migration):
    dependencies = [("actions", "0007_outcomes")]

    operations = [
        migrations.CreateModel(
            name="ThemeTopic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="The topic, folded.", max_length=200, unique=True)),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="topics", to="actions.theme"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="theme",
            name="merged_into",
            field=models.ForeignKey(
                help_text="The theme that took it up; never one that was merged itself.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="actions.theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="a_theme_is_not_merged_into_itself"
            ),
        ),
        migrations.AlterField(
            model_name="theme",
            name="key",
            field=models.CharField(help_text="The topic, folded.", max_length=200, null=True, unique=True),
        ),
        migrations.RunPython(each_topic_a_row, each_theme_its_first_topic),
    ]
