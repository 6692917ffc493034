"""Whatever stands in a field, a page shows it as text and never obeys it."""

import json
import re
from html.parser import HTMLParser

import pytest

from catalog.models import Partnership, PersonName
from tests.factories import NOW, LiveEpisodeFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

SCRIPT = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>'


@pytest.fixture
def hostile(show, episode, guest):
    """Put the payload into every text that reaches a page."""
    for row, fields in (
        (show, ("title", "tagline", "description", "author", "copyright", "notes_footer")),
        (episode, ("title", "summary", "notes")),
        (guest.person, ("name", "bio")),
        (guest.organisation, ("name", "description")),
    ):
        for field in fields:
            setattr(row, field, SCRIPT)
        row.save()
    guest.name = guest.title = guest.organisation_name = SCRIPT
    guest.save()
    guest.person.affiliations.update(title=SCRIPT)
    episode.chapters.update(title=SCRIPT)
    episode.corrections.update(text=SCRIPT)
    words = f"<v {SCRIPT}>&lt;script&gt;alert(1)&lt;/script&gt; {SCRIPT}"
    vtt = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}\n"
    episode.transcripts.update(vtt=vtt)
    for topic in episode.topics.all():
        topic.name = topic.description = SCRIPT
        topic.save()
    PersonName.objects.create(person=guest.person, name=f"{SCRIPT} 2", script="Latn")
    show.links.create(label=SCRIPT, url="https://a.example/")
    guest.person.links.create(label=SCRIPT, url="https://a.example/")
    Partnership.objects.create(show=show, organisation=OrganisationFactory(), wording=SCRIPT)
    LiveEpisodeFactory(show=show, title=SCRIPT, release_at=NOW)
    return episode


def addresses(episode):
    credit = episode.credits.get()
    topics = [
        f"/{'countries' if topic.kind == 'country' else 'topics'}/{topic.slug}/"
        for topic in episode.topics.all()
    ]
    return [
        "/",
        episode.show.get_absolute_url(),
        episode.get_absolute_url(),
        f"/people/{credit.person.slug}/",
        f"/organisations/{credit.organisation.slug}/",
        "/search/",
        "/search/?q=alert",
        "/search/?q=%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/nowhere/",
        *topics,
    ]


class Handlers(HTMLParser):
    """Collects event attributes as a browser would find them."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, _tag, attrs):
        self.found += [name for name, _value in attrs if name.startswith("on")]


def handlers_in(body):
    parser = Handlers()
    parser.feed(body)
    return parser.found


def test_markup_in_any_field_is_shown_and_not_obeyed(client, hostile):
    for address in addresses(hostile):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body, address
        assert "<img src=x" not in body, address
        assert not handlers_in(body), address


def test_every_script_of_a_page_is_a_file_of_ours_or_data(client, hostile):
    for address in addresses(hostile):
        body = client.get(address).content.decode()
        for tag in re.findall(r"<script[^>]*>", body):
            assert tag == '<script type="application/ld+json">' or 'src="/static/website/' in tag


def test_data_blocks_stay_readable_whatever_they_hold(client, hostile):
    body = client.get(hostile.get_absolute_url()).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)

    names = [json.loads(block).get("name") for block in blocks]

    assert SCRIPT in names


def test_a_snippet_marks_the_find_and_escapes_the_rest(client, hostile):
    hostile.notes = "a <b>lantern</b> & a lamp"
    hostile.save()

    body = client.get("/search/?q=lantern").content.decode()

    assert "<mark>lantern</mark>" in body
    assert "&amp; a lamp" in body
    assert "<b>lantern" not in body


def test_the_marks_of_snippets_cannot_be_forged(client, episode):
    episode.notes = "\ue000lantern\ue001 \ue001\ue000 light"
    episode.save()

    body = client.get("/search/?q=light").content.decode()

    assert body.count("<mark>") == body.count("</mark>") == 1
