"""What a release is asked before it happens.

The checks are a list of dotted names in settings.READINESS_CHECKS, as Django's password
validators are, so that higher packages add theirs without this one knowing them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from episodes.models import AudioUpload, Episode


class Severity(StrEnum):
    BLOCKING = "blocking"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: `code` for machines, `message` and `remedy` for the editor."""

    severity: Severity
    code: str
    message: str
    remedy: str = ""
    field: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.message} {self.remedy}".strip()


Check = Callable[..., Iterable[Finding]]


@lru_cache(maxsize=8)
def _load(names: tuple[str, ...]) -> list[Check]:
    return [import_string(name) for name in names]


def check_readiness(episode: Episode, *, at: datetime) -> list[Finding]:
    """Return everything that a release of `episode` at `at` would lack, blocking things first."""
    checks = _load(tuple(settings.READINESS_CHECKS))
    findings = [finding for check in checks for finding in check(episode, at=at)]
    return sorted(findings, key=lambda finding: finding.severity is Severity.ADVICE)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.BLOCKING]


def check_story(episode: Episode, *, at: datetime) -> Iterator[Finding]:  # noqa: ARG001
    if not episode.title.strip():
        yield Finding(
            Severity.BLOCKING,
            "no_title",
            _("The episode has no title."),
            _("Give it one."),
            "title",
        )
    if not episode.notes.strip():
        yield Finding(
            Severity.BLOCKING, "no_notes", _("The notes are empty."), _("Write them."), "notes"
        )
    elif episode.notes.split() == episode.show.notes_template.split():  # a form sends CRLF
        yield Finding(
            Severity.BLOCKING,
            "notes_untouched",
            _("The notes are still the skeleton."),
            _("Fill them in."),
            "notes",
        )
    unfinished = [mark for mark in ("TK", "TODO") if mark in episode.notes.split()]
    if unfinished:
        yield Finding(
            Severity.ADVICE,
            "notes_unfinished",
            _("The notes still say “%(mark)s”.") % {"mark": unfinished[0]},
            _("Finish that place."),
            "notes",
        )
    if not episode.summary.strip():
        yield Finding(
            Severity.ADVICE,
            "no_summary",
            _("There is no summary, so lists show the start of the notes."),
            _("One or two sentences are enough."),
            "summary",
        )


def check_audio(episode: Episode, *, at: datetime) -> Iterator[Finding]:  # noqa: ARG001
    if episode.audio is None:
        # Over all(), so that a page of many episodes can fetch the uploads of all at once.
        reading = any(
            upload.state in {AudioUpload.State.RECEIVED, AudioUpload.State.READING}
            for upload in episode.audio_uploads.all()
        )
        yield Finding(
            Severity.BLOCKING,
            "no_audio",
            _("The audio is still being read.") if reading else _("There is no audio."),
            _("Wait for it to finish.") if reading else _("Upload the file."),
            "audio",
        )


def check_credits(episode: Episode, *, at: datetime) -> Iterator[Finding]:  # noqa: ARG001
    if not episode.credits.exists():
        yield Finding(
            Severity.ADVICE,
            "no_credits",
            _("Nobody is credited."),
            _("Add the hosts and guests."),
            "credits",
        )
