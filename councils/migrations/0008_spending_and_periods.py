"""Balances are asked of the postings from here on; until here a trigger kept them on the account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_KEPT = (
    "UPDATE councils_account SET balance = (SELECT COALESCE(SUM(amount), 0) FROM councils_posting WHERE target_id ="
    " councils_account.id) - (SELECT COALESCE(SUM(amount), 0) FROM councils_posting WHERE source_id ="
    " councils_account.id)"
)


def let_go(apps, schema_editor):
    """The triggers that read the account's table stand in the way of its change; those that stay are set again."""
    on = " ON councils_posting" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("councils_posting_balances", "councils_posting_one_envelope"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def keep_again(apps, schema_editor):
    schema_editor.execute(_KEPT)


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0007_rosters"),
        ("governance", "0009_charter_submissions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(let_go, keep_again),
        migrations.CreateModel(
            name="Spending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.BigIntegerField(help_text="Minor units, or minutes.")),
                (
                    "overrun",
                    models.BigIntegerField(
                        default=0, help_text="How much of it was beyond the allocation when posted."
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("what", models.CharField(max_length=200, verbose_name="what for")),
                ("cost_centre", models.CharField(blank=True, max_length=40, verbose_name="cost centre")),
                ("external_reference", models.CharField(blank=True, max_length=80, verbose_name="external reference")),
                ("at", models.DateTimeField()),
                ("reversed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "spending",
            },
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="no_account_goes_below_nothing",
        ),
        migrations.RemoveField(
            model_name="account",
            name="balance",
        ),
        migrations.AddField(
            model_name="envelope",
            name="carried_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried_from",
                to="councils.envelope",
            ),
        ),
        migrations.AddField(
            model_name="envelope",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="envelope",
            name="closed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="envelope",
            name="rest",
            field=models.CharField(
                blank=True, choices=[("lapsed", "lapsed"), ("carried", "carried over")], max_length=7
            ),
        ),
        migrations.AddField(
            model_name="envelope",
            name="unit",
            field=models.CharField(
                choices=[("money", "money"), ("time", "person-time")], default="money", max_length=5
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="twin",
            field=models.OneToOneField(
                help_text="The movement out of another envelope that this one continues.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continued_by",
                to="councils.posting",
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("lapsed", "lapsed"),
                    ("carried", "carried over"),
                    ("transferred", "transferred"),
                    ("covered", "overrun covered by the grantor"),
                ],
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("grantor", "the grantor"),
                    ("free", "free in the envelope"),
                    ("allocation", "allocated"),
                    ("spent", "spent"),
                    ("overrun", "overrun"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="envelope",
            name="currency",
            field=models.CharField(
                blank=True, help_text="Of money, and one alone; person-time has none.", max_length=3
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="amount",
            field=models.BigIntegerField(help_text="Minor units or minutes, more than nothing."),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("unit", "time"), ("currency", "")),
                    models.Q(("unit", "money"), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="an_envelope_holds_one_currency_or_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("carried_into", None), ("closed_at", None), ("closed_by", None), ("rest", "")),
                    models.Q(
                        ("carried_into", None),
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("rest", "lapsed"),
                    ),
                    models.Q(
                        ("carried_into__isnull", False),
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("rest", "carried"),
                    ),
                    _connector="OR",
                ),
                name="a_closed_envelope_says_what_became_of_its_rest",
            ),
        ),
        migrations.AddField(
            model_name="spending",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="spending",
            name="envelope",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="spending", to="councils.envelope"
            ),
        ),
        migrations.AddField(
            model_name="spending",
            name="reverses",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="councils.spending",
            ),
        ),
        migrations.AddField(
            model_name="spending",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="spending", to="governance.subject"
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="spending",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="councils.spending"
            ),
        ),
        migrations.AddIndex(
            model_name="spending",
            index=models.Index(fields=["subject", "-id"], name="spending_of_a_thing"),
        ),
        migrations.AddConstraint(
            model_name="spending",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="spending_is_more_than_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="spending",
            constraint=models.CheckConstraint(
                condition=models.Q(("overrun__gte", 0), ("overrun__lte", models.F("amount"))),
                name="an_overrun_is_part_of_its_spending",
            ),
        ),
        migrations.AddConstraint(
            model_name="spending",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("reversed_at", None), ("reverses", None), models.Q(("external_reference", ""), _negated=True)
                ),
                fields=("envelope", "external_reference"),
                name="an_external_reference_is_posted_once",
            ),
        ),
    ]
