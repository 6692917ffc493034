"""Masters: versions that we make ourselves, out of the original and beside it.

Two recipes. `encode` turns a lossless original into an MP3 that every app plays. `normalise` also
brings it to the loudness of podcasts: the first of loudnorm's two passes is what listening found
already; where a plain gain keeps the peaks under the ceiling it is all that is done (loudnorm's
linear mode is no more), else loudnorm itself evens the sound out.
"""

import hashlib
import os
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import holding, jobs, labelling, listening, storing, working
from episodes.audio import ffmpeg
from episodes.audio.containment import read_contained
from episodes.audio.facts import AudioFacts
from episodes.audio.listening.facts import Heard
from episodes.audio.listening.hearing import hear
from episodes.audio.mastering import Plan, Sound, plan_encoding
from episodes.beating import beat_while
from episodes.exceptions import EpisodeError
from episodes.models import AudioFile, Episode, Job
from episodes.waking import wake_on_commit

KIND = "master"
TASK = "episodes.master"

Kind = AudioFile.Kind
LOSSLESS = frozenset({"PCM", "FLAC", "ALAC"})
_TOLERANCE_MS = 500
_MEMORY = 2**30
"""loudnorm works at 192 kHz and asks for several times its window when the sound ends."""


class Recipe(StrEnum):
    ENCODE = "encode"
    NORMALISE = "normalise"


class NotMastered(EpisodeError):
    """What was made is not what was wanted, and was thrown away."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A master that is being made, or could not be."""

    recipe: Recipe
    seconds: int
    """About how long it takes, once it is begun."""
    failed: bool
    last_error: str = ""


def master(key: str) -> bool:
    """Make one master now; `False` when it is made, in other hands, or waits its turn."""
    return working.take(WORK, key)


def master_due() -> int:
    """Make the next master that is due."""
    return working.take_due(WORK, most=1)


def is_lossless(version: AudioFile) -> bool:
    return version.codec in LOSSLESS


@transaction.atomic
def plan(original: AudioFile, recipe: Recipe) -> None:
    """Have a master made; the episode moves to it when it is ready, and at once if there is one."""
    made = _made(original, recipe)
    if made is not None:
        call_off(made)
        _move(Episode.objects.select_for_update(of=("self",)).get(pk=made.episode_id), made)
        return
    key = _key(original, recipe)
    if not jobs.enqueue_again(KIND, key):
        jobs.retry(KIND, key)
    wake_on_commit(TASK, key)


def call_off(version: AudioFile) -> None:
    """Give up the masters that are still being made of the same upload as `version`.

    For when a person chooses a version: nothing may take its place afterwards.
    """
    unfinished = Job.objects.filter(
        kind=KIND, key__startswith=f"{version.original.pk}:", done_at=None
    )
    unfinished.update(done_at=Now(), lease_until=None)


def progress(original: AudioFile) -> Progress | None:
    """Return what is being made of an original, or could not be made of it."""
    rows = Job.objects.filter(kind=KIND, key__startswith=f"{original.pk}:", done_at=None)
    job = rows.order_by("-pk").first()
    if job is None:
        return None
    recipe = Recipe(job.key.partition(":")[2])
    speed = 25 if recipe is Recipe.NORMALISE else 50  # times real time, on a modest machine
    seconds = 5 + original.duration_ms // 1000 // speed
    return Progress(recipe, seconds, job.dead, job.last_error)


def _key(original: AudioFile, recipe: Recipe) -> str:
    return f"{original.pk}:{recipe}"


def _made(original: AudioFile, recipe: Recipe) -> AudioFile | None:
    made = original.derived.filter(kind=Kind.MASTER, sound_report__made__recipe=recipe.value)
    return made.order_by("pk").first()


def _do(claimed: jobs.Claim) -> None:
    number, _colon, recipe = claimed.key.partition(":")
    original = AudioFile.objects.filter(pk=int(number)).first()
    made = original and _made(original, Recipe(recipe))
    if original is None or made:
        with transaction.atomic():
            jobs.finish(claimed)
            if made:
                _move_if_current(made)
        return
    _make(claimed, original, Recipe(recipe))


