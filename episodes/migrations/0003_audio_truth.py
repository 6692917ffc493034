"""What the truth about audio needs: versions made from originals, uploads on their way, reports."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_guid_is_immutable"),
        ("episodes", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Waveform",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("length", models.PositiveIntegerField(verbose_name="pairs")),
                ("peaks", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "waveform",
                "verbose_name_plural": "waveforms",
            },
        ),
        migrations.AddField(
            model_name="audiofile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("original", "Original"),
                    ("master", "Master"),
                    ("published", "Published"),
                ],
                default="original",
                help_text="A master is normalised or encoded by us; a published version has our tags.",
                max_length=9,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="audiofile",
            name="labels_sha256",
            field=models.CharField(
                blank=True,
                help_text="Of the title, credits, chapters and cover that were written into the file.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="audiofile",
            name="loudness_range_lu",
            field=models.FloatField(blank=True, null=True, verbose_name="loudness range"),
        ),
        migrations.AddField(
            model_name="audiofile",
            name="sound_report",
            field=models.JSONField(
                blank=True,
                help_text="Empty until it was listened to.",
                null=True,
                verbose_name="what was heard",
            ),
        ),
        migrations.AddField(
            model_name="audiofile",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="derived",
                to="episodes.audiofile",
                verbose_name="made from",
            ),
        ),
        migrations.AddField(
            model_name="transcript",
            name="findings",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="By cue, with line numbers.",
                verbose_name="remarks",
            ),
        ),
        migrations.AddField(
            model_name="transcript",
            name="uploaded_as",
            field=models.CharField(
                blank=True,
                help_text="vtt, srt, json, html or text.",
                max_length=8,
                verbose_name="uploaded as",
            ),
        ),
        migrations.AlterField(
            model_name="audioupload",
            name="sha256",
            field=models.CharField(
                blank=True,
                help_text="Empty until an object storage's is read.",
                max_length=64,
                verbose_name="SHA-256",
            ),
        ),
        migrations.CreateModel(
            name="IncomingUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "original_name",
                    models.CharField(
                        help_text="A label; never used as a path.",
                        max_length=255,
                        verbose_name="name",
                    ),
                ),
                (
                    "size",
                    models.PositiveBigIntegerField(
                        help_text="tus: Upload-Length.", verbose_name="size in bytes"
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "multipart_id",
                    models.CharField(
                        blank=True,
                        help_text="The object storage's own name for it.",
                        max_length=1024,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="incoming_uploads",
                        to="episodes.episode",
                    ),
                ),
                (
                    "upload",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="episodes.audioupload",
                        verbose_name="upload",
                    ),
                ),
            ],
            options={
                "verbose_name": "upload on its way",
                "verbose_name_plural": "uploads on their way",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Speaker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=128, verbose_name="label")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "transcript",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="speakers",
                        to="episodes.transcript",
                    ),
                ),
            ],
            options={
                "verbose_name": "speaker",
                "verbose_name_plural": "speakers",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="audiofile",
            name="waveform",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="episodes.waveform",
                verbose_name="waveform",
            ),
        ),
        migrations.AddConstraint(
            model_name="audiofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "original"), ("source", None)),
                    models.Q(
                        models.Q(("kind", "original"), _negated=True), ("source__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="episodes_audiofile_derived_from_something",
                violation_error_message="Only an original is made from nothing.",
            ),
        ),
        migrations.AddIndex(
            model_name="incomingupload",
            index=models.Index(fields=["expires_at"], name="episodes_incoming_expires"),
        ),
        migrations.AddConstraint(
            model_name="incomingupload",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0)),
                name="episodes_incomingupload_has_bytes",
                violation_error_message="The file is empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="speaker",
            constraint=models.UniqueConstraint(
                fields=("transcript", "label"), name="episodes_speaker_once_per_transcript"
            ),
        ),
    ]
