"""What accompanies the audio: chapters, transcripts, highlights, corrections."""

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Image, Person
from catalog.models.base import PublicModel
from episodes.models.episodes import Episode


class Chapter(models.Model):
    """One chapter; the same rows become ID3 CHAP, JSON chapters, psc and the page."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="chapters")
    start_ms = models.PositiveIntegerField(_("start"), help_text=_("Milliseconds."))
    title = models.CharField(_("title"), max_length=255)
    url = models.URLField(
        _("link"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    image = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image"),
    )
    hidden = models.BooleanField(
        _("not in the table of contents"), default=False, help_text=_("JSON chapters: toc=false.")
    )

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ["start_ms"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "start_ms"],
                name="episodes_chapter_one_per_start",
                violation_error_message=_("Two chapters start at the same moment."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Transcript(PublicModel):
    """The words of an episode in one language; WebVTT is the master, other forms derive from it."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="transcripts")
    language = models.CharField(_("language"), max_length=16, help_text=_("BCP 47."))
    vtt = models.TextField("WebVTT")
    uploaded_as = models.CharField(
        _("uploaded as"), max_length=8, blank=True, help_text=_("vtt, srt, json, html or text.")
    )
    findings = models.JSONField(
        _("remarks"), default=list, blank=True, help_text=_("By cue, with line numbers.")
    )
    is_timed = models.BooleanField(
        _("has times"), default=True, help_text=_("A plain text has none, and no captions.")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), null=True, blank=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("uploaded by"),
    )

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "language"],
                name="episodes_transcript_once_per_language",
                violation_error_message=_("There is a transcript in this language already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.episode} ({self.language})"


class Speaker(models.Model):
    """A voice of a transcript: the label in its file, and who that is among the credited."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="speakers")
    label = models.CharField(_("label"), max_length=128)
    person = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["transcript", "label"], name="episodes_speaker_once_per_transcript"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.label)


class Soundbite(models.Model):
    """A highlight of the audio, 15 to 120 seconds as podcast:soundbite advises."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="soundbites")
    start_ms = models.PositiveIntegerField(_("start"), help_text=_("Milliseconds."))
    duration_ms = models.PositiveIntegerField(_("duration"), help_text=_("Milliseconds."))
    title = models.CharField(_("title"), max_length=128, blank=True)

    class Meta:
        verbose_name = _("soundbite")
        verbose_name_plural = _("soundbites")
        ordering = ["start_ms"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_ms__gt=0),
                name="episodes_soundbite_has_length",
                violation_error_message=_("A soundbite needs a duration."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.start_ms / 1000:.0f} s"


class Correction(PublicModel):
    """A public, dated correction of something said or written."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="corrections")
    corrected_at = models.DateTimeField(_("date"))
    text = models.TextField(_("correction"), help_text=_("Markdown."))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["corrected_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
