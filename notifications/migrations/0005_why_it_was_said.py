from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_one_digest_a_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="why",
            field=models.JSONField(
                default=dict,
                help_text="Why it reached this person: rule, rung, day, in what capacity, in which hours. Keys, no names.",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("channel", "mail")), fields=["handed_at"], name="delivery_mailed"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("error", ""), _negated=True), fields=["message"], name="delivery_refused"
            ),
        ),
    ]
