import re

import pytest

from accounts.first_owner import make_setup_token
from accounts.models import User
from catalog.models import Topic
from episodes.models import Episode
from tests.desk.conftest import page_of
from tests.factories import NOW, ShowFactory, UserFactory

pytestmark = pytest.mark.django_db

OWNER = {
    "name": "Ада",
    "email": "ada@example.org",
    "password": "long-enough-secret",
    "language": "ru",
    "time_zone": "Asia/Almaty",
}


@pytest.fixture
def setup_link(time_machine):
    time_machine.move_to(NOW)
    return f"/admin/setup/{make_setup_token(at=NOW)}/"


def test_the_set_up_link_makes_the_first_owner_and_lets_them_in(client, setup_link):
    assert client.get(setup_link).status_code == 200

    response = client.post(setup_link, OWNER)

    owner = User.objects.get()
    assert response.headers["Location"] == "/admin/"
    assert (owner.email, owner.is_superuser, owner.time_zone) == (
        "ada@example.org",
        True,
        "Asia/Almaty",
    )
    assert "Рабочий стол" in client.get("/admin/").content.decode()


def test_the_set_up_link_works_once(client, setup_link):
    UserFactory()

    for response in (client.get(setup_link), client.post(setup_link, OWNER)):
        assert response.status_code == 404
        assert "has an owner already" in response.content.decode()
    assert User.objects.count() == 1


def test_a_weak_password_is_refused_and_the_rest_kept(client, setup_link):
    response = client.post(setup_link, OWNER | {"password": "ada"})

    assert "too short" in response.content.decode()
    assert "ada@example.org" in response.content.decode()
    assert not User.objects.exists()


def test_an_address_longer_than_any_is_refused_in_the_form(client, setup_link):
    response = client.post(setup_link, OWNER | {"email": f"{'a' * 60}@{'b.' * 120}example.org"})

    assert response.status_code == 200
    assert not User.objects.exists()


def test_a_forged_set_up_link_opens_nothing(client):
    assert client.get("/admin/setup/nonsense/").status_code == 404


def test_the_admin_speaks_the_users_language_and_tells_their_time(client, show, ready):
    from_almaty = UserFactory(is_superuser=True, language="ru", time_zone="Asia/Almaty")
    Episode.objects.filter(pk=ready.pk).update(status="released", release_at=NOW)
    client.force_login(from_almaty)

    page = client.get("/admin/episodes/episode/").content.decode()

    assert "Выпуски" in page
    assert "17:00" in page
    assert "Asia/Almaty (UTC+5)" in page


def test_before_the_log_in_the_browser_is_asked(client):
    page = client.get("/accounts/login/", headers={"Accept-Language": "ru"}).content.decode()

    assert '<html lang="ru">' in page


def test_public_pages_know_nothing_of_users(client):
    show = ShowFactory()
    client.force_login(UserFactory(language="ru"))

    response = client.get(f"/feeds/{show.slug}.xml", headers={"Accept-Language": "ru"})

    assert "Accept-Language" not in response.headers.get("Vary", "")
    assert "Cookie" not in response.headers.get("Vary", "")


def test_the_sidebar_is_in_the_order_of_the_work(client):
    client.force_login(UserFactory(is_superuser=True))

    page = client.get("/admin/").content.decode()

    links = re.findall(
        r'href="(/admin/[a-z/]*)(?:\?when=ahead)?"', page[page.index("nav-sidebar") :]
    )
    wanted = [
        "/admin/",
        "/admin/episodes/episode/",
        "/admin/episodes/slot/",
        "/admin/catalog/show/",
        "/admin/catalog/person/",
        "/admin/catalog/organisation/",
        "/admin/catalog/topic/",
        "/admin/accounts/user/",
    ]
    assert [link for link in dict.fromkeys(links) if link in wanted] == wanted


def test_no_page_names_another_host(client, episode):
    client.force_login(UserFactory(is_superuser=True))

    for path in ("/admin/", page_of(episode), "/admin/catalog/show/", "/accounts/2fa/"):
        page = client.get(path).content.decode()
        sources = re.findall(r'(?:src|<link[^>]*href)="(https?:)?//', page)
        assert not sources, path


def test_a_topic_is_named_in_each_language(client):
    client.force_login(UserFactory(is_superuser=True))

    client.post("/admin/catalog/topic/add/", {"kind": "theme", "name": "Water", "name_ru": "Вода"})

    topic = Topic.objects.get()
    assert (topic.slug, topic.translations) == ("water", {"ru": "Вода"})
