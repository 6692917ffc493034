"""The lowest role is the attacker: what somebody signed in may not see, change or break."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.first_owner import make_setup_token
from accounts.models import User
from catalog.models import Membership, Topic
from episodes.models import Chapter, Episode, Transcript
from tests.desk.conftest import form_of, page_of
from tests.factories import (
    AffiliationFactory,
    AudioFileFactory,
    CreditFactory,
    EpisodeFactory,
    HostingFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
    SlotFactory,
    TopicFactory,
    UserFactory,
)
from tests.test_visibility import routes

pytestmark = pytest.mark.django_db

ROLES = list(Membership.Role)
SECRET = "quetzalcoatl"


@pytest.fixture
def foreign(media):
    """A draft of another, hidden show, on people and topics that everyone in the house may see."""
    show = ShowFactory(title=f"Show {SECRET}", slug=SECRET, is_public=False)
    episode = EpisodeFactory(
        show=show,
        title=f"Draft {SECRET}",
        slug=f"draft-{SECRET}",
        production_notes=SECRET,
        notes=SECRET,
        slot=SlotFactory(show=show),
    )
    episode.audio = AudioFileFactory(episode=episode, reason=SECRET)
    episode.save()
    person, organisation = PersonFactory(name="Shared Person"), OrganisationFactory(name="Shared")
    AffiliationFactory(person=person, organisation=organisation)
    CreditFactory(episode=episode, person=person, organisation=organisation, title=SECRET)
    HostingFactory(show=show, person=person)
    told = Transcript.objects.create(
        episode=episode, language="en", vtt=f"WEBVTT\n\n00:00.000 --> 00:01.000\n{SECRET}"
    )
    told.speakers.create(label=SECRET, person=person)
    episode.topics.add(TopicFactory(name="Shared topic"))
    Chapter.objects.create(episode=episode, start_ms=0, title=SECRET)
    episode.incoming_uploads.create(
        by=UserFactory(email="someone@example.org"),
        original_name=SECRET,
        size=1000,
        expires_at=timezone.now() + timezone.timedelta(days=1),
    )
    return episode


def desk_addresses(foreign):
    """Return every address of the desk, with the foreign show's objects for its parameters."""
    person = foreign.credits.get().person
    objects = {
        "episode": foreign.pk,
        "show": foreign.show_id,
        "slot": foreign.slot_id,
        "person": person.pk,
        "organisation": foreign.credits.get().organisation_id,
        "topic": foreign.topics.get().pk,
        "user": UserFactory(email=f"{SECRET}@example.org").pk,
    }
    for name, route, parameters in routes():
        if not route.startswith("admin/") or name == "setup":
            continue
        model = next((each for each in objects if f"/{each}/" in route), "episode")
        if "([^/]+)" in route:
            yield f"/admin/episodes/episode/{foreign.pk}/history/{foreign.history.first().pk}/"
        elif name.endswith(":"):
            yield "/" + re.sub(r"<path:object_id>|\(\?P<url>.*", str(objects[model]), route)
        elif name == "admin:view_on_site":
            for each, pk in objects.items():
                kind = ContentType.objects.get(model=each)
                yield reverse(name, args=[kind.pk, pk])
        else:
            incoming = foreign.incoming_uploads.get()
            values = {
                "object_id": objects[model],
                "app_label": "episodes",
                "uid": incoming.uid,
                "form": "json",
            }
            yield reverse(name, kwargs={key: values[key] for key in parameters})


QUERIES = [
    "",
    "?q=Draft",
    "?s=Draft&extended=1",
    "?show={show}&title=a",
    "?episode={pk}&q=Shared",
    "?slot={slot}&q=Shared",
    "?app_label=episodes&model_name=chapter&field_name=episode&term=Draft",
    "?app_label=catalog&model_name=hosting&field_name=show&term=Show",
    "?app_label=catalog&model_name=membership&field_name=user&term=e",
    "?_popup=1&_to_field=id",
    "?show__id__exact={show}",
    "?show__memberships__user__email__startswith=e",
]


