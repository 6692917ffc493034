"""What the tags of an episode's audio should say, and having it written where it does not.

Nothing signals an edit: labels are compared by their fingerprint when somebody saves, and by a
sweep. While an episode is not out its file follows the page by itself. What is out stays as it is
until a person decides otherwise: a new file has a new address, and apps download it again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Image, Partnership
from episodes import jobs
from episodes.audio.writing.labels import ChapterLabel, Contributor, Labels, differences
from episodes.audio.writing.published import CONTAINERS
from episodes.crediting import day_of
from episodes.models import AudioFile, Credit, Episode, Job
from episodes.querysets import label_lookups
from episodes.readiness import Finding, Severity

KIND = "label"
QUIET = timedelta(seconds=10)
"""How long edits are awaited before a file that has labels gets newer ones: each makes a file."""


def labels_for(episode: Episode, *, at: datetime) -> Labels:
    """Return what the tags should say; `at` stands for the day of an episode without a date.

    The queries are as many for thirty credits as for one, and none after `with_labels`.
    """
    prefetch_related_objects([episode], *label_lookups())  # what is there already stays
    show = episode.show
    is_planned = episode.release_at is not None or episode.slot is not None
    day = day_of(episode, now=at)
    return Labels(
        title=episode.title,
        show=show.title,
        number=episode.number,
        season=episode.season,
        day=day if is_planned else None,
        language=show.language,
        credits=tuple(_contributor(credit) for credit in episode.credits.all()),
        publisher=show.author,
        copyright=show.copyright,
        link=settings.BASE_URL + episode.get_absolute_url(),
        summary=episode.summary,
        partners=tuple(each.wording for each in show.partnerships.all() if _holds(each, day)),
        cover=_name(episode.artwork or show.artwork),
        chapters=tuple(
            ChapterLabel(each.start_ms, each.title, each.url, _name(each.image), each.hidden)
            for each in episode.chapters.all()
        ),
    )


def _contributor(credit: Credit) -> Contributor:
    return Contributor(credit.credited_name, credit.role, credit.affiliation)


def _holds(partnership: Partnership, day: date) -> bool:
    begins, ends = partnership.starts_on, partnership.ends_on
    return (begins is None or begins <= day) and (ends is None or ends >= day)


def _name(image: Image | None) -> str:
    return image.sha256 if image else ""


# --- The file and the page ------------------------------------------------------------------------


def source_of(episode: Episode) -> AudioFile | None:
    """Return the version that a published one is made from: the master in use, else the original.

    None when there is no audio, or none that takes tags.
    """
    audio = episode.audio
    source = audio.source if audio and audio.kind == AudioFile.Kind.PUBLISHED else audio
    return source if source and source.container in CONTAINERS else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the tags of the audio in use compare with the page."""

    labels: Labels
    source: AudioFile | None
    is_current: bool
    has_labels: bool
    """Whether the tags are ours at all."""
    behind: list[str]
    """What differs, in words for the editor."""
    job: Job | None = None
    """What is still to be written, or could not be."""

    @property
    def is_wanted(self) -> bool:
        return self.source is not None and not self.is_current

    @property
    def failure(self) -> str:
        """Why it was given up, as the writer said it."""
        return self.job.last_error.partition(": ")[2] if self.job and self.job.dead else ""


def compare(episode: Episode, *, at: datetime, with_job: bool = False) -> Standing:
    labels = labels_for(episode, at=at)
    audio = episode.audio
    written = audio.tags.get("written") if audio else None
    names = differences(written, labels) if written else []
    return Standing(
        labels,
        source_of(episode),
        is_current=audio is not None and audio.labels_sha256 == labels.sha256(),
        has_labels=bool(audio and audio.labels_sha256),
        behind=list(_in_words(names, written or {}, labels)),
        job=_unfinished(episode, labels) if with_job else None,
    )


