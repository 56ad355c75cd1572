from django.db import migrations, models

import councils.models.meetings


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0012_meetings_come_in_series"),
    ]

    operations = [
        migrations.AlterField(
            model_name="meeting",
            name="uid",
            field=models.CharField(
                default=councils.models.meetings.new_uid,
                help_text="In calendars; of a series, that one's.",
                max_length=255,
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(fields=("series", "slot"), name="a_series_meets_once_at_a_time"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("series", None)), fields=("uid",), name="a_calendar_knows_a_meeting_by_one_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("series", None), ("slot", None)),
                    models.Q(("series__isnull", False), ("slot__isnull", False)),
                    _connector="OR",
                ),
                name="a_meeting_of_a_series_has_its_moment",
            ),
        ),
    ]
