from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the move of its contents: PostgreSQL alters no table in the transaction that changed its rows."""

    dependencies = [("governance", "0015_paused_and_hastened_ladders")]

    operations = [migrations.RemoveField(model_name="duty", name="held_until")]
