"""Transcripts: taken in from what an editor brings, their voices given names, told in every form.

The master is WebVTT with the labels of the file; whose label is whose stands beside it. Every
form is made from the two when it is asked for, so none can be older than another.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from webvtt import Caption, from_string
from webvtt.errors import MalformedCaptionError, MalformedFileError

from accounts.models import User
from catalog.models import Person
from episodes.exceptions import TranscriptRefused
from episodes.models import Credit, Episode, Speaker, Transcript
from episodes.transcripts.document import Cue, TranscriptDocument
from episodes.transcripts.problems import Problem
from episodes.transcripts.reading import read_transcript
from episodes.transcripts.vtt import read_master, write_vtt
from episodes.transcripts.writing import ServedForm

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_HONOURS = {"dr", "prof", "mr", "mrs", "ms", "sir", "professor", "doctor", "др", "проф", "господин",
            "госпожа"}  # fmt: skip


def store_transcript(
    episode: Episode,
    data: bytes | str,
    *,
    language: str,
    name: str = "",
    by: User | None,
    now: datetime,
    seen: str | None = None,
) -> Transcript:
    """Read `data` and make it the episode's transcript in `language`, in place of the one there.

    `name` is the file's; `seen` is what `mark_of` said of the transcript that the page showed, and
    None where nobody looked. Speakers are matched with the credited people by any of their names;
    those of the transcript before keep their person. Raises TranscriptRefused, with every problem
    by line; nothing is changed then.
    """
    language = read_language(language)
    people = _names_of_credited(episode)
    found = read_transcript(
        data,
        name=name,
        duration_ms=episode.audio.duration_ms if episode.audio else None,
        is_known=lambda label: _match(label, people) is not None,
    )
    if found.refused:
        raise TranscriptRefused(found.problems)
    master = write_vtt(found.document)
    _read_back(master, found.document)
    with transaction.atomic():
        Episode.objects.select_for_update(of=("self",)).get(pk=episode.pk)
        row = Transcript.objects.filter(episode=episode, language=language).first()
        if row is not None and seen is not None and seen != mark_of(row):
            raise TranscriptRefused([_overtaken(row)])
        row = row or Transcript(episode=episode, language=language)
        row.vtt = master
        row.uploaded_as = found.form.value
        row.is_timed = found.document.is_timed
        row.findings = [problem.as_dict() for problem in found.problems]
        row.uploaded_at, row.uploaded_by = now, by
        row.full_clean(validate_constraints=False)
        row.save()
        _name_speakers(row, found.document.labels, people)
    return row


def mark_of(transcript: Transcript | None) -> str:
    """Return what tells one upload from the next; nothing where there is none."""
    if transcript is None:
        return ""
    return transcript.uploaded_at.isoformat() if transcript.uploaded_at else "there"


def read_language(text: str) -> str:
    """Return a BCP 47 tag with its parts in their usual case, so that none is there twice.

    Raises TranscriptRefused.
    """
    first, *rest = text.strip().replace("_", "-").split("-")
    tag = "-".join([first.lower(), *(_usual_case(part) for part in rest)])
    if not _LANGUAGE.fullmatch(tag) or len(tag) > 16:
        sentence = _("“%(tag)s” is no language. Write its code: en, ru, kk, uz-Cyrl.")
        raise TranscriptRefused([Problem("language", sentence % {"tag": text.strip()[:40]})])
    return tag


def _usual_case(part: str) -> str:
    return {2: part.upper(), 4: part.title()}.get(len(part), part.lower())


def _overtaken(row: Transcript) -> Problem:
    who = str(row.uploaded_by) if row.uploaded_by else _("Somebody")
    sentence = _(
        "%(who)s uploaded a transcript in this language while you had this page open. Look at it "
        "first; upload yours again if it should take its place."
    )
    return Problem("overtaken", sentence % {"who": who})


def _read_back(master: str, document: TranscriptDocument) -> None:
    """Let a reader that is not ours say the same words at the same times before anybody hears it.

    Raises TranscriptRefused: that would be our fault and not the editor's.
    """
    try:
        captions = from_string(master, strict=True).captions
    except (MalformedFileError, MalformedCaptionError):
        captions = []
    if tuple(_cue_of(caption) for caption in captions) != document.cues:
        sentence = _(
            "Another program would read this transcript otherwise than Fortnight does, so it was "
            "not taken. Please report this, with the file."
        )
        raise TranscriptRefused([Problem("not-the-same", sentence)])


def _cue_of(caption: Caption) -> Cue:
    return Cue(
        caption.start_time.in_milliseconds(),
        caption.end_time.in_milliseconds(),
        html.unescape(caption.voice or ""),
        " ".join(html.unescape(caption.text).split()),
    )


# --- Who speaks ---------------------------------------------------------------------------------


def _names_of_credited(episode: Episode) -> dict[int, set[tuple[str, ...]]]:
    """Return each credited person's names, in any script, as words that can be compared."""
    names: dict[int, set[tuple[str, ...]]] = {}
    for credit in episode.credits.select_related("person").prefetch_related("person__names"):
        called = {credit.credited_name, *_called(credit.person)}
        names.setdefault(credit.person_id, set()).update(map(_words, called))
    return names


