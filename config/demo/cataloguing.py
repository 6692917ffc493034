"""The demo's people, organisations, topics and shows as records; what exists is left as it is."""

from datetime import date, timedelta

from django.utils.text import slugify

from accounts.models import User
from catalog.artwork import store_image
from catalog.models import (
    Affiliation,
    Cadence,
    Hosting,
    Image,
    Membership,
    Organisation,
    Partnership,
    Person,
    PersonName,
    Show,
    Topic,
)
from catalog.roles import DEFAULT_ROLE
from catalog.slugs import latin_slug
from config.demo import content
from config.demo.content import ASSETS
from config.demo.planning import Plan
from config.demo.topics import COUNTRIES, THEMES

PASSWORD = "fortnight"  # noqa: S105 - printed by the demo, refused anywhere else
OWNER, EDITOR = "editor@example.org", "redaktor@example.org"


def ensure_users() -> User:
    """Make the two log-ins of the demo and return the owner."""
    owner = User.objects.filter(email=OWNER).first() or User.objects.create_superuser(
        OWNER, PASSWORD, name="Demo Editor", time_zone="Asia/Almaty"
    )
    if not User.objects.filter(email=EDITOR).exists():
        User.objects.create_user(
            EDITOR,
            PASSWORD,
            name="Демо-редактор",
            language="ru",
            time_zone="Asia/Bishkek",
            is_staff=True,
        )
    return owner


def ensure_topics() -> dict[str, Topic]:
    """Make themes and countries; return them by English name or ISO code."""
    found: dict[str, Topic] = {}
    for name, russian in THEMES.items():
        found[name] = _ensure_topic(name, russian, country_code="")
    for code, (name, russian) in COUNTRIES.items():
        found[code] = _ensure_topic(name, russian, country_code=code)
    return found


def _ensure_topic(name: str, russian: str, *, country_code: str) -> Topic:
    slug = slugify(name)
    if existing := Topic.objects.filter(slug=slug).first():
        return existing
    topic = Topic(
        kind=Topic.Kind.COUNTRY if country_code else Topic.Kind.THEME,
        name=name,
        slug=slug,
        country_code=country_code,
        translations={"ru": russian},
    )
    topic.full_clean()
    topic.save()
    return topic


def make_show(told: content.Show, plan: Plan) -> Show:
    """Make a show with its cadence, partner and everybody who works on it or is its guest."""
    show = Show(
        slug=told.slug,
        title=told.title,
        tagline=told.tagline,
        description=told.description,
        language=told.language,
        author=told.author,
        owner_name=told.author,
        owner_email=told.owner_email,
        artwork=_store_cover(told),
        categories=list(told.categories),
        type=Show.Type.SERIAL if told.serial else Show.Type.EPISODIC,
        copyright=told.author,
        notes_template=told.notes_template,
        notes_footer=told.notice,
    )
    show.full_clean(exclude=["guid"])
    show.save()
    cadence = Cadence(
        show=show,
        rrule=told.cadence.rrule,
        starts_on=plan.rule.start.date(),
        release_time=told.cadence.release_time,
        time_zone=told.cadence.time_zone,
    )
    cadence.full_clean()
    cadence.save()
    for organisation in told.organisations:
        _ensure_organisation(organisation)
    _make_partnership(show, told)
    for order, host in enumerate(told.hosts):
        hosting = Hosting(
            show=show,
            person=_ensure_person(host),
            role=DEFAULT_ROLE,
            order=order,
            starts_on=cadence.starts_on,
        )
        hosting.full_clean()
        hosting.save()
    for guest in told.guests:
        _ensure_person(guest)
    return show


def change_job(told: content.Person, *, on: date) -> None:
    """Let a person take up their next affiliation: older credits must keep the earlier one."""
    if told.next_affiliation is None:
        return
    person = Person.objects.get(name=told.name)
    for current in person.affiliations.filter(ends_on=None):
        current.ends_on = on - timedelta(days=1)
        current.full_clean()
        current.save(update_fields=["ends_on"])
    _affiliate(person, told.next_affiliation, since=on)


def make_memberships(show: Show) -> None:
    """The owner owns every show; the plain editor edits the Russian one."""
    Membership.objects.create(
        show=show, user=User.objects.get(email=OWNER), role=Membership.Role.OWNER
    )
    if show.language == "ru":
        Membership.objects.create(
            show=show, user=User.objects.get(email=EDITOR), role=Membership.Role.EDITOR
        )


def _store_cover(told: content.Show) -> Image:
    with (ASSETS / told.artwork).open("rb") as cover:
        return store_image(cover, alt=told.artwork_alt)


def _make_partnership(show: Show, told: content.Show) -> None:
    if not told.partner:
        return
    partnership = Partnership(
        show=show,
        organisation=Organisation.objects.get(name=told.partner),
        wording=told.partnership,
        url=told.partner_url,
        starts_on=told.cadence.starts_on,
    )
    partnership.full_clean()
    partnership.save()


def _ensure_organisation(told: content.Organisation) -> None:
    slug = latin_slug(told.name, fallback="organisation")
    if Organisation.objects.filter(slug=slug).exists():
        return
    organisation = Organisation(
        name=told.name, slug=slug, url=told.url, description=told.description
    )
    organisation.full_clean()
    organisation.save()


def _ensure_person(told: content.Person) -> Person:
    slug = latin_slug(told.name, fallback="person")
    if existing := Person.objects.filter(slug=slug).first():
        return existing
    person = Person(name=told.name, sort_name=told.sort_name, slug=slug, bio=told.bio)
    person.full_clean()
    person.save()
    for script, name in told.variants.items():
        variant = PersonName(person=person, name=name, script=script)
        variant.full_clean()
        variant.save()
    if told.affiliation is not None:
        _affiliate(person, told.affiliation, since=None)
    return person


def _affiliate(person: Person, told: content.Affiliation, *, since: date | None) -> None:
    affiliation = Affiliation(
        person=person,
        organisation=Organisation.objects.filter(name=told.organisation).first(),
        title=told.title,
        starts_on=since,
    )
    affiliation.full_clean()
    affiliation.save()
