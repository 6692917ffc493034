"""The chapters of an episode: taken from a file or a text, checked and replaced as a whole.

A list is replaced, never patched row by row: two chapters may swap their times, and whoever pastes
a new list means all of it. Rows that stay the same are not written.
"""

import hashlib
import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Image
from episodes.chapters.checking import (
    LONGEST_LINK,
    LONGEST_TITLE,
    MOST_IN_FILES,
    Lack,
    Remark,
    check,
    is_beyond,
)
from episodes.chapters.marks import (
    MAX_BYTES,
    MAX_LINES,
    MAX_MARKS,
    ChapterList,
    ChapterMark,
    Fault,
    Gathering,
    Problem,
    Unreadable,
    UnreadableChapters,
    in_order,
)
from episodes.chapters.reading import Form, Found
from episodes.chapters.times import format_time
from episodes.exceptions import ChaptersRefused
from episodes.models import AudioFile, Chapter, Episode
from episodes.readiness import Finding, Severity
from episodes.transcripts.problems import say

LACKS = {
    Lack.NO_TITLE: gettext_lazy("The chapter has no title. Give it one, or remove the row."),
    Lack.LONG_TITLE: gettext_lazy("The title has more than 255 characters. Shorten it."),
    Lack.BAD_LINK: gettext_lazy("The link is no web address. It begins with https:// or http://."),
    Lack.LONG_LINK: gettext_lazy("The link has more than 500 characters. Use a shorter one."),
    Lack.SAME_START: gettext_lazy(
        "Two chapters start at the same moment. Move one of them, or remove it."
    ),
    Lack.BEYOND_END: gettext_lazy(
        "The chapter starts after the end of the audio. Move it, or remove it."
    ),
    Lack.TOO_MANY: gettext_lazy("An episode has at most 500 chapters. Remove some."),
    Lack.MANY: gettext_lazy(
        "There are more than 255 chapters: more than fit into an audio file. In the file the "
        "shortest join the one before them; the page and the feed have all."
    ),
    Lack.NOT_FROM_ZERO: gettext_lazy(
        "No chapter starts at 0:00:00. Apple and Spotify expect one there."
    ),
}
FAULTS = {
    Fault.NO_TIME: gettext_lazy("no time was found"),
    Fault.BAD_TIME: gettext_lazy("this is no time that can be"),
    Fault.TOO_LATE: gettext_lazy("the time is beyond any audio"),
    Fault.NO_TITLE: gettext_lazy("there is a time, but no title"),
    Fault.BAD_LINK: gettext_lazy("the link is no web address and was left out"),
    Fault.BAD_IMAGE: gettext_lazy("the image is no web address and was left out"),
    Fault.NOT_A_CHAPTER: gettext_lazy("this is no chapter"),
    Fault.TOO_MANY: gettext_lazy("left out: 500 chapters are the most"),
    Fault.OTHER_FILE: gettext_lazy(
        "left out: its time counts from the beginning of another audio file"
    ),
}
UNREADABLE = {
    Unreadable.TOO_LARGE: gettext_lazy(
        "This is larger than 1 MB: no list of chapters is. Choose the right file."
    ),
    Unreadable.TOO_LONG: gettext_lazy(
        "This has more than 5000 lines: no list of chapters has. Paste only the list."
    ),
    Unreadable.NOT_TEXT: gettext_lazy(
        "The letters of this file cannot be read. Save it as plain text in UTF-8 and choose it "
        "again."
    ),
    Unreadable.BROKEN_JSON: gettext_lazy("This looks like JSON, but it is broken: %(detail)s."),
    Unreadable.NO_JSON_CHAPTERS: gettext_lazy(
        "This is JSON without chapters: a list named “chapters” is expected."
    ),
    Unreadable.BROKEN_XML: gettext_lazy("This looks like XML, but it is broken: %(detail)s"),
    Unreadable.UNSAFE_XML: gettext_lazy(
        "This XML declares a document type, and those are not read. Delete the lines that begin "
        "with <!DOCTYPE or <!ENTITY."
    ),
    Unreadable.NO_XML_CHAPTERS: gettext_lazy(
        "This is XML without chapters: <psc:chapter start=… title=…> is expected."
    ),
    Unreadable.SEVERAL_LISTS: gettext_lazy(
        "There are several lists of chapters in this; it may be a whole feed. Paste only the list "
        "of this episode."
    ),
}
_LINK = URLValidator(["http", "https"])
assert (MAX_MARKS, MAX_LINES, MAX_BYTES) == (500, 5000, 2**20)  # noqa: S101 - told above
assert (LONGEST_TITLE, LONGEST_LINK, MOST_IN_FILES) == (255, 500, 255)  # noqa: S101 - likewise


