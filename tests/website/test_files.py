"""Pictures for ever, audio never; what crawlers read first."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.templatetags.static import static
from lxml import etree
from PIL import Image as Pillow

from catalog.artwork import store_image
from tests.factories import NOW, LiveEpisodeFactory

NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def image(db):
    buffer = io.BytesIO()
    Pillow.new("RGB", (1500, 1500), "teal").save(buffer, "PNG")
    buffer.seek(0)
    return store_image(buffer, alt="A teal square")


def test_a_picture_may_be_kept_for_ever(client, image):
    response = client.get(image.file.url)

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    with default_storage.open(image.file.name) as stored:
        assert b"".join(response.streaming_content) == stored.read()
    response.close()


def test_a_picture_that_is_known_is_not_sent_again(client, image):
    first = client.get(image.file.url)
    first.close()
    etag = first["ETag"]

    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = client.get(image.file.url, headers={"If-None-Match": known})
        assert (again.status_code, again["ETag"], again.content) == (304, etag, b"")


@pytest.mark.parametrize(
    "name",
    [
        "audio/00/{}.mp3",
        "artwork/{}.mp3",
        "artwork/{}.html",
        "artwork/../audio/{}.mp3",
        "artwork/%2e%2e/audio/{}.mp3",
        "artwork/{}",
        "artwork/cover.jpg",
        "",
    ],
)
def test_nothing_but_pictures_comes_out_of_the_storage(client, db, name):
    digest = "a" * 64
    for stored in (f"audio/00/{digest}.mp3", f"artwork/{digest}.mp3", f"audio/{digest}.mp3"):
        default_storage.save(stored, ContentFile(b"secret"))

    assert client.get(f"/media/{name.format(digest)}").status_code == 404


def test_a_picture_that_is_not_there_answers_404(client, db):
    assert client.get(f"/media/artwork/{'b' * 64}.jpg").status_code == 404


def test_pages_show_the_small_picture_and_cards_the_large(client, show, episode, image):
    show.artwork = image
    show.save()

    page = client.get(show.get_absolute_url()).content.decode()

    assert f'src="/media/artwork/{image.sha256}-600.png"' in page
    assert 'alt="A teal square"' in page
    assert (
        f'<meta property="og:image" '
        f'content="https://podcasts.example.org/media/artwork/{image.sha256}-1400.png">'
    ) in page
    assert '<meta property="og:image:width" content="1400">' in page


def test_the_sitemap_lists_what_is_live_and_its_company(client, show, episode, guest):
    LiveEpisodeFactory(show=show, slug="tomorrow", release_at=NOW + timedelta(days=1))

    tree = etree.fromstring(client.get("/sitemap.xml").content)
    found = {each.text for each in tree.iterfind("s:url/s:loc", NAMESPACE)}

    origin = "https://podcasts.example.org"
    theme, country = episode.topics.get(kind="theme"), episode.topics.get(kind="country")
    host = show.hostings.get().person
    assert found == {
        f"{origin}/",
        f"{origin}{show.get_absolute_url()}",
        f"{origin}{episode.get_absolute_url()}",
        f"{origin}/people/{guest.person.slug}/",
        f"{origin}/organisations/{guest.organisation.slug}/",
        f"{origin}/topics/{theme.slug}/",
        f"{origin}/countries/{country.slug}/",
    }
    assert f"{origin}/people/{host.slug}/" not in found


def test_robots_are_shown_the_sitemap(client):
    body = client.get("/robots.txt").content.decode()

    assert "Sitemap: https://podcasts.example.org/sitemap.xml" in body
    assert "Disallow: /search/" in body


def test_who_asks_for_an_icon_without_reading_a_page_is_led_to_it(client):
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert response["Location"] == static("website/star.svg")
    assert "max-age" in response["Cache-Control"]
