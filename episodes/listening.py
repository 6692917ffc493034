"""Listening to audio versions: how loud, how clean, what shape, written beside their facts.

Each sound is heard once: versions with equal bytes share what was found, and a published version
takes it over from what it was made of. Nothing waits for it and no release depends on it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils import timezone

from episodes import jobs, storing, working
from episodes.audio.listening.facts import Heard
from episodes.audio.listening.hearing import hear
from episodes.audio.listening.judging import judge
from episodes.models import AudioFile, Job, Waveform
from episodes.waking import wake_on_commit

KIND = "listen"
TASK = "episodes.listen"

Kind = AudioFile.Kind
SOUND = ("integrated_lufs", "true_peak_dbtp", "loudness_range_lu", "sound_report", "waveform")
_FORGOTTEN_AT_ONCE = 100


class State(StrEnum):
    HEARD = "heard"
    WAITING = "waiting"
    LISTENING = "listening"
    FAILED = "failed"
    NEVER = "never"
    """Nobody asked for it: the version is from before there was listening."""


@dataclass(frozen=True, slots=True)
class Progress:
    state: State
    last_error: str = ""


def listen(version_id: int) -> bool:
    """Listen to one version now; `False` when it is done, in other hands, or waits its turn."""
    return working.take(WORK, str(version_id))


def listen_due() -> int:
    """Listen to the next version that is due. One only: uploads wait behind in the same queue."""
    return working.take_due(WORK, most=1)


def plan(version: AudioFile) -> None:
    """Have a version listened to, unless it was; in the transaction that makes it."""
    if version.sound_report is None:
        jobs.enqueue(KIND, str(version.pk))
        wake_on_commit(TASK, version.pk)


def plan_forgotten() -> int:
    """Plan for versions that nobody ever asked for, from before there was listening."""
    asked = Job.objects.filter(kind=KIND, key=Cast(OuterRef("pk"), CharField()))
    rows = AudioFile.objects.filter(~Exists(asked), sound_report__isnull=True).exclude(
        kind=Kind.PUBLISHED
    )
    with transaction.atomic():
        forgotten = list(rows.order_by("-pk")[:_FORGOTTEN_AT_ONCE])
        for version in forgotten:
            jobs.enqueue(KIND, str(version.pk))
    return len(forgotten)


def retry(version: AudioFile) -> bool:
    """Try again what was given up, or never tried; `False` when there is nothing to do."""
    if version.sound_report is not None:
        return False
    with transaction.atomic():
        jobs.enqueue(KIND, str(version.pk))
        jobs.retry(KIND, str(version.pk))
        wake_on_commit(TASK, version.pk)
    return True


def progress(version: AudioFile) -> Progress:
    """Say how far listening to a version is."""
    if version.sound_report is not None:
        return Progress(State.HEARD)
    job = Job.objects.filter(kind=KIND, key=str(version.pk)).first()
    if job is None:
        return Progress(State.NEVER)
    if job.dead:
        return Progress(State.FAILED, job.last_error)
    at_work = job.lease_until is not None and job.lease_until > timezone.now()
    return Progress(State.LISTENING if at_work else State.WAITING, job.last_error)


def take_over(version: AudioFile, source: AudioFile) -> None:
    """Give a version, saved or to be saved, what was heard in what it was made of.

    Call it in the transaction that saves `version`: it holds the row of `source` until the end, so
    that listening which ends at the same moment finds `version`. It saves nothing itself.
    """
    held = AudioFile.objects.select_for_update(of=("self",)).get(pk=source.pk)
    for name in SOUND:
        setattr(version, name, getattr(held, name))


def as_columns(heard: Heard, **more: Any) -> dict[str, Any]:
    """Return the values for an audio version's columns; `more` goes into its report."""
    verdict, measured = judge(heard), heard.measured
    facts = measured.to_json()
    report = {
        **facts,
        "changes_format": heard.changes_format,
        "loudness": verdict.loudness.value,
        "peak": verdict.peak.value,
        "target_lufs": verdict.target_lufs,
        "findings": [
            {"code": each.code, "message": each.sentence, "values": each.values}
            for each in verdict.findings
        ],
        **more,
    }
    return {
        "integrated_lufs": heard.integrated_lufs,
        "true_peak_dbtp": measured.true_peak_dbtp,
        "loudness_range_lu": heard.loudness_range_lu,
        "sound_report": report,
        "waveform": Waveform.objects.create(length=measured.cells, peaks=heard.peaks),
    }


def _do(claimed: jobs.Claim) -> None:
    version = AudioFile.objects.filter(pk=int(claimed.key)).first()
    if version is None or version.sound_report is not None:
        with transaction.atomic():
            jobs.finish(claimed)
        return
    known = AudioFile.objects.filter(sha256=version.sha256, sound_report__isnull=False).first()
    if known is not None:
        _record(claimed, version, {name: getattr(known, name) for name in SOUND})
        return
    beat = working.Heartbeat(claimed)
    with storing.local_copy(version.path, beat=beat) as path:
        heard = hear(path, seconds=version.duration_ms / 1000, keep_alive=beat)
    _record(claimed, version, heard)


@transaction.atomic
def _record(claimed: jobs.Claim, version: AudioFile, found: Heard | dict[str, Any]) -> None:
    jobs.finish(claimed)
    columns = as_columns(found) if isinstance(found, Heard) else found
    now = timezone.now()
    same = AudioFile.objects.filter(sha256=version.sha256, sound_report__isnull=True)
    # This takes the rows' locks; who was in `take_over` meanwhile is seen by the second update.
    same.update(**columns, updated_at=now)
    published = AudioFile.objects.filter(
        kind=Kind.PUBLISHED, source__sha256=version.sha256, sound_report__isnull=True
    )
    published.update(**columns, updated_at=now)


def _tell_failure(key: str, dead: bool) -> None:
    """Nothing to write: the page reads the job's own row."""


WORK = working.Work(KIND, _do, _tell_failure)
