"""The words around a find, marked, and the moment in the audio where they are said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from episodes.models import Episode, Transcript
from episodes.notes import render_text
from episodes.transcripts.document import Cue
from episodes.transcripts.vtt import read_master
from website.searching import Question, config_of

_START, _STOP = "\ue000", "\ue001"
"""Characters of the private use area: they stand for the marks until the text is escaped."""
_OPTIONS = (
    f"StartSel={_START}, StopSel={_STOP}, MaxFragments=1, MinWords=12, MaxWords=30, ShortWord=2"
)
_HEADLINES = """
    SELECT ts_headline(config::regconfig, words, websearch_to_tsquery(config::regconfig, %s), %s)
    FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given(config, words, place)
    ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Snippet:
    html: SafeString
    said_at_ms: int | None = None
    """Where it is said; None for words of the notes."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    cues: tuple[Cue, ...]

    @property
    def text(self) -> str:
        return " ".join(cue.text for cue in self.cues)

    def moment_of(self, fragment: str, marked: int) -> int | None:
        """Return the start of the cue in which the character `marked` of `fragment` is said.

        None where the transcript does not say when.
        """
        begin = self.text.find(fragment)
        if begin < 0:
            return None
        target, passed = begin + marked, 0
        for cue in self.cues:
            passed += len(cue.text) + 1
            if target < passed:
                return cue.start_ms if cue.is_timed else None
        return None


def snippets_for(episodes: Sequence[Episode], question: Question) -> dict[int, Snippet]:
    """Return what to show under each episode by its key, in two queries however many there are.

    Written words that hold the find are preferred to nothing, spoken ones to the summary alone.
    """
    spoken = _spoken(episodes)
    written = {
        row.pk: _without_marks(f"{row.summary}\n{render_text(row.notes)}") for row in episodes
    }
    configs = [config_of(row.show.language) for row in episodes]
    texts = [written[row.pk] for row in episodes] + [spoken[row.pk].text for row in episodes]
    headlines = _headlines(question, configs * 2, texts)
    half = len(episodes)
    return {
        row.pk: _choose(
            row, headlines[place], texts[place], headlines[place + half], spoken[row.pk]
        )
        for place, row in enumerate(episodes)
    }


def _choose(episode: Episode, written: str, whole: str, said: str, spoken: _Spoken) -> Snippet:
    if _START in said:
        fragment = _without_marks(said)
        shown = _marked(_with_dots(said, spoken.text))
        return Snippet(shown, spoken.moment_of(fragment, said.index(_START)))
    if _START in written:
        return Snippet(_marked(_with_dots(written, whole)))
    return Snippet(escape(episode.summary))


def _spoken(episodes: Sequence[Episode]) -> dict[int, _Spoken]:
    """Read the transcripts in the show's language, or the first there is."""
    cues: dict[int, _Spoken] = {row.pk: _Spoken(()) for row in episodes}
    languages = {row.pk: row.show.language for row in episodes}
    for transcript in Transcript.objects.filter(episode__in=episodes).order_by("language"):
        key = transcript.episode_id
        if not cues[key].cues or transcript.language == languages[key]:
            cues[key] = _Spoken(tuple(_clean(cue) for cue in read_master(transcript.vtt).cues))
    return cues


def _clean(cue: Cue) -> Cue:
    return replace(cue, text=_without_marks(cue.text))


def _headlines(question: Question, configs: list[str], texts: list[str]) -> list[str]:
    if not texts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HEADLINES, [question.text, _OPTIONS, configs, texts])
        return [row[0] for row in cursor.fetchall()]


def _with_dots(headline: str, whole: str) -> str:
    """Show where a fragment goes on beyond its ends."""
    bare = _without_marks(headline).strip()
    before = "" if whole.startswith(bare) else "… "
    after = "" if whole.endswith(bare) else " …"
    return f"{before}{headline.strip()}{after}"


def _without_marks(text: str) -> str:
    return text.replace(_START, "").replace(_STOP, "")


def _marked(headline: str) -> SafeString:
    """Escape everything, then turn our two characters into the one tag that is ours."""
    html = escape(headline).replace(_START, "<mark>").replace(_STOP, "</mark>")
    return mark_safe(html)  # noqa: S308 - escaped on the spot
