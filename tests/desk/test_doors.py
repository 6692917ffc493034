"""Who gets in where: every role, every door of an episode, one's own show and another's."""

import pytest
from django.core import mail

from accounts.models import User
from catalog.models import Membership
from catalog.permissions import Action, allowed_actions
from tests.desk.conftest import form_of, page_of
from tests.factories import EpisodeFactory, PersonFactory, ShowFactory, UserFactory

pytestmark = pytest.mark.django_db

ROLES = Membership.Role.values
EPISODE = "/admin/episodes/episode/"


def test_the_admin_sends_strangers_to_the_one_log_in(client):
    response = client.get("/admin/episodes/episode/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert response.status_code == 200


def test_somebody_who_is_no_editor_is_told_so(client):
    client.force_login(UserFactory(is_staff=False))

    assert client.get("/admin/", follow=True).status_code == 403


def test_logging_in_and_out(client):
    User.objects.create_user("zoe@example.org", "long-enough-secret", is_staff=True)

    entered = client.post(
        "/accounts/login/?next=/admin/",
        {"login": "Zoe@example.org", "password": "long-enough-secret"},
    )
    assert entered.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/logout/").status_code == 405
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ],
)
def test_every_editor_has_a_second_step_to_switch_on(client, path):
    user = User.objects.create_user("zoe@example.org", "long-enough-secret", is_staff=True)
    client.post("/accounts/login/", {"login": user.email, "password": "long-enough-secret"})

    response = client.get(path, follow=True)  # some ask for the password once more

    assert response.status_code == 200
    assert b"desk/account.css" in response.content


def test_nobody_signs_up_from_outside(client):
    response = client.get("/accounts/signup/")

    assert "By invitation" in response.content.decode()
    client.post(
        "/accounts/signup/",
        {"email": "x@example.org", "password1": "long-enough-1", "password2": "long-enough-1"},
    )
    assert not User.objects.exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "path",
    [
        "",
        "episodes/episode/",
        "episodes/slot/?when=ahead",
        "catalog/show/",
        "catalog/person/",
        "catalog/organisation/",
        "catalog/topic/",
    ],
)
def test_every_role_sees_the_lists(as_role, episode, path, role):
    assert as_role(role).get(f"/admin/{path}").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_only_superusers_see_users(as_role, role):
    client = as_role(role)

    assert client.get("/admin/accounts/user/").status_code == 403
    assert b"/admin/accounts/user/" not in client.get("/admin/").content


@pytest.mark.parametrize("role", ROLES)
def test_reading_an_episode_is_for_all_and_writing_for_some(as_role, episode, role):
    client = as_role(role)

    response = client.get(page_of(episode))

    assert response.status_code == 200
    assert "Neutral ground" in response.content.decode()
    may_edit = Action.EDIT in allowed_actions(role)
    assert (b'name="title"' in response.content) == may_edit
    assert (client.post(page_of(episode), {"title": "Taken over"}).status_code == 403) != may_edit
    episode.refresh_from_db()
    assert episode.title == "Neutral ground"


DOORS = [
    ("get", "add/?show={show}", Action.EDIT, 403),
    ("post", "{pk}/audio/", Action.UPLOAD, 404),
    ("post", "{pk}/audio/retry/", Action.UPLOAD, 404),
    ("get", "{pk}/credit/", Action.EDIT, 404),
    ("get", "{pk}/audio/", Action.VIEW, 404),
    ("get", "people/?q=a", Action.EDIT, 404),
    ("post", "people/new/", Action.EDIT, 404),
    ("get", "organisations/?q=a", Action.EDIT, 404),
    ("get", "slug/?show={show}&title=a", Action.VIEW, 404),
    ("get", "{pk}/delete/", Action.DELETE, 403),
    ("get", "{pk}/history/", Action.VIEW, 403),
]
STEPS = [
    ("submit", Action.SUBMIT),
    ("approve", Action.APPROVE),
    ("return", Action.APPROVE),
    ("release", Action.RELEASE),
    ("schedule", Action.RELEASE),
    ("reschedule", Action.RELEASE),
    ("unschedule", Action.RELEASE),
    ("withdraw", Action.RELEASE),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "action", "refused"), DOORS)
def test_a_door_opens_to_the_roles_that_may(as_role, episode, method, path, action, refused, role):
    path = EPISODE + path.format(pk=episode.pk, show=episode.show_id)

    status = getattr(as_role(role), method)(path, HTTP_X_REQUESTED_WITH="fetch").status_code

    may = action in allowed_actions(role)
    # The add page answers 404 for a show on which one may not write: it is not in the list.
    assert status in ({200, 422} if may else {refused, 404})


