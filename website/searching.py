"""Finding an episode by what was said, written, or by whom: PostgreSQL's own full-text search.

Texts are searched in the configuration of their language, so that "elections" finds "election" and
«выборы» finds «выборах»; a language without one here is searched word for word. Only live episodes
are ever looked at. A title that holds the words comes first, then the newest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, IntegerField, Q, QuerySet, TextField, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from catalog.models import Person, Topic
from episodes.models import Credit, Episode, Transcript
from episodes.visibility import public_people
from website.listing import live_episodes, topics_heard

LONGEST_QUERY = 200
MOST_WORDS = 12
CONFIGS = {"en": "english", "ru": "russian"}
PLAIN = "simple"

EPISODE_WORDS = (
    "to_tsvector('{config}'::regconfig, left(title || ' ' || summary || ' ' || notes, 200000))"
)
TRANSCRIPT_WORDS = "website_words"
"""What the migration's indexes are on, word for word."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody typed, made safe to ask."""

    text: str

    @property
    def words(self) -> list[str]:
        return self.text.replace('"', " ").split()[:MOST_WORDS]

    def __bool__(self) -> bool:
        return bool(self.words)


def read_question(raw: str) -> Question:
    """Clean what was typed: no control characters (PostgreSQL refuses NUL), a sane length."""
    printable = "".join(character if character.isprintable() else " " for character in raw)
    return Question(" ".join(printable.split())[:LONGEST_QUERY].strip())


def config_of(language: str) -> str:
    """Return the text-search configuration for a BCP 47 language."""
    return CONFIGS.get(language.split("-", maxsplit=1)[0].lower(), PLAIN)


def find_episodes(question: Question, at: datetime) -> QuerySet[Episode]:
    """Return the live episodes that answer, those with a fitting title first, then the newest."""
    found = Q(pk__in=Credit.objects.filter(person__in=_named(question)).values("episode"))
    for config in (*CONFIGS.values(), PLAIN):
        in_notes = Episode.objects.filter(_matches(EPISODE_WORDS, config, question))
        said = Transcript.objects.filter(
            _in_language(config, "language"), _matches(TRANSCRIPT_WORDS, config, question)
        )
        found |= _in_language(config, "show__language") & Q(pk__in=in_notes.values("pk"))
        found |= Q(pk__in=said.values("episode"))
    in_title = When(title__icontains=question.text, then=0)
    return (
        live_episodes(at)
        .filter(found)
        .annotate(place=Case(in_title, default=1, output_field=IntegerField()))
        .order_by("place", "-release_at", "-pk")
    )


def find_people(question: Question, at: datetime) -> QuerySet[Person]:
    """Return people whose names, in any script, hold every word; only those the site may name."""
    people = public_people(at).filter(pk__in=_named(question))
    return people.select_related("photo").order_by("sort_name", "name")


def find_topics(question: Question, at: datetime) -> QuerySet[Topic]:
    """Return topics and countries that were treated and are called so, in any language."""
    called = Q()
    for word in question.words:
        called &= Q(name__icontains=word) | Q(other_names__icontains=word)
    names = Cast("translations", TextField())
    return topics_heard(at).annotate(other_names=names).filter(called)


def _named(question: Question) -> QuerySet[Person]:
    people = Person.objects.order_by()
    for word in question.words:
        people = people.named(word)
    return people


def _matches(words: str, config: str, question: Question) -> RawSQL:
    """Compare an indexed vector with the question; `words` and `config` are constants above."""
    query = f"websearch_to_tsquery('{config}'::regconfig, %s)"
    sql = f"{words.format(config=config)} @@ {query}"
    return RawSQL(sql, [question.text], output_field=BooleanField())  # noqa: S611 - see above


def _in_language(config: str, field: str) -> Q:
    """Return the condition that the BCP 47 language in `field` is searched in `config`."""
    if config == PLAIN:
        return ~_any_language(CONFIGS, field)
    return _any_language((code for code, name in CONFIGS.items() if name == config), field)


def _any_language(codes: Iterable[str], field: str) -> Q:
    condition = Q()
    for code in codes:
        condition |= Q((f"{field}__iexact", code)) | Q((f"{field}__istartswith", f"{code}-"))
    return condition
