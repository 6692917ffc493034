"""Who brought a transcript and when, and whether it has times."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0003_audio_truth"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="transcript",
            name="is_timed",
            field=models.BooleanField(
                default=True,
                help_text="A plain text has none, and no captions.",
                verbose_name="has times",
            ),
        ),
        migrations.AddField(
            model_name="transcript",
            name="uploaded_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="uploaded"
            ),
        ),
        migrations.AddField(
            model_name="transcript",
            name="uploaded_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="uploaded by",
            ),
        ),
    ]
