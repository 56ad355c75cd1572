from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("actions", "0008_theme_topics")]

    operations = [migrations.RemoveField(model_name="theme", name="key")]
