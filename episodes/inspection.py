"""Reading uploads: claim, look at the bytes in a child process, write down what they are.

Any number of workers may do this at once and any of them may die at any moment: the verdict, the
audio version, the episode's pointer and the end of the job are one transaction behind a fence, so
an upload is read once in effect, however often it was begun.
"""

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import (
    holding,
    jobs,
    labelling,
    listening,
    mastering,
    object_storage,
    storing,
    working,
)
from episodes.audio.containment import read_contained
from episodes.audio.facts import AudioFacts, Finding, Reading
from episodes.chaptering import adopt_embedded
from episodes.models import AudioFile, AudioUpload, Episode
from episodes.wording import sentence

KIND = "inspect_upload"

State = AudioUpload.State


def inspect(upload_id: int) -> bool:
    """Read one upload now; `False` when it is done, being read by another, or waiting its turn."""
    return working.take(WORK, str(upload_id))


def inspect_due() -> int:
    """Read what is due: uploads that no message reached, and those that a dead worker left."""
    return working.take_due(WORK)


def _do(claimed: jobs.Claim) -> None:
    upload = AudioUpload.objects.filter(pk=int(claimed.key)).first()
    if upload is None:  # its draft was deleted
        with transaction.atomic():
            jobs.finish(claimed)
        return
    _mark_reading(upload)
    came_as = upload.path
    found = _facts_of(claimed, upload)
    with transaction.atomic():
        _record(claimed, upload, found)
        if upload.path != came_as:
            holding.hold(upload.path, upload.size)
            transaction.on_commit(partial(object_storage.delete, came_as), robust=True)


def _mark_reading(upload: AudioUpload) -> None:
    AudioUpload.objects.filter(pk=upload.pk, state__in=[State.RECEIVED, State.FAILED]).update(
        state=State.READING, code="", message=""
    )


def _facts_of(claimed: jobs.Claim, upload: AudioUpload) -> AudioFile | Reading:
    """Return a version of any episode with the same bytes, or read them afresh."""
    beat = working.Heartbeat(claimed)
    if not upload.sha256:
        with storing.settled_copy(upload.path, beat=beat) as (copy, stored):
            upload.sha256, upload.path = stored.sha256, stored.path
            return _known(upload) or _read(copy, upload, beat)
    if known := _known(upload):
        return known
    with storing.local_copy(upload.path, beat=beat) as path:
        return _read(path, upload, beat)


def _known(upload: AudioUpload) -> AudioFile | None:
    return AudioFile.objects.filter(sha256=upload.sha256, size=upload.size).order_by("pk").first()


def _read(path: Path, upload: AudioUpload, beat: working.Heartbeat) -> Reading:
    if (size := path.stat().st_size) != upload.size:
        raise OSError(f"{upload.path} has {size} bytes, {upload.size} were stored")
    return read_contained(path, name=upload.original_name, keep_alive=beat)


def _record(claimed: jobs.Claim, upload: AudioUpload, found: AudioFile | Reading) -> None:
    jobs.finish(claimed)
    if isinstance(found, Reading) and found.facts is None:
        _refuse(upload, found.refusal)
        return
    episode = Episode.objects.select_for_update(of=("self",)).get(pk=upload.episode_id)
    version = _ensure_version(episode, upload, found)
    _close(upload, State.ACCEPTED, code=_verdict(version), message="", audio=version)
    listening.plan(version)
    if not _is_outdated(upload):
        episode.audio = version
        episode.save(update_fields=["audio", "updated_at"])
        adopt_embedded(episode, version)
        labelling.plan(episode, at=timezone.now())
        if mastering.is_lossless(version):
            mastering.plan(version, mastering.Recipe.ENCODE)


def _ensure_version(episode: Episode, upload: AudioUpload, found: AudioFile | Reading) -> AudioFile:
    """Return the episode's version with these bytes, making it when it is the first time."""
    version = AudioFile.objects.filter(episode=episode, sha256=upload.sha256).first()
    if version is not None:
        return version
    facts = _copied(found) if isinstance(found, AudioFile) else columns_of(found)
    version = AudioFile(
        episode=episode,
        sha256=upload.sha256,
        path=upload.path,
        size=upload.size,
        reason=_("Uploaded as “%(name)s”.") % {"name": upload.original_name[:200]},
        **facts,
    )
    version.full_clean()
    version.save()
    return version


_FACTS = (
    "mime_type",
    "extension",
    "container",
    "codec",
    "duration_ms",
    "bit_rate",
    "bit_rate_mode",
    "channels",
    "sample_rate",
)


def columns_of(reading: Reading) -> dict[str, Any]:
    """Return what a reading that refused nothing says, as columns of an audio version."""
    facts = reading.facts
    assert facts is not None  # noqa: S101 - the caller turned refusals away
    return {
        **{name: getattr(facts, name) for name in _FACTS},
        "embedded_chapters": [dataclasses.asdict(chapter) for chapter in facts.chapters],
        "tags": _labels(facts),
        "findings": [_as_row(finding) for finding in reading.findings],
    }


def _copied(version: AudioFile) -> dict[str, Any]:
    """Return the facts of equal bytes; a remark on the other upload's name does not apply."""
    names = (*_FACTS, "embedded_chapters", "tags", *listening.SOUND)
    findings = [each for each in version.findings if each["code"] != "extension"]
    facts = {name: getattr(version, name) for name in names}
    if report := version.sound_report:  # how a master was made is no fact about its bytes
        facts["sound_report"] = {name: report[name] for name in report if name != "made"}
    return {**facts, "findings": findings}


def _labels(facts: AudioFacts) -> dict[str, Any]:
    labels: dict[str, Any] = {
        name: value for name, value in dataclasses.asdict(facts.tags).items() if value
    }
    if facts.cover:
        labels["cover"] = dataclasses.asdict(facts.cover)
    return labels


def _as_row(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "message": finding.sentence, "values": finding.values}


def _verdict(version: AudioFile) -> str:
    return "accepted_with_warnings" if version.findings else "accepted"


def _is_outdated(upload: AudioUpload) -> bool:
    """Whether a later upload was accepted first; reading an old one late must not undo it."""
    later = AudioUpload.objects.filter(episode_id=upload.episode_id, pk__gt=upload.pk)
    return later.filter(state=State.ACCEPTED).exists()


def _refuse(upload: AudioUpload, refusal: Finding | None) -> None:
    assert refusal is not None  # noqa: S101 - a reading without facts has one
    upload.finding_values = refusal.values
    _close(upload, State.REFUSED, code=refusal.code, message=refusal.sentence, audio=None)


def _close(
    upload: AudioUpload, state: State, *, code: str, message: str, audio: AudioFile | None
) -> None:
    upload.state, upload.code, upload.message, upload.audio = state, code, message, audio
    verdict = ("state", "code", "message", "finding_values", "audio")
    upload.save(update_fields=[*verdict, "sha256", "path", "updated_at"])


def _tell_failure(key: str, dead: bool) -> None:
    code = "gave-up" if dead else "will-retry"
    unread = AudioUpload.objects.filter(pk=int(key)).exclude(
        state__in=[State.ACCEPTED, State.REFUSED]
    )
    unread.update(state=State.FAILED, code=code, message=sentence({"code": code}))


WORK = working.Work(KIND, _do, _tell_failure)
