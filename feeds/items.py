"""From one live episode to one item."""

from collections.abc import Iterable

from catalog.models import Partnership
from episodes.chaptering import audible
from episodes.models import AudioFile, Chapter, Credit, Episode, Transcript
from episodes.transcripts.writing import forms_of
from feeds.links import (
    audio_url,
    chapters_url,
    episode_url,
    image_url,
    person_url,
    transcript_url,
)
from feeds.rss import document as d
from feeds.texts import notes_html


def reasons_against(episode: Episode) -> list[str]:
    """Return why the episode cannot be right in a feed, in sentences; nothing when it can."""
    if not episode.title.strip():
        return ["The episode has no title."]
    audio = episode.audio
    if audio is None:
        return ["The episode has no audio."]
    reasons = []
    if audio.size <= 0 or audio.duration_ms <= 0:
        reasons.append("The audio is empty.")
    if not audio.mime_type.startswith(("audio/", "video/")):
        reasons.append(f"“{audio.mime_type}” is no type of audio that an app could play.")
    return reasons


def compose_item(episode: Episode, *, partnerships: Iterable[Partnership]) -> d.Item:
    """Return the item; the enclosure's facts are those read from the stored bytes.

    Raises IncompleteElement, in words for the editor, for an episode that cannot be right.
    """
    audio = episode.audio
    reasons = reasons_against(episode)
    if reasons or audio is None:
        raise d.IncompleteElement(" ".join(reasons))
    content, description = notes_html(episode, partnerships)
    chapters = audible(episode, episode.chapters.all())
    return d.Item(
        guid=episode.guid,
        title=episode.title,
        itunes_title=episode.title,
        link=episode_url(episode),
        published=episode.release_at,
        description=description,
        content=content,
        enclosure=_enclosure(episode, audio),
        image=image_url(episode.artwork),
        duration=_seconds(audio.duration_ms),
        explicit=episode.is_explicit,
        season=episode.season,
        episode=episode.number,
        episode_type=episode.type,
        persons=tuple(_person(credit) for credit in episode.credits.all()),
        chapters_link=d.ChaptersLink(chapters_url(episode)) if chapters else None,
        transcripts=tuple(
            link for row in episode.transcripts.all() for link in _transcript(episode, row)
        ),
        soundbites=tuple(
            d.Soundbite(bite.start_ms, bite.duration_ms, bite.title)
            for bite in episode.soundbites.all()
        ),
        chapters=tuple(_chapter(chapter) for chapter in chapters if not chapter.hidden),
    )


def _seconds(milliseconds: int) -> int:
    """Return whole seconds, and never 0 for a file that has sound."""
    return max(1, round(milliseconds / 1000))


def _enclosure(episode: Episode, audio: AudioFile) -> d.Enclosure:
    return d.Enclosure(audio_url(episode, audio), audio.size, audio.mime_type)


def _person(credit: Credit) -> d.Person:
    person = credit.person
    return d.Person(
        name=credit.credited_name,
        role=credit.role.lower(),
        group=credit.group.lower(),
        img=image_url(person.photo),
        href=person_url(person),
    )


def _transcript(episode: Episode, transcript: Transcript) -> list[d.TranscriptLink]:
    """Name every form: apps disagree on which they take, and none reads all."""
    return [
        d.TranscriptLink(
            transcript_url(episode, transcript, form.extension),
            form.mime_type,
            language=transcript.language,
            rel=form.rel,
        )
        for form in forms_of(is_timed=transcript.is_timed)
        if form.in_feed
    ]


def _chapter(chapter: Chapter) -> d.Chapter:
    return d.Chapter(chapter.start_ms, chapter.title, chapter.url, image_url(chapter.image))
