"""Who is credited and as what: proposed from affiliations, frozen by the release."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Affiliation, Organisation, Person, PersonName
from catalog.roles import GUEST_ROLE
from catalog.slugs import free_slug
from episodes.models import Credit, Episode


def day_of(episode: Episode, *, now: datetime) -> date:
    """Return the calendar day, in the show's own zone, as of which the episode's credits hold."""
    moment = episode.release_at or (episode.slot.due_at if episode.slot else now)
    if episode.slot:
        return moment.astimezone(ZoneInfo(episode.slot.time_zone)).date()
    return episode.show.day_at(moment)


def propose_affiliation(person: Person, *, on: date) -> Affiliation | None:
    """Return what the person does on that day; of several, the one begun last."""
    return person.affiliations.on(on).select_related("organisation").first()


@transaction.atomic
def credit(
    episode: Episode,
    person: Person,
    *,
    role: str = GUEST_ROLE,
    now: datetime,
    title: str | None = None,
) -> Credit:
    """Credit `person` at the end of the list, with the affiliation they have at the time.

    An explicit `title` stands instead of the proposed one, without an organisation. Raises
    ValidationError when the person has this role on the episode already.
    """
    affiliation = propose_affiliation(person, on=day_of(episode, now=now))
    last = episode.credits.order_by("-order").values_list("order", flat=True).first()
    row = Credit(
        episode=episode,
        person=person,
        role=role,
        order=0 if last is None else last + 1,
        title=(affiliation.title if affiliation else "") if title is None else title,
        organisation=affiliation.organisation if affiliation and title is None else None,
    )
    row.full_clean()
    row.save()
    return row


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person whom the catalogue does not know yet, as an editor types them in.

    `other_name` is the same name in another script. The organisation is one that exists, or a
    name: a name that an organisation has (in any case) means that one.
    """

    name: str
    title: str = ""
    organisation: Organisation | None = None
    organisation_name: str = ""
    other_name: str = ""


@transaction.atomic
def introduce(newcomer: Newcomer) -> Person:
    """Enter a new person with organisation and affiliation. Raises ValidationError on bad text."""
    person = Person(
        name=newcomer.name.strip(),
        slug=free_slug(Person.objects.all(), newcomer.name, fallback="person"),
    )
    person.full_clean()
    person.save()
    for name in {newcomer.other_name.strip()} - {"", person.name}:
        variant = PersonName(person=person, name=name, script=script_of(name))
        variant.full_clean()
        variant.save()
    organisation = newcomer.organisation or organisation_named(newcomer.organisation_name.strip())
    if newcomer.title.strip():
        affiliation = Affiliation(
            person=person, organisation=organisation, title=newcomer.title.strip()
        )
        affiliation.full_clean()
        affiliation.save()
    elif organisation is not None:
        raise ValidationError(
            {
                "title": _("Say what %(name)s does at %(organisation)s: “Researcher”, for example.")
                % {"name": person.name, "organisation": organisation.name}
            }
        )
    return person


@transaction.atomic
def credit_newcomer(
    episode: Episode, newcomer: Newcomer, *, role: str = GUEST_ROLE, now: datetime
) -> Credit:
    """Enter a new person with organisation and affiliation, and credit them: all or nothing."""
    return credit(episode, introduce(newcomer), role=role, now=now)


def organisation_named(name: str) -> Organisation | None:
    """Return the organisation of that name in any case, made if there is none; None for no name."""
    if not name:
        return None
    existing = Organisation.objects.filter(name__iexact=name).first()
    if existing is not None:
        return existing
    organisation = Organisation(
        name=name, slug=free_slug(Organisation.objects.all(), name, fallback="organisation")
    )
    organisation.full_clean()
    organisation.save()
    return organisation


def script_of(name: str) -> str:
    """Return the ISO 15924 code that most letters of `name` stand in."""
    counts = dict.fromkeys(PersonName.Script.values, 0)
    for letter in filter(str.isalpha, name):
        word = unicodedata.name(letter, "").split(" ", 1)[0]
        counts[_SCRIPT_OF_WORD.get(word, PersonName.Script.OTHER)] += 1
    return max(counts, key=lambda script: counts[script]) if any(counts.values()) else "Zyyy"


_SCRIPT_OF_WORD: dict[str, str] = {
    "LATIN": PersonName.Script.LATIN,
    "CYRILLIC": PersonName.Script.CYRILLIC,
    "ARABIC": PersonName.Script.ARABIC,
}


def credit_standing_hosts(episode: Episode, *, now: datetime) -> list[Credit]:
    """Credit the show's hosts of the day who are not on the list yet, in the show's order."""
    day = day_of(episode, now=now)
    credited = set(episode.credits.values_list("person_id", "role"))
    return [
        credit(episode, hosting.person, role=hosting.role, now=now)
        for hosting in episode.show.hostings.on(day).select_related("person")
        if (hosting.person_id, hosting.role) not in credited
    ]


def freeze_credits(episode: Episode, *, at: datetime) -> None:
    """Copy names, titles and organisations into the credits that are not frozen yet."""
    for row in episode.credits.select_related("person", "organisation").filter(frozen_at=None):
        row.name = row.credited_name
        row.organisation_name = row.organisation.name if row.organisation else ""
        row.frozen_at = at
        row.save(update_fields=["name", "organisation_name", "frozen_at"])
