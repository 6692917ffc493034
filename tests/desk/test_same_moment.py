"""Two editors who save at the same moment: what only the database can refuse comes back whole.

The first one's page is read, checked and saved on a connection of its own while the second one's is
between its checks and its writing.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from catalog.models import Topic
from episodes.models import Episode
from tests.desk.conftest import form_of, page_of
from tests.desk.test_chapters import png
from tests.factories import EpisodeFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/episodes/episode/add/"
TYPED = "Typed with care. Напечатано."


@pytest.fixture
def meanwhile(monkeypatch):
    """Have something done elsewhere once the next form has passed all checks."""

    def arrange(act):
        waiting = [act]
        original = Episode.validate_constraints  # the last of a form's checks

        def checked(self, *args, **kwargs):
            original(self, *args, **kwargs)
            if waiting:
                with ThreadPoolExecutor(1) as other:
                    other.submit(alone, waiting.pop()).result(timeout=30)

        monkeypatch.setattr(Episode, "validate_constraints", checked)

    return arrange


def alone(act):
    try:
        act()
    finally:
        connections.close_all()


def saving(address, data):
    """Return what another editor does, with a browser and a connection of their own."""
    browser = Client()
    browser.force_login(UserFactory(is_superuser=True, is_staff=True))

    def save():
        assert browser.post(address, data).status_code == 302

    return save


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors_of(response):
    return response.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("slug", "Another episode of the show has this slug."),
        ("number", "Another episode of the show has this number."),
        ("slot", "This slot is not free any more. Choose another one, or none."),
    ],
)
@pytest.mark.parametrize("is_new", [False, True])
def test_what_another_took_in_the_same_moment_is_said_at_its_field(
    editor, show, slot, episode, meanwhile, field, sentence, is_new
):
    wanted = {"slug": "same", "number": "77", "slot": str(slot.pk)}[field]
    theirs = EpisodeFactory(show=show, title="Theirs")
    address = f"{ADD}?show={show.pk}" if is_new else page_of(episode)
    mine = form_of(editor.get(address)) | {"title": "Mine", "notes": TYPED, field: wanted}
    if is_new and field != "slot":
        mine["slot"] = ""
    their_data = form_of(editor.get(page_of(theirs))) | {field: wanted}

    meanwhile(saving(page_of(theirs), their_data))
    response = editor.post(address, mine)

    theirs.refresh_from_db()
    assert str(getattr(theirs, f"{field}_id" if field == "slot" else field)) == wanted
    assert response.status_code == 200
    assert errors_of(response) == {field: [sentence]}
    assert said(response) == []
    page = response.content.decode()
    assert sentence in page
    assert TYPED in page
    assert not Episode.objects.filter(title="Mine").exists()

    free = {"slug": "mine", "number": "78", "slot": ""}[field]
    again = editor.post(address, form_of(response) | {field: free})
    assert again.status_code == 302
    assert Episode.objects.get(title="Mine").notes == TYPED


def test_an_address_that_we_proposed_is_proposed_anew(editor, show, episode, meanwhile, media):
    theirs = form_of(editor.get(page_of(episode))) | {"slug": "wind"}
    address = f"{ADD}?show={show.pk}"
    mine = form_of(editor.get(address)) | {"title": "Wind", "notes": TYPED, "slug": ""}
    mine["picture"] = SimpleUploadedFile("cover.png", png())

    meanwhile(saving(page_of(episode), theirs))
    response = editor.post(address, mine)

    assert response.status_code == 302
    mine = Episode.objects.get(title="Wind")
    assert (mine.slug, mine.artwork.width) == ("wind-2", 200)


def test_a_topic_that_is_deleted_in_the_same_moment_is_no_success(editor, show, episode, meanwhile):
    topic = TopicFactory(name="Water")
    mine = form_of(editor.get(page_of(episode)))
    mine |= {"title": "Mine", "notes": TYPED, "topics": [topic.pk]}

    meanwhile(lambda: Topic.objects.filter(pk=topic.pk).delete())
    response = editor.post(page_of(episode), mine)

    assert response.status_code == 200
    assert said(response) == []
    assert "is saved" not in response.content.decode()
    assert TYPED in response.content.decode()
    assert "topics" in errors_of(response)
    episode.refresh_from_db()
    assert episode.title == "Neutral ground"
