"""From a stored transcript to something to read: turns of speech, with the people who speak."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.models import Person
from episodes.models import Credit, Episode, Transcript
from episodes.transcribing import names_in
from episodes.transcripts.turns import Turn, join_turns
from episodes.transcripts.vtt import read_master
from episodes.transcripts.writing import ServedForm, forms_of
from feeds.links import transcript_path


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn, with the person behind its speaker where that is known."""

    turn: Turn
    person: Person | None


@dataclass(frozen=True, slots=True)
class Page:
    """A transcript as the episode's page shows it."""

    language: str
    turns: Sequence[Spoken]
    downloads: Sequence[tuple[ServedForm, str]]
    """Each form, and its path."""


def read_page(episode: Episode, transcript: Transcript, credited: Iterable[Credit]) -> Page:
    """Reads what was prefetched: `speakers`, and `person__names` of the credits."""
    cast = list(credited)
    names = names_in(transcript, cast)
    people = {credit.person_id: credit.person for credit in cast}
    person_of = {
        names[speaker.label]: people[speaker.person_id]
        for speaker in transcript.speakers.all()
        if speaker.label in names and speaker.person_id is not None
    }
    document = read_master(transcript.vtt).renamed(names)
    return Page(
        transcript.language,
        [Spoken(turn, person_of.get(turn.speaker)) for turn in join_turns(document.cues)],
        [
            (form, transcript_path(episode, transcript, form.extension))
            for form in forms_of(is_timed=transcript.is_timed)
        ],
    )