def _unfinished(episode: Episode, labels: Labels) -> Job | None:
    return Job.objects.filter(kind=KIND, key=key_of(episode, labels), done_at=None).first()


def _in_words(names: Iterable[str], written: dict[str, object], labels: Labels) -> Iterator[str]:
    words = {
        "title": _("title"),
        "show": _("show"),
        "number": _("number"),
        "season": _("season"),
        "day": _("date"),
        "language": _("language"),
        "credits": _("people"),
        "publisher": _("publisher"),
        "copyright": _("copyright"),
        "link": _("link"),
        "summary": _("summary"),
        "partners": _("partners"),
        "cover": _("cover"),
    }
    for name in names:
        if name == "chapters":
            count = _count_changed(written.get(name), labels.to_json()[name])
            told = ngettext("%(count)s chapter", "%(count)s chapters", count)
            yield told % {"count": count}
        else:
            yield words[name]


def _count_changed(old: object, new: list[object]) -> int:
    before = old if isinstance(old, list) else []
    gone = sum(each not in new for each in before)
    return max(gone, sum(each not in before for each in new))


# --- Having it written ----------------------------------------------------------------------------


def key_of(episode: Episode, labels: Labels) -> str:
    return f"{episode.pk}:{labels.sha256()[:40]}"


def plan(episode: Episode, *, at: datetime, after: timedelta = timedelta()) -> bool:
    """Have the present labels written in a while; `False` when there is nothing to write.

    A version that has them already is used at once. Call it in the transaction of what changed.
    """
    standing = compare(episode, at=at)
    if not standing.is_wanted:
        return False
    if use_existing(episode, standing.labels):
        return False
    return jobs.enqueue_again(KIND, key_of(episode, standing.labels), after=after)


def follow(episode: Episode, *, at: datetime) -> bool:
    """After an edit: have the file follow the page, unless it is out in the world."""
    if not Episode.objects.not_out(at).filter(pk=episode.pk).exists():
        return False
    return plan(episode, at=at, after=_patience(episode))


def follow_all(*, at: datetime) -> int:
    """Have every file that is not out follow its page; return how many are to be written.

    The queries are as many for thirty drafts as for one while nothing has changed.
    """
    rows = Episode.objects.not_out(at).exclude(audio=None).with_labels()
    return sum(plan(episode, at=at, after=_patience(episode)) for episode in rows)


def _patience(episode: Episode) -> timedelta:
    return QUIET if episode.audio and episode.audio.labels_sha256 else timedelta()


@transaction.atomic
def use_existing(episode: Episode, labels: Labels) -> bool:
    """Point the episode at a version that has these labels and its source; `False` without one."""
    row = Episode.objects.select_for_update(of=("self",)).get(pk=episode.pk)
    source = source_of(row)
    if source is None:
        return False
    sha256 = labels.sha256()
    if source.labels_sha256 == sha256:
        version: AudioFile | None = source
    else:
        version = source.derived.filter(kind=AudioFile.Kind.PUBLISHED, labels_sha256=sha256).first()
    if version is None:
        return False
    point(row, version)
    episode.audio = version
    return True


def point(episode: Episode, version: AudioFile) -> None:
    """Let a version be the episode's audio."""
    if episode.audio_id != version.pk:
        episode.audio = version
        episode.save(update_fields=["audio", "updated_at"])


# --- Readiness ------------------------------------------------------------------------------------


def check_labels(episode: Episode, *, at: datetime) -> Iterator[Finding]:
    """Advise while the file's tags are not the page's; a release never waits for them."""
    standing = compare(episode, at=at)
    if standing.is_wanted:
        yield Finding(
            Severity.ADVICE,
            "labels_behind",
            _("The tags in the file are behind the page (%(what)s).")
            % {"what": ", ".join(standing.behind)}
            if standing.behind
            else _("The tags are not in the file yet."),
            _("Have them written into a new version.")
            if episode.status == Episode.Status.WITHDRAWN
            else _("They are written by themselves within a minute."),
            "audio",
        )