@dataclass(frozen=True, slots=True)
class Proposal:
    """Chapters that could replace an episode's, and what of their source was not understood."""

    source: str
    marks: tuple[ChapterMark, ...]
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Replacement:
    """What became of each row; changes name the fields."""

    added: list[Chapter] = field(default_factory=list)
    changed: list[tuple[Chapter, list[str]]] = field(default_factory=list)
    removed: list[Chapter] = field(default_factory=list)


def stored_name(image: Image) -> str:
    return str(image.file.name)


def marks_of(
    chapters: Iterable[Chapter], address: Callable[[Image], str] = stored_name
) -> tuple[ChapterMark, ...]:
    """Return rows as marks; an image is named by where it is stored, or as `address` says."""
    return in_order(
        ChapterMark(
            row.start_ms,
            row.title,
            row.url,
            address(row.image) if row.image else "",
            row.hidden,
        )
        for row in chapters
    )


def fingerprint(marks: Iterable[ChapterMark]) -> str:
    """Return a word that is the same for the same list: what an editor saw, on their way back."""
    text = json.dumps([astuple(mark) for mark in in_order(marks)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def audible(episode: Episode, chapters: Iterable[Chapter]) -> list[Chapter]:
    """Leave out what starts after the end of the audio: nothing public shows it.

    Such rows are what is left when a shorter audio takes the place of a longer one. They stay in
    the table until somebody moves them, or the longer audio is back.
    """
    duration_ms = _duration(episode)
    return [row for row in chapters if not is_beyond(row.start_ms, duration_ms)]


def say_beyond(chapters: Sequence[tuple[int, str]], *, duration_ms: int) -> tuple[str, str]:
    """Tell which chapters, as start and title, no listener gets to see, and what to do."""
    names = ", ".join(
        _("%(start)s “%(title)s”") % {"start": format_time(start), "title": title}
        for start, title in chapters[:NAMED]
    )
    if len(chapters) > NAMED:
        more = len(chapters) - NAMED
        names = _("%(first)s and %(more)d more") % {"first": names, "more": more}
    message = ngettext(
        "A chapter starts after the end of the audio (%(end)s): %(names)s. Feed, site and apps "
        "leave it out.",
        "%(count)d chapters start after the end of the audio (%(end)s): %(names)s. Feed, site and "
        "apps leave them out.",
        len(chapters),
    ) % {"count": len(chapters), "end": format_time(duration_ms), "names": names}
    return message, _("Move or remove what does not belong there, or upload the longer audio.")


NAMED = 3
"""Chapters that are named in one sentence."""


def check_chapters(episode: Episode, *, at: datetime) -> Iterator[Finding]:  # noqa: ARG001
    """Advise on chapters that a shorter audio has left behind."""
    duration_ms = _duration(episode)
    if duration_ms is None:
        return
    rows = sorted((row.start_ms, row.title) for row in episode.chapters.all())
    beyond = [row for row in rows if is_beyond(row[0], duration_ms)]
    if beyond:
        message, remedy = say_beyond(beyond, duration_ms=duration_ms)
        yield Finding(Severity.ADVICE, "chapters_beyond_end", message, remedy, "chapters")


def _duration(episode: Episode) -> int | None:
    return episode.audio.duration_ms if episode.audio else None


@transaction.atomic
def replace_chapters(
    episode: Episode,
    marks: Iterable[ChapterMark],
    *,
    images: Mapping[str, Image] | None = None,
    kept: Iterable[int] = (),
) -> Replacement:
    """Make `marks` the episode's chapters; `images` has the pictures by the names in the marks.

    A start may lie after the end of the audio where it is stored already, or among those `kept`.
    Raises ChaptersRefused with a sentence for each row that cannot be, and changes nothing then.
    """
    wanted = in_order(marks)
    Episode.objects.select_for_update(of=("self",)).get(pk=episode.pk)
    stored = {row.start_ms: row for row in episode.chapters.all()}
    refused = refusals(wanted, duration_ms=_duration(episode), kept={*stored, *kept})
    if refused:
        raise ChaptersRefused([(each.row, told(each)) for each in refused])
    done = Replacement()
    for mark in wanted:
        _place(done, stored.pop(mark.start_ms, None), episode, mark, images or {})
    done.removed = list(stored.values())
    Chapter.objects.filter(pk__in=[row.pk for row in done.removed]).delete()
    Chapter.objects.bulk_create(done.added)
    Chapter.objects.bulk_update([row for row, _fields in done.changed], _WRITTEN)
    return done


_WRITTEN = ["title", "url", "image", "hidden"]


def _place(
    done: Replacement,
    row: Chapter | None,
    episode: Episode,
    mark: ChapterMark,
    images: Mapping[str, Image],
) -> None:
    image = images.get(mark.image)  # deleted meanwhile, maybe
    values = {"title": mark.title, "url": mark.url, "image": image, "hidden": mark.hidden}
    if row is None:
        row = Chapter(episode=episode, start_ms=mark.start_ms, **values)
        done.added.append(row)
    else:
        now = {**values, "image": image.pk if image else None}
        before = {"title": row.title, "url": row.url, "image": row.image_id, "hidden": row.hidden}
        changed = [name for name in _WRITTEN if now[name] != before[name]]
        if not changed:
            return
        for name in changed:
            setattr(row, name, values[name])
        done.changed.append((row, changed))
    row.clean_fields(exclude=["episode", "image"])  # no more than was checked, and no queries


def adopt_embedded(episode: Episode, version: AudioFile) -> None:
    """Take the file's chapters over, as far as they fit, unless the editors have written some."""
    if not version.embedded_chapters or episode.chapters.exists():
        return
    proposal = propose(embedded_chapters(version), source="file")
    fitting: dict[int, ChapterMark] = {}
    for mark in proposal.marks:
        if not is_beyond(mark.start_ms, version.duration_ms):
            title = mark.title[:LONGEST_TITLE].rstrip()
            url = mark.url if _is_link(mark.url) else ""
            fitting.setdefault(mark.start_ms, replace(mark, title=title, url=url))
    replace_chapters(episode, fitting.values())


def embedded_chapters(version: AudioFile) -> ChapterList:
    """Return what the uploaded file itself says, whatever was made from it since."""
    found = Gathering()
    for number, told in enumerate(version.original.embedded_chapters, start=1):
        mark = ChapterMark(
            told["start_ms"], told["title"], told.get("url", ""), hidden=told.get("hidden", False)
        )
        found.take(number, mark, text=told["title"])
    return found.listed()


def propose(
    chapters: ChapterList | Found, *, source: str = "", images: Iterable[Image] = ()
) -> Proposal:
    """Return what was read as something to look at: everything named, every problem in words.

    An image is taken where it is one of `images`; one from elsewhere is not fetched.
    """
    form = chapters.form if isinstance(chapters, Found) else None
    listed = chapters.chapters if isinstance(chapters, Found) else chapters
    names = [stored_name(image) for image in images]
    problems = [_told(problem, form) for problem in listed.problems]
    if isinstance(chapters, Found) and chapters.read_as:
        problems.insert(0, say("decoded", values={"encoding": chapters.read_as}, translate=_))
    marks = []
    for number, mark in enumerate(listed.marks, start=1):
        title = mark.title or _("Chapter %(number)s") % {"number": number}
        image = next((name for name in names if mark.image.endswith(f"/{name}")), "")
        if mark.image and not image:
            problems.append(
                _("%(title)s: the image %(image)s is elsewhere and not fetched. Add it by hand.")
                % {"title": title, "image": mark.image}
            )
        marks.append(replace(mark, title=title, image=image))
    return Proposal(source or str(form or ""), tuple(marks), problems)


def explain_unreadable(error: UnreadableChapters) -> str:
    return str(UNREADABLE[error.reason]) % {"detail": error.detail}


def _told(problem: Problem, form: Form | None) -> str:
    by_line = form in {Form.LIST, Form.NOTES, Form.VTT, Form.PSC}
    place = _("Line %(place)d") if by_line else _("Chapter %(place)d")
    words = f"{place % {'place': problem.place}}: {FAULTS[problem.fault]}."
    return f"{words} “{problem.text}”" if problem.text else words


def remarks_on(marks: Sequence[ChapterMark], *, duration_ms: int | None) -> list[Remark]:
    """Return what `check` finds, and links that the database's own rule would not take."""
    found = check(marks, duration_ms=duration_ms)
    said = {each.row for each in found if each.lack in {Lack.BAD_LINK, Lack.LONG_LINK}}
    bad = [row for row, mark in enumerate(marks) if row not in said and not _is_link(mark.url)]
    return [*found, *(Remark(Lack.BAD_LINK, row) for row in bad)]


def refusals(
    marks: Sequence[ChapterMark], *, duration_ms: int | None, kept: Container[int]
) -> list[Remark]:
    """Return what cannot be saved.

    Starts that are `kept` may lie after the end of the audio: they were there before it was
    replaced, and whoever mends a title elsewhere must not have to throw them away.
    """
    return [
        each
        for each in remarks_on(marks, duration_ms=duration_ms)
        if each.refuses and not _was_left_behind(each, marks, kept)
    ]


def _was_left_behind(remark: Remark, marks: Sequence[ChapterMark], kept: Container[int]) -> bool:
    if remark.lack is not Lack.BEYOND_END or remark.row is None:
        return False
    return marks[remark.row].start_ms in kept


def told(remark: Remark) -> str:
    return str(LACKS[remark.lack])


def _is_link(url: str) -> bool:
    try:
        _LINK(url or "https://none.example")
    except ValidationError:
        return False
    return len(url) <= LONGEST_LINK
