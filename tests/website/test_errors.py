"""Pages for when something is not there, or broken."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.views.defaults import server_error

from tests.factories import LiveEpisodeFactory


@pytest.mark.django_db
def test_a_wrong_turn_meets_the_search_and_the_shows(client, show, episode):
    LiveEpisodeFactory(show=show, title="The newest of it")

    response = client.get("/nowhere/")
    body = response.content.decode()

    assert response.status_code == 404
    assert 'action="/search/"' in body
    assert show.get_absolute_url() in body
    assert "noindex" in body


@pytest.mark.django_db
def test_a_404_is_not_kept_because_it_may_be_a_page_tomorrow(client):
    assert client.get("/nowhere/")["Cache-Control"] == "no-cache"


def test_the_error_page_needs_neither_database_nor_manifest(rf):
    """No `db` mark here: any query would fail this test."""
    response = server_error(rf.get("/"))

    assert response.status_code == 500
    assert b"Something broke here" in response.content


@pytest.mark.parametrize("name", ["500.html", "403.html"])
def test_error_pages_are_plain_text_with_our_style(name):
    source = Path(settings.BASE_DIR, "templates", name).read_text()

    assert "{%" not in source
    assert "{{" not in source
    assert re.findall(r'href="(/static/[^"]+)"', source) == ["/static/website/site.css"]
    assert render_to_string(name) == source.rstrip("\n") or render_to_string(name) == source
