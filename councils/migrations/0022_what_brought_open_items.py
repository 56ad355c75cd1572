"""What brought the items that stand on agendas already, as far as they say so themselves."""

from typing import Any

from django.db import migrations


def name_sources(apps: Any, _schema: Any) -> None:
    items = apps.get_model("councils", "AgendaItem").objects.filter(raised_by=None, source="", state="open")
    items.filter(matter="resources").update(source="resources")
    for item in items.filter(matter__in=["late_action", "theme", "open_request", "pilot"]):
        if item.proposal.get("escalated"):
            source = "escalation"
        elif item.matter == "late_action":
            source = "date" if item.proposal.get("outcome") == "extend" else "escalation"
        else:
            continue
        items.filter(pk=item.pk).update(source=source)


def forget_sources(apps: Any, _schema: Any) -> None:
    apps.get_model("councils", "AgendaItem").objects.exclude(source="").update(source="")


class Migration(migrations.Migration):
    dependencies = [("councils", "0021_an_agenda_builds_itself")]

    operations = [migrations.RunPython(name_sources, forget_sources)]