def _make(claimed: jobs.Claim, original: AudioFile, recipe: Recipe) -> None:
    beat = working.Heartbeat(claimed)
    with storing.local_copy(original.path, beat=beat) as source, storing.workspace() as part:
        sound = _sound_of(original, source, beat) if recipe is Recipe.NORMALISE else None
        planned = plan_encoding(
            codec=original.codec,
            bit_rate=original.bit_rate,
            channels=original.channels,
            sample_rate=original.sample_rate,
            sound=sound,
        )
        _encode(planned, original, source, part, beat)
        facts = _read_back(part, original, planned, beat)
        heard = hear(part, seconds=facts.duration_ms / 1000, keep_alive=beat)
        sha256, size = _fingerprint(part, beat)
        stored = storing.settle(part, sha256=sha256, size=size, beat=beat)
        made = {"recipe": recipe.value, "gain_db": planned.gain_db, "evened": planned.evened}
        _record(claimed, original, facts, heard, stored, made)


def _sound_of(original: AudioFile, source: Path, beat: ffmpeg.KeepAlive) -> Sound:
    """Return the first pass: what listening found, or is found now if it was not there yet."""
    if original.sound_report is not None:
        return Sound(original.integrated_lufs, original.true_peak_dbtp, original.loudness_range_lu)
    heard = hear(source, seconds=original.duration_ms / 1000, keep_alive=beat)
    return Sound(heard.integrated_lufs, heard.measured.true_peak_dbtp, heard.loudness_range_lu)


def _encode(
    planned: Plan, original: AudioFile, source: Path, part: Path, beat: ffmpeg.KeepAlive
) -> None:
    seconds = original.duration_ms / 1000
    most = round(seconds * planned.bit_rate / 8 * 1.2) + 2**20
    allowance = ffmpeg.Allowance.for_sound(seconds, cost=0.25, file_size=most, memory=_MEMORY)
    arguments = [*ffmpeg.read_from(source), *planned.arguments, f"file:{part}"]
    ffmpeg.run(arguments, allowance, keep_alive=beat)


def _read_back(
    part: Path, original: AudioFile, planned: Plan, beat: ffmpeg.KeepAlive
) -> AudioFacts:
    """Read the file as if a stranger had sent it; raise `NotMastered` when it is not as it must."""
    facts = read_contained(part, name=f"master.{planned.extension}", keep_alive=beat).facts
    if facts is None or facts.extension != planned.extension:
        raise NotMastered("The master that was made cannot be read back.")
    if abs(facts.duration_ms - original.duration_ms) > _TOLERANCE_MS:
        raise NotMastered(
            f"The master lasts {facts.duration_ms / 1000:.1f} s and the original "
            f"{original.duration_ms / 1000:.1f} s."
        )
    return facts


def _fingerprint(part: Path, beat: ffmpeg.KeepAlive) -> tuple[str, int]:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
            beat()
        beat_while(partial(os.fsync, file.fileno()), beat)
        return digest.hexdigest(), file.tell()


@transaction.atomic
def _record(
    claimed: jobs.Claim,
    original: AudioFile,
    facts: AudioFacts,
    heard: Heard,
    stored: storing.Stored,
    made: dict[str, Any],
) -> None:
    jobs.finish(claimed)
    version = AudioFile.objects.filter(episode=original.episode, sha256=stored.sha256).first()
    if version is None:
        names = ("container", "codec", "mime_type", "extension", "duration_ms", "bit_rate")
        more = ("bit_rate_mode", "channels", "sample_rate")
        version = AudioFile(
            episode=original.episode,
            kind=Kind.MASTER,
            source=original,
            sha256=stored.sha256,
            path=stored.path,
            size=stored.size,
            reason=_REASONS[Recipe(made["recipe"])](),
            **{name: getattr(facts, name) for name in (*names, *more)},
            **listening.as_columns(heard, made=made),
        )
        version.full_clean()
        version.save()
        holding.hold(stored.path, stored.size)
    _move_if_current(version)


_REASONS = {
    Recipe.ENCODE: lambda: _("Encoded from the original, for apps."),
    Recipe.NORMALISE: lambda: _("Normalised from the original."),
}


def _move_if_current(version: AudioFile) -> None:
    """Move the episode on, unless another upload came meanwhile."""
    episode = Episode.objects.select_for_update(of=("self",)).get(pk=version.episode_id)
    if episode.audio is not None and episode.audio.original == version.original:
        _move(episode, version)


def _move(episode: Episode, version: AudioFile) -> None:
    labelling.point(episode, version)
    labelling.plan(episode, at=timezone.now())


def _tell_failure(key: str, dead: bool) -> None:
    """Nothing to write: the page reads the job's own row."""


WORK = working.Work(KIND, _do, _tell_failure)
