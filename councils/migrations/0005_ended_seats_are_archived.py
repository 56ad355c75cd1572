"""A council's seat that ended is archived: it is no vacancy, and nobody is to be found for it."""

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def archive(apps: Any, _schema: Any) -> None:
    membership, subject = apps.get_model("councils", "Membership"), apps.get_model("governance", "Subject")
    ended = membership.objects.filter(ended_at__isnull=False)
    subject.objects.filter(pk__in=ended.values("seat_id"), archived_at=None).update(
        archived_at=Subquery(ended.filter(seat_id=OuterRef("pk")).values("ended_at")[:1])
    )


def restore(apps: Any, _schema: Any) -> None:
    membership, subject = apps.get_model("councils", "Membership"), apps.get_model("governance", "Subject")
    ended = membership.objects.filter(ended_at__isnull=False, ended_at=F("seat__subject__archived_at"))
    subject.objects.filter(pk__in=ended.values("seat_id")).update(archived_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0004_trials"),
        ("governance", "0007_help_requests"),
    ]

    operations = [migrations.RunPython(archive, restore)]