@pytest.mark.parametrize("role", ["owner", "producer", "analyst"])
def test_nobody_of_another_show_reads_a_word_of_it(as_role, foreign, role):
    """Every address of the desk, whatever is asked of it, with the other show's keys."""
    client = as_role(role)
    for address in desk_addresses(foreign):
        for query in QUERIES if not re.search(r"/\d+/", address) else QUERIES[:1]:
            asked = address + query.format(
                show=foreign.show_id, pk=foreign.pk, slot=foreign.slot_id
            )
            response = client.get(asked)
            assert response.status_code < 500, asked
            told = f"{response.headers}{response.content.decode()}"
            assert SECRET not in told, asked


@pytest.mark.parametrize("role", ["owner", "producer"])
def test_nobody_of_another_show_changes_it(as_role, foreign, role):
    client = as_role(role)
    before = Episode.objects.values().get(pk=foreign.pk)
    for address in desk_addresses(foreign):
        if "/logout/" in address:
            continue
        for data in (
            {"post": "yes"},
            {"step": "release"},
            {"title": "Taken", "name": "Taken"},
            {"source": "text", "text": "0:00 Taken", "step": "replace"},
            {"transcript": "en", "language": "en", "text": "Taken", "seen-en": "there"},
        ):
            response = client.post(address, data)
            assert response.status_code < 500, address

    assert Episode.objects.values().get(pk=foreign.pk) == before
    assert foreign.credits.count() == 1
    assert foreign.chapters.get().title == SECRET
    assert SECRET in foreign.transcripts.get().vtt


def test_deleting_a_shared_record_names_nothing_of_another_show(as_role, foreign):
    client = as_role("owner")
    credit = foreign.credits.get()
    for model, pk in (
        ("person", credit.person_id),
        ("organisation", credit.organisation_id),
        ("topic", foreign.topics.get().pk),
    ):
        for method in (client.get, client.post):
            response = method(f"/admin/catalog/{model}/{pk}/delete/", {"post": "yes"})
            assert SECRET not in response.content.decode(), model
    assert foreign.credits.get().person_id == credit.person_id
    assert foreign.topics.exists()


def test_a_reviewer_does_not_unschedule(as_role, ready):
    """“Return” is for what waits for approval; taking back a release is for who releases."""
    ready.status = Episode.Status.RELEASED
    ready.release_at = timezone.now() + timezone.timedelta(days=2)
    ready.save()

    answer = as_role("reviewer").post(
        f"/admin/episodes/episode/{ready.pk}/release/", {"step": "return", "reason": "No."}
    )

    ready.refresh_from_db()
    assert answer.status_code == 302
    assert ready.status == Episode.Status.RELEASED


FORBIDDEN = {
    "status": "released",
    "release_at": "2020-01-01",
    "release_at_0": "2020-01-01",
    "release_at_1": "00:00",
    "guid": "taken-over",
    "uid": "00000000-0000-4000-8000-000000000000",
    "audio": "1",
    "version": "99",
    "id": "1",
    "pk": "1",
    "created_at": "2020-01-01",
}


def test_hidden_fields_set_nothing(as_role, episode, foreign):
    client = as_role("producer")
    before = Episode.objects.values().get(pk=episode.pk)
    data = form_of(client.get(page_of(episode))) | FORBIDDEN
    data |= {"show": foreign.show_id, "slot": foreign.slot_id}

    client.post(page_of(episode), data)
    client.post(page_of(episode), data | {"slot": ""})

    after = Episode.objects.values().get(pk=episode.pk)
    for name in ("status", "release_at", "guid", "uid", "audio_id", "show_id", "slot_id", "id"):
        assert after[name] == before[name], name
    assert after["version"] == before["version"] + 1