def _called(person: Person) -> list[str]:
    return [person.name, *(variant.name for variant in person.names.all())]


def _words(name: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    words = re.findall(r"[^\W_]+", plain)
    return tuple(word for word in words if word not in _HONOURS)


def _match(label: str, people: Mapping[int, set[tuple[str, ...]]]) -> int | None:
    """Return the key of the one person whom the label can mean, whole name before part of it."""
    words = _words(label)
    if not words:
        return None
    for fits in (_is_same, _is_part):
        found = {
            pk for pk, names in people.items() if any(name and fits(words, name) for name in names)
        }
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _is_same(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return sorted(words) == sorted(name)


def _is_part(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether each word is one of the name, or its initial: “Gryaznova”, “D. Gryaznova”."""
    whole = [word for word in words if word in name]
    initials = [word for word in words if word not in name]
    return bool(whole) and all(
        len(word) == 1 and any(each.startswith(word) for each in name) for word in initials
    )


def _name_speakers(
    row: Transcript, labels: Iterable[str], people: Mapping[int, set[tuple[str, ...]]]
) -> None:
    """Write one row for each label, in the order of their first words."""
    before = dict(row.speakers.exclude(person=None).values_list("label", "person"))
    row.speakers.all().delete()
    for label in labels:
        person = before.get(label) or _match(label, people)
        speaker = Speaker(transcript=row, label=label, person_id=person)
        speaker.full_clean(validate_constraints=False)
        speaker.save()


def assign_speakers(transcript: Transcript, people: Mapping[str, int | None]) -> None:
    """Say who the labels are: keys of people credited on the episode, or None for “as written”.

    Every form changes with it. Raises TranscriptRefused for somebody who is not credited.
    """
    credited = set(transcript.episode.credits.values_list("person_id", flat=True))
    with transaction.atomic():
        changed = []
        for speaker in transcript.speakers.select_for_update():
            person = people.get(speaker.label, speaker.person_id)
            if person == speaker.person_id:
                continue
            if person is not None and person not in credited:
                sentence = _("Credit this person on the episode first; then they can be a speaker.")
                raise TranscriptRefused([Problem("not-credited", sentence)])
            speaker.person_id = person
            changed.append(speaker)
        if changed:
            Speaker.objects.bulk_update(changed, ["person"])
            transcript.save(update_fields=["updated_at"])


def names_in(transcript: Transcript, credited: Iterable[Credit]) -> dict[str, str]:
    """Return label → name as the transcript shall say it; labels of nobody are left out.

    Only people credited on the episode count: their names are public with it. A label that is one
    of the person's names, in whatever script, becomes that name; another the name in the
    transcript's own language where there is one, else the credited name. Reads what was prefetched
    (`speakers`; `person__names` of the credits).
    """
    by_person = {credit.person_id: credit for credit in reversed(list(credited))}
    return {
        speaker.label: _name_for(speaker.label, by_person[speaker.person_id], transcript.language)
        for speaker in transcript.speakers.all()
        if speaker.person_id in by_person
    }


def _name_for(label: str, credit: Credit, language: str) -> str:
    for name in (credit.credited_name, *_called(credit.person)):
        if _words(label) == _words(name):
            return name
    spoken = language.split("-", maxsplit=1)[0].lower()
    for variant in credit.person.names.all():
        if variant.language.split("-", maxsplit=1)[0].lower() == spoken:
            return variant.name
    return credit.credited_name


# --- What is told -------------------------------------------------------------------------------


def document_of(transcript: Transcript, credited: Iterable[Credit]) -> TranscriptDocument:
    """Return the transcript with the names of its speakers."""
    return read_master(transcript.vtt).renamed(names_in(transcript, credited))


def told_as(form: ServedForm, transcript: Transcript, credited: Iterable[Credit]) -> str:
    """Return the transcript in one of its forms; for a page, under the episode's title."""
    document = document_of(transcript, credited)
    return form.write(document, transcript.language, transcript.episode.title)
