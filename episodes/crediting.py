"""Who is credited and as what: proposed from affiliations, frozen by the release."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from catalog.models import Affiliation, Person
from catalog.roles import GUEST_ROLE
from episodes.models import Credit, Episode


def day_of(episode: Episode, *, now: datetime) -> date:
    """Return the local calendar day as of which the episode's credits hold."""
    moment = episode.release_at or (episode.slot.due_at if episode.slot else now)
    zone = episode.slot.time_zone if episode.slot else "UTC"
    return moment.astimezone(ZoneInfo(zone)).date()


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

    An explicit `title` stands instead of the proposed one. Raises ValidationError when the person
    has this role on the episode already.
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
