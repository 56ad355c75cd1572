from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the move of its contents: PostgreSQL alters no table in the transaction that changed its rows."""

    dependencies = [("governance", "0015_paused_and_hastened_ladders")]

    operations = [
        migrations.RemoveField(model_name="duty", name="held_until"),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                fields=["kind", "subject"], condition=models.Q(closed_at=None), name="duty_open_by_kind"
            ),
        ),
    ]
