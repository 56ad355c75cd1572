from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("councils", "0009_risks_time_and_delegation")]

    operations = [
        migrations.RemoveConstraint(model_name="meeting", name="a_meeting_opens_under_a_charter"),
        migrations.AlterField(
            model_name="meeting",
            name="state",
            field=models.CharField(
                choices=[("planned", "planned"), ("open", "open"), ("closed", "closed"), ("off", "called off")],
                default="planned",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=["planned", "off"]) | models.Q(charter_version__isnull=False),
                name="a_meeting_opens_under_a_charter",
            ),
        ),
    ]
