"""The versions of an episode's audio, which one is out, and what its tags say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from catalog.artwork import rendition_name
from catalog.models import Image
from episodes import labelling
from episodes.models import AudioFile, Episode
from feeds.links import audio_path

Kind = AudioFile.Kind
_THUMBNAIL = 160
_UPLOADED = gettext_noop("Uploaded as “%(name)s”.")


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: AudioFile
    address: str
    is_out: bool
    may_be_used: bool

    @property
    def what(self) -> str:
        if self.version.kind == Kind.ORIGINAL:
            return _("As uploaded")
        if self.version.kind == Kind.MASTER:
            return pgettext("audio version", "Master")
        return _("With tags")

    @property
    def by(self) -> str:
        """Who sent it; nobody did where it was made here."""
        uploads = list(self.version.uploads.all())
        return str(uploads[0].by) if uploads and uploads[0].by else ""

    @property
    def why(self) -> str:
        """The reason in the reader's language; a worker has stored it in its own, English."""
        stored = self.version.reason
        for upload in self.version.uploads.all():
            named = {"name": upload.original_name[:200]}
            if stored == _UPLOADED % named:
                return _(_UPLOADED) % named
        return _(stored) if stored else ""

    @property
    def fingerprint(self) -> str:
        return self.version.sha256[:12]


@dataclass(frozen=True, slots=True)
class WrittenTags:
    """What was written into the file and read back from it before it was used."""

    values: dict[str, Any]
    cover: str

    @property
    def people(self) -> list[str]:
        return [
            ", ".join(part for part in (each["name"], each["affiliation"]) if part)
            for each in self.values["credits"]
        ]

    @property
    def chapters(self) -> list[dict[str, Any]]:
        return list(self.values["chapters"])


@dataclass(frozen=True, slots=True)
class VersionsPanel:
    rows: Sequence[VersionRow]
    standing: labelling.Standing
    tags: WrittenTags | None
    is_out: bool
    """Whether the episode is, or was, in the world: then nothing changes by itself."""
    may_change: bool

    @property
    def state(self) -> str:
        """Return none, untaggable, current, failed, writing or behind."""
        standing = self.standing
        if not self.rows:
            return "none"
        if standing.source is None:
            return "untaggable"
        if standing.failure:
            return "failed"
        if standing.is_current or (standing.has_labels and self.is_out and not standing.behind):
            return "current"
        if standing.job is not None or not self.is_out:
            return "writing"
        return "behind"

    @property
    def behind(self) -> str:
        return ", ".join(self.standing.behind)


def read_versions_panel(episode: Episode, *, may_change: bool, now: datetime) -> VersionsPanel:
    """Read the panel in a fixed number of queries, however many versions there are."""
    versions = list(episode.audio_files.prefetch_related("uploads__by").order_by("-created_at"))
    standing = labelling.compare(episode, at=now, with_job=True)
    in_use = standing.source.pk if standing.source else episode.audio_id
    rows = [
        VersionRow(
            version,
            audio_path(episode, version),
            is_out=version.pk == episode.audio_id,
            may_be_used=version.kind != Kind.PUBLISHED and version.pk != in_use,
        )
        for version in versions
    ]
    was_out = episode.is_due(now) or episode.status == Episode.Status.WITHDRAWN
    return VersionsPanel(rows, standing, _tags(episode.audio), was_out, may_change)


def _tags(version: AudioFile | None) -> WrittenTags | None:
    values = version.tags.get("written") if version else None
    if not values:
        return None
    image = Image.objects.filter(sha256=values["cover"]).first() if values["cover"] else None
    cover = default_storage.url(rendition_name(image, _THUMBNAIL)) if image else ""
    return WrittenTags(values, cover)
