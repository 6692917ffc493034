"""Uploads as they arrive and arrived, and audio versions as they were understood."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models.base import PublicModel
from episodes.models.episodes import Episode
from episodes.wording import sentence


class Waveform(models.Model):
    """The picture of a sound: the lowest and highest sample of each hundredth of a second.

    `peaks` is zlib over pairs of signed bytes (low, high), 100 pairs a second. Versions that hold
    the same sound share a row.
    """

    length = models.PositiveIntegerField(_("pairs"))
    peaks = models.BinaryField()
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("waveform")
        verbose_name_plural = _("waveforms")

    def __str__(self) -> str:
        return f"{self.length / 100:.0f} s"


class AudioFile(PublicModel):
    """An immutable version of an episode's audio, with facts read from its bytes.

    The bytes are stored once under their SHA-256; `uid` is what the public address shows, so that
    nobody reaches a file by guessing from what they know. An original is what was uploaded and is
    never touched; masters and published versions are made from it, aside.
    """

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("Original")
        MASTER = "master", pgettext_lazy("audio version", "Master")
        PUBLISHED = "published", pgettext_lazy("audio version", "Published")

    kind = models.CharField(
        _("kind"),
        max_length=9,
        choices=Kind,
        default=Kind.ORIGINAL,
        help_text=_("A master is normalised or encoded by us; a published version has our tags."),
    )
    source = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="derived",
        verbose_name=_("made from"),
    )
    labels_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Of the title, credits, chapters and cover that were written into the file."),
    )
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="audio_files")
    sha256 = models.CharField("SHA-256", max_length=64)
    path = models.CharField(_("stored as"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    mime_type = models.CharField(_("type"), max_length=64)
    extension = models.CharField(_("extension"), max_length=8)
    container = models.CharField(_("container"), max_length=32)
    codec = models.CharField(_("codec"), max_length=32)
    duration_ms = models.PositiveIntegerField(_("duration"), help_text=_("Milliseconds."))
    bit_rate = models.PositiveIntegerField(_("bit rate"), help_text=_("Bits per second, average."))
    bit_rate_mode = models.CharField(_("bit rate mode"), max_length=8, blank=True)
    channels = models.PositiveSmallIntegerField(_("channels"))
    sample_rate = models.PositiveIntegerField(_("sample rate"), help_text=_("Hz."))
    integrated_lufs = models.FloatField(_("loudness"), null=True, blank=True)
    true_peak_dbtp = models.FloatField(_("true peak"), null=True, blank=True)
    loudness_range_lu = models.FloatField(_("loudness range"), null=True, blank=True)
    sound_report = models.JSONField(
        _("what was heard"), null=True, blank=True, help_text=_("Empty until it was listened to.")
    )
    waveform = models.ForeignKey(
        Waveform,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("waveform"),
    )
    embedded_chapters = models.JSONField(_("chapters in the file"), default=list, blank=True)
    tags = models.JSONField(_("tags"), default=dict, blank=True)
    findings = models.JSONField(_("warnings"), default=list, blank=True)
    reason = models.CharField(_("why this version"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("audio version")
        verbose_name_plural = _("audio versions")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "sha256"],
                name="episodes_audiofile_once_per_episode",
                violation_error_message=_("The episode has this file already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="original", source=None)
                | (~Q(kind="original") & Q(source__isnull=False)),
                name="episodes_audiofile_derived_from_something",
                violation_error_message=_("Only an original is made from nothing."),
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, duration_ms__gt=0),
                name="episodes_audiofile_has_sound",
                violation_error_message=_("The file holds no sound."),
            ),
        ]
        indexes = [
            # Intake asks whether the same bytes were read before.
            models.Index(fields=["sha256"], name="episodes_audiofile_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.codec}, {self.duration_ms / 1000:.0f} s, {self.size} B"

    @property
    def remarks(self) -> list[str]:
        """The warnings, in the reader's language."""
        return [sentence(finding) for finding in self.findings]

    @property
    def original(self) -> "AudioFile":
        """The upload that this version goes back to; itself if it is one."""
        version = self
        while version.source is not None:
            version = version.source
        return version


class IncomingUpload(PublicModel):
    """An upload on its way: the tus resource, or the multipart upload of an object storage.

    `uid` is in its address. The bytes that are here are what counts (the length of the part file),
    so nothing about progress is written down. When the last byte is stored `upload` is set, and
    the row stays until it expires: a client that missed the last answer asks again and is told.
    """

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="incoming_uploads")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("by"),
    )
    original_name = models.CharField(
        _("name"), max_length=255, help_text=_("A label; never used as a path.")
    )
    size = models.PositiveBigIntegerField(_("size in bytes"), help_text=_("tus: Upload-Length."))
    expires_at = models.DateTimeField(_("expires"))
    multipart_id = models.CharField(
        max_length=1024, blank=True, help_text=_("The object storage's own name for it.")
    )
    upload = models.OneToOneField(
        "episodes.AudioUpload",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("upload"),
    )

    class Meta:
        verbose_name = _("upload on its way")
        verbose_name_plural = _("uploads on their way")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0),
                name="episodes_incomingupload_has_bytes",
                violation_error_message=_("The file is empty."),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="episodes_incoming_expires"),
        ]

    def __str__(self) -> str:
        return self.original_name


class AudioUpload(PublicModel):
    """A file that an editor sent: kept from the moment it was acknowledged, whatever happens."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        READING = "reading", _("Reading")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Could not be read yet")

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="audio_uploads")
    original_name = models.CharField(
        _("name"), max_length=255, help_text=_("A label; never used as a path.")
    )
    sha256 = models.CharField(
        "SHA-256",
        max_length=64,
        blank=True,
        help_text=_("Empty until an object storage's is read."),
    )
    path = models.CharField(_("stored as"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RECEIVED)
    code = models.CharField(_("verdict"), max_length=64, blank=True)
    message = models.TextField(_("message"), blank=True)
    finding_values = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text=_("What the message was made with, so that it can be said in any language."),
    )
    audio = models.ForeignKey(
        AudioFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("version"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.original_name

    @property
    def sentence(self) -> str:
        """The message, in the reader's language."""
        return sentence({"code": self.code, "message": self.message, "values": self.finding_values})
