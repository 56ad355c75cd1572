"""A link in a mail knows for whom and by when something was owed when it was sent; help can be passed to a deputy."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0017_an_address_can_be_closed")]

    operations = [
        migrations.AddField(
            model_name="button",
            name="seat",
            field=models.ForeignKey(
                help_text="For which seat it is answered: it ends once somebody else answers for that.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.seat",
            ),
        ),
        migrations.AddField(
            model_name="button",
            name="owed_by",
            field=models.ForeignKey(
                help_text="Which seat owed the duty when it was sent; handed on, it ends.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.seat",
            ),
        ),
        migrations.AddField(
            model_name="button",
            name="due_on",
            field=models.DateField(help_text="By when that was owed; another day ends it.", null=True),
        ),
        migrations.AddField(
            model_name="helprequest",
            name="passed_to",
            field=models.ForeignKey(
                help_text="The deputy to whom whoever was asked passed it on; they answer it too.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