def test_rows_of_another_episode_are_not_taken_over(editor, episode, foreign):
    credit = foreign.credits.get()
    data = form_of(editor.get(page_of(episode))) | {
        "credits-TOTAL_FORMS": "1",
        "credits-INITIAL_FORMS": "1",
        "credits-0-id": credit.pk,
        "credits-0-episode": episode.pk,
        "credits-0-person": PersonFactory().pk,
        "credits-0-role": "Host",
        "credits-0-order": "0",
    }

    editor.post(page_of(episode), data)

    credit.refresh_from_db()
    assert credit.episode_id == foreign.pk
    assert credit.role == "Guest"


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_nobody_but_an_owner_gives_roles(as_role, show, role):
    client = as_role(role)
    me = User.objects.get(memberships__role=role)
    page = client.get(f"/admin/catalog/show/{show.pk}/change/")
    data = form_of(page) | {
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "1",
        "memberships-MIN_NUM_FORMS": "0",
        "memberships-MAX_NUM_FORMS": "1000",
        "memberships-0-id": me.memberships.get().pk,
        "memberships-0-show": show.pk,
        "memberships-0-user": me.pk,
        "memberships-0-role": "owner",
        "categories_0": "Arts",
        "is_superuser": "on",
        "user": me.pk,
    }

    client.post(f"/admin/catalog/show/{show.pk}/change/", data)
    client.post(f"/admin/accounts/user/{me.pk}/change/", {"email": me.email, "is_superuser": "on"})
    client.post("/admin/accounts/user/add/", {"email": "new@example.org", "is_superuser": "on"})

    me.refresh_from_db()
    assert me.memberships.get().role == role
    assert not me.is_superuser
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_owner_gives_no_role_on_another_show(as_role, show, foreign):
    client = as_role("owner")
    me = User.objects.get(memberships__show=show)
    data = form_of(client.get(f"/admin/catalog/show/{show.pk}/change/")) | {
        "memberships-TOTAL_FORMS": "2",
        "memberships-1-show": foreign.show_id,
        "memberships-1-user": me.pk,
        "memberships-1-role": "owner",
        "categories_0": "Arts",
    }

    client.post(f"/admin/catalog/show/{show.pk}/change/", data)
    client.post(f"/admin/catalog/show/{foreign.show_id}/change/", data)

    assert not foreign.show.memberships.exists()


def test_every_change_wants_the_token_of_its_form(foreign):
    """A page of somebody else's cannot act for an editor who is signed in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(is_superuser=True))
    for address in [
        *desk_addresses(foreign),
        f"/admin/setup/{make_setup_token(at=timezone.now())}/",
    ]:
        assert client.post(address, {"post": "yes", "step": "release"}).status_code in {403, 405}
    foreign.refresh_from_db()
    assert foreign.status == Episode.Status.DRAFT


def test_no_get_of_the_desk_changes_anything(as_role, ready, foreign):
    client = as_role("owner")
    counted = (Episode, Topic, User, Membership)
    before = [list(model.objects.order_by("pk").values()) for model in counted]
    addresses = [
        address.replace(f"/{foreign.pk}/", f"/{ready.pk}/") for address in desk_addresses(foreign)
    ]
    before[2] = list(User.objects.order_by("pk").values())
    for address in addresses:
        client.get(address, {"post": "yes", "step": "release", "show": ready.show_id})

    assert [list(model.objects.order_by("pk").values()) for model in counted] == before


JUNK = ["%00", "%ED%A0%80", "%FF", "9" * 5000, "9" * 30, "-1", "%D9%A3", "'"]
QUESTIONS = {
    "episodes_episode_people": ["q=a&slot", "q=a&episode", "q"],
    "episodes_episode_organisations": ["q"],
    "episodes_episode_slug": ["show", "number", "title"],
    "episodes_episode_add": ["show"],
    "episodes_episode_changelist": ["q", "state", "show__id__exact", "p", "o"],
    "episodes_slot_changelist": ["when", "show__id__exact", "p"],
    "catalog_person_changelist": ["q", "credits", "o"],
    "catalog_show_cadence": ["rrule", "starts_on", "release_time", "time_zone"],
    "search": ["s", "s=a&page", "extended=1&s"],
    "autocomplete": [
        "term", "model_name", "app_label=episodes&model_name=credit&field_name=person&term",
    ],
}  # fmt: skip


@pytest.mark.parametrize("door", QUESTIONS)
def test_nothing_asked_of_the_desk_breaks_it(show, ready, door):
    """A question that makes no sense gets a page or a refusal, never a 500."""
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_superuser=True))
    address = reverse(f"admin:{door}")
    queries = [f"{name}={junk}" for name in QUESTIONS[door] for junk in JUNK]
    if door == "episodes_episode_slug":
        queries += [
            f"show={show.pk}&{name}={junk}" for name in ("number", "title") for junk in JUNK
        ]
    broken = [
        query[:40] for query in queries if client.get(f"{address}?{query}").status_code >= 500
    ]

    assert not broken
