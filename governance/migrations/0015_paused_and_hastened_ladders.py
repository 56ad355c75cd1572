from zoneinfo import ZoneInfo

from django.db import migrations, models
from django.db.models import F


def pause(apps, _editor):
    """A moment until which a ladder was held becomes the day on which it goes on, where its calendar is."""
    Duty = apps.get_model("governance", "Duty")
    for duty in Duty.objects.exclude(held_until=None).filter(closed_at=None).select_related("calendar").iterator():
        day = duty.held_until.astimezone(ZoneInfo(duty.calendar.zone)).date()
        Duty.objects.filter(pk=duty.pk).update(paused_to=day, paused_from=F("rung"))


def hold(apps, _editor):
    Duty = apps.get_model("governance", "Duty")
    Day = apps.get_model("governance", "CalendarDay")
    for duty in Duty.objects.exclude(paused_to=None).filter(closed_at=None).iterator():
        opens = Day.objects.filter(calendar_id=duty.calendar_id, day=duty.paused_to).values_list("opens_at", flat=True)
        Duty.objects.filter(pk=duty.pk).update(held_until=opens.first())


class Migration(migrations.Migration):
    dependencies = [("governance", "0014_close_an_envelope")]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="paused_to",
            field=models.DateField(null=True, help_text="The first day on which its ladder goes on after a hold."),
        ),
        migrations.AddField(
            model_name="duty",
            name="paused_from",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="The rung that it had reached when it was put on hold."
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="climbs_at",
            field=models.DateTimeField(
                null=True,
                help_text="When the meeting fell through that was to settle it: the body above is asked from then.",
            ),
        ),
        migrations.RunPython(pause, hold),
    ]
