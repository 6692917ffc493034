from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Membership
from tests.factories import (
    AudioFileFactory,
    CadenceFactory,
    EpisodeFactory,
    HostingFactory,
    MembershipFactory,
    ShowFactory,
    SlotFactory,
    UserFactory,
)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def show():
    show = ShowFactory(title="Spotlight", notes_template="## First story\n")
    CadenceFactory(show=show)
    return show


@pytest.fixture
def host(show):
    return HostingFactory(show=show, person__name="Bruce Pannier").person


@pytest.fixture
def as_role(client, show):
    """Log a member of the show in with the role that is asked for."""

    def log_in(role="editor", **user):
        membership = MembershipFactory(show=show, role=role, user=UserFactory(**user))
        client.force_login(membership.user)
        return client

    return log_in


@pytest.fixture
def editor(as_role):
    return as_role(Membership.Role.EDITOR)


@pytest.fixture
def slot(show):
    due = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=5)
    return SlotFactory(show=show, due_at=due, time_zone="Asia/Almaty")


@pytest.fixture
def episode(show):
    return EpisodeFactory(show=show, title="Neutral ground", slug="neutral-ground", number=5)


@pytest.fixture
def ready(episode):
    """An episode that a release lacks nothing for."""
    episode.audio = AudioFileFactory(episode=episode)
    episode.save()
    return episode


def page_of(episode):
    return f"/admin/episodes/episode/{episode.pk}/change/"


def form_of(response):
    """Return what a browser would send back of the page's main form, unchanged."""
    form = response.context["adminform"].form
    data = {form.add_prefix(name): posted(form[name]) for name in form.fields}
    for each in response.context["inline_admin_formsets"]:
        for bound in [each.formset.management_form, *each.formset.forms]:
            data |= {bound.add_prefix(name): posted(bound[name]) for name in bound.fields}
    return {name: value for name, value in data.items() if value is not None}


def posted(field):
    value = field.value()
    if value is None or value is False:
        return None
    value = field.field.prepare_value(value)
    if isinstance(value, list):
        return [getattr(each, "pk", each) for each in value]
    return str(getattr(value, "pk", value))