@pytest.mark.parametrize(
    ("method", "path", "action", "refused"), [door for door in DOORS if "{" in door[1]]
)
def test_a_door_of_another_show_does_not_exist(editor, method, path, action, refused):
    foreign = EpisodeFactory(show=ShowFactory())
    path = EPISODE + path.format(pk=foreign.pk, show=foreign.show_id)

    assert getattr(editor, method)(path).status_code == 404


def test_the_pages_of_another_show_do_not_exist(editor):
    foreign = EpisodeFactory(show=ShowFactory(title="Secret"), title="Unheard of")

    assert editor.get(page_of(foreign)).status_code == 404
    assert editor.post(page_of(foreign), {"title": "Taken over"}).status_code == 404
    assert editor.get(f"/admin/catalog/show/{foreign.show_id}/change/").status_code == 404
    assert b"Unheard of" not in editor.get(EPISODE).content
    assert b"Unheard of" not in editor.get(f"{EPISODE}?q=Unheard").content
    assert b"Secret" not in editor.get("/admin/").content


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("step", "action"), STEPS)
def test_a_step_is_taken_by_the_roles_that_may(as_role, episode, step, action, role):
    response = as_role(role).post(f"{EPISODE}{episode.pk}/release/", {"step": step})

    assert (response.status_code == 302) == (action in allowed_actions(role))


@pytest.mark.parametrize("step", [step for step, _action in STEPS])
def test_no_step_is_taken_on_another_show(editor, step):
    foreign = EpisodeFactory(show=ShowFactory())

    assert editor.post(f"{EPISODE}{foreign.pk}/release/", {"step": step}).status_code == 404
    assert not foreign.transitions.exists()


@pytest.mark.parametrize("role", ROLES)
def test_shows_are_changed_by_who_plans_them(as_role, show, role):
    page = as_role(role).get(f"/admin/catalog/show/{show.pk}/change/")

    assert page.status_code == 200
    assert (b'name="description"' in page.content) == (Action.PLAN in allowed_actions(role))
    assert (b"memberships-TOTAL_FORMS" in page.content) == (Action.MANAGE in allowed_actions(role))


def test_an_owner_of_a_show_chooses_who_works_on_it(as_role, show):
    newcomer = UserFactory(name="Anna Lee")
    owner = as_role("owner")
    page = owner.get(f"/admin/catalog/show/{show.pk}/change/")
    assert "Anna Lee" in page.content.decode()

    data = form_of(page) | {
        "memberships-TOTAL_FORMS": "2",
        "memberships-1-user": newcomer.pk,
        "memberships-1-role": "producer",
        **{f"categories_{place}": "" for place in (1, 2)},
        "categories_0": "Arts",
    }
    owner.post(f"/admin/catalog/show/{show.pk}/change/", data)

    assert show.memberships.get(user=newcomer).role == "producer"


@pytest.mark.parametrize("role", ROLES)
def test_people_are_kept_by_who_writes(as_role, role):
    person = PersonFactory()
    page = as_role(role).get(f"/admin/catalog/person/{person.pk}/change/")

    assert page.status_code == 200
    assert (b'name="name"' in page.content) == (Action.EDIT in allowed_actions(role))


def test_a_get_changes_nothing(editor, ready):
    assert editor.get(f"{EPISODE}{ready.pk}/release/?step=release").status_code == 405


def test_somebody_invited_gets_a_link_and_no_password(client):
    client.force_login(UserFactory(is_superuser=True))

    client.post(
        "/admin/accounts/user/add/",
        {
            "email": "new@example.org",
            "name": "New",
            "language": "ru",
            "time_zone": "Asia/Almaty",
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
        },
    )

    user = User.objects.get(email="new@example.org")
    assert user.is_staff
    assert not user.has_usable_password()
    assert not user.is_superuser
    link = mail.outbox[0].body
    assert "http://localhost:8000/accounts/password/reset/key/" in link


def test_logging_in_is_not_announced_on_the_desk(client):
    user = UserFactory()
    user.set_password("long-enough-secret")
    user.save()

    sent = {"login": user.email, "password": "long-enough-secret"}
    page = client.post("/accounts/login/", sent, follow=True)

    assert page.wsgi_request.user == user
    assert [str(message) for message in page.context["messages"]] == []
