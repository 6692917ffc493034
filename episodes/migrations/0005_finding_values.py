"""What an upload's message was made with, so that it can be said in any language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("episodes", "0004_transcripts_uploaded")]

    operations = [
        migrations.AddField(
            model_name="audioupload",
            name="finding_values",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="What the message was made with, so that it can be said in any language.",
            ),
        ),
    ]
