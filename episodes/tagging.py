"""Making published files: claim, write a copy aside, settle it, and let the episode have it.

The version, the episode's pointer and the end of the job are one transaction behind a fence; a
worker that dies leaves at most a part in `incoming/`. Originals are only read.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image as Pillow

from catalog.artwork import rendition_name
from catalog.models import Image
from episodes import holding, jobs, listening, storing, working
from episodes.audio.facts import Reading
from episodes.audio.writing.fitting import CHAPTER_PICTURE
from episodes.audio.writing.labels import Labels
from episodes.audio.writing.published import write_published
from episodes.audio.writing.recording import Recording
from episodes.inspection import columns_of
from episodes.labelling import KIND, labels_for, plan, point, source_of, use_existing
from episodes.models import AudioFile, Episode, Job, Transition

COVER_SIDE, COVER_BYTES = 600, 200 * 1024
CHAPTER_SIDE = 300
_QUALITIES = (85, 75, 60, 45, 30)
_PIECE = 2**20


def label(key: str) -> bool:
    """Do one job now; `False` when it is done, being done by another, or waiting its turn."""
    return working.take(WORK, key)


def label_due() -> int:
    """Do what is due, also what no message reached and what a dead worker left."""
    return working.take_due(WORK)


def _do(claimed: jobs.Claim) -> None:
    number = int(claimed.key.partition(":")[0])
    episode = Episode.objects.with_labels().filter(pk=number).first()
    source = source_of(episode) if episode else None
    if episode is None or source is None:  # the draft was deleted, or has other audio now
        with transaction.atomic():
            jobs.finish(claimed)
        return
    # Of what the page says now: edits since the job was written are in it too.
    labels = labels_for(episode, at=timezone.now())
    if use_existing(episode, labels):
        with transaction.atomic():
            jobs.finish(claimed)
        return
    beat = working.Heartbeat(claimed)
    with storing.local_copy(source.path, beat=beat) as original, storing.workspace() as part:
        if (size := original.stat().st_size) != source.size:
            raise OSError(f"{source.path} has {size} bytes, {source.size} were stored")
        reading = write_published(
            original,
            part,
            labels,
            pictures=_read_pictures(labels),
            recording=_recording(source),
            beat=beat,
        )
        sha256 = _digest(part, beat)
        stored = storing.settle(part, sha256=sha256, size=part.stat().st_size, beat=beat)
    _record(claimed, source, labels, stored, reading)


@transaction.atomic
def _record(
    claimed: jobs.Claim,
    source: AudioFile,
    labels: Labels,
    stored: storing.Stored,
    reading: Reading,
) -> None:
    jobs.finish(claimed)
    episode = Episode.objects.select_for_update(of=("self",)).filter(pk=source.episode_id).first()
    if episode is None:
        return
    if source_of(episode) != source:  # a newer upload wins, and wants labels of its own
        plan(episode, at=timezone.now())
        return
    before = episode.audio
    version = _ensure_version(source, labels, stored, reading)
    point(episode, version)
    Job.objects.filter(kind=KIND, key__startswith=f"{episode.pk}:", dead=True).delete()
    if before and before != version:
        _forget_if_never_out(episode, before)


def _ensure_version(
    source: AudioFile, labels: Labels, stored: storing.Stored, reading: Reading
) -> AudioFile:
    """Return the episode's version with these bytes; equal bytes make no new one."""
    written = labels.to_json()
    rows = AudioFile.objects.filter(episode_id=source.episode_id, sha256=stored.sha256)
    if version := rows.first():
        version.labels_sha256 = labels.sha256()
        version.tags = {**version.tags, "written": written}
        version.save(update_fields=["labels_sha256", "tags", "updated_at"])
        return version
    columns = columns_of(reading)
    version = AudioFile(
        **{
            **columns,
            "kind": AudioFile.Kind.PUBLISHED,
            "source": source,
            "episode_id": source.episode_id,
            "sha256": stored.sha256,
            "path": stored.path,
            "size": stored.size,
            "labels_sha256": labels.sha256(),
            "tags": {**columns["tags"], "written": written},
            "reason": _("Tags written by Fortnight."),
        }
    )
    listening.take_over(version, source)
    version.full_clean()
    version.save()
    holding.hold(stored.path, stored.size)
    return version


def _forget_if_never_out(episode: Episode, version: AudioFile) -> None:
    """Drop a labelled copy that nobody was ever promised: each edit of a draft makes one."""
    released = Transition.objects.filter(episode=episode, to_status=Episode.Status.RELEASED)
    is_or_was_out = episode.status in {Episode.Status.RELEASED, Episode.Status.WITHDRAWN}
    if version.kind != AudioFile.Kind.PUBLISHED or is_or_was_out or released.exists():
        return
    if version.uploads.exists() or version.derived.exists():
        return
    version.delete()
    transaction.on_commit(partial(holding.discard_unnamed, version.path), robust=True)


def _recording(source: AudioFile) -> Recording:
    return Recording(
        source.container, source.codec, source.duration_ms, source.channels, source.sample_rate
    )


def _digest(path: Path, beat: Callable[[], None]) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(path):
        beat()
        digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


# --- Pictures -------------------------------------------------------------------------------------


def _read_pictures(labels: Labels) -> Mapping[str, bytes]:
    """Return the labels' pictures as small JPEGs, by the SHA-256 of the pictures they come from."""
    rows = Image.objects.filter(sha256__in=labels.pictures)
    found = {}
    for image in rows:
        is_cover = image.sha256 == labels.cover
        side, limit = (COVER_SIDE, COVER_BYTES) if is_cover else (CHAPTER_SIDE, CHAPTER_PICTURE)
        found[image.sha256] = _small_jpeg(image, side=side, limit=limit)
    return found


def _small_jpeg(image: Image, *, side: int, limit: int) -> bytes:
    with default_storage.open(rendition_name(image, side)) as file:
        picture: Any = Pillow.open(file).convert("RGB")
    picture.thumbnail((side, side), Pillow.Resampling.LANCZOS)
    content = b""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        # Not progressive: old players and cars show nothing of such a cover.
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
        content = buffer.getvalue()
        if len(content) <= limit:
            break
    return content


def _tell_failure(key: str, dead: bool) -> None:
    """The desk reads the job itself; there is no other place to tell."""


WORK = working.Work(KIND, _do, _tell_failure)
