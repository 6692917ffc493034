import gzip
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation
from lxml import etree

from catalog.models import Partnership
from episodes.models import Episode
from episodes.publishing import withdraw
from feeds.building import feed_of, refresh
from feeds.links import audio_url
from feeds.models import Change, FeedVersion
from feeds.rss import read
from tests.factories import (
    NOW,
    AudioFileFactory,
    EpisodeFactory,
    HostingFactory,
    LiveEpisodeFactory,
    OrganisationFactory,
    ShowFactory,
)
from tests.feeds.shows import RELEASE, build, document, make_full_episode, make_full_show

pytestmark = pytest.mark.django_db

PODCAST = {"podcast": "https://podcastindex.org/namespace/1.0"}


def tree(show, *, at=NOW):
    return etree.fromstring(bytes(build(show, at=at).body))


def test_enclosure_says_what_was_read_from_the_stored_bytes():
    show = ShowFactory.create()
    episode = LiveEpisodeFactory.create(show=show)

    [item] = document(show).items

    assert item.enclosure.length == episode.audio.size
    assert item.enclosure.type == episode.audio.mime_type
    assert item.enclosure.url == audio_url(episode, episode.audio)
    assert item.enclosure.url.endswith(".mp3")
    assert item.duration == 60


def test_item_list_of_people_restates_the_hosts():
    show = make_full_show()
    make_full_episode(show)

    root = tree(show)

    people = root.xpath("channel/item/podcast:person", namespaces=PODCAST)
    assert [(p.text, p.get("role"), p.get("group")) for p in people] == [
        ("Bruce Pannier", "host", "cast"),
        ("Michael Hillard", "host", "cast"),
        ("Дарьяна Грязнова", "guest", "cast"),
    ]
    hosts = root.xpath("channel/podcast:person", namespaces=PODCAST)
    assert [host.text for host in hosts] == ["Bruce Pannier", "Michael Hillard"]


def test_fortnightly_rhythm_stands_in_the_podcast_namespace():
    show = make_full_show()

    [frequency] = tree(show).xpath("channel/podcast:updateFrequency", namespaces=PODCAST)

    assert frequency.text == "every 2 weeks on Sunday"
    assert frequency.get("rrule") == "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"
    assert frequency.get("dtstart") == "2025-10-19T12:00:00+05:00"
    assert frequency.get("complete") is None


def test_finished_show_says_so_in_both_namespaces():
    show = make_full_show(complete=True)

    found = document(show)

    assert found.complete
    assert found.update_frequency.complete


def test_partners_wording_and_footer_stand_under_the_notes():
    show = make_full_show()
    make_full_episode(show)

    [item] = document(show).items

    assert item.description == item.content
    assert item.content.splitlines()[-2:] == [
        f'<p><a href="https://oxus.example">{show.partnerships.get().wording}</a></p>',
        '<p>Write to <a href="mailto:desk@example.org">us</a>.</p>',
    ]


def test_partnership_stands_on_the_episodes_of_its_days_alone():
    show = ShowFactory.create()
    Partnership.objects.create(
        show=show,
        organisation=OrganisationFactory.create(),
        wording="With a friend",
        starts_on=date(2025, 12, 1),
    )
    LiveEpisodeFactory.create(show=show, release_at=datetime(2025, 12, 1, 7, tzinfo=UTC))
    LiveEpisodeFactory.create(show=show, release_at=datetime(2025, 11, 30, 7, tzinfo=UTC))

    after, before = document(show).items

    assert "With a friend" in after.content
    assert "With a friend" not in before.content


def test_long_notes_are_cut_between_blocks_and_keep_what_was_agreed():
    show = make_full_show()
    make_full_episode(
        show, notes="\n\n".join(f"Абзац {n} о многом и разном." * 4 for n in range(60))
    )

    [item] = document(show).items

    assert len(item.description.encode()) <= 4000
    assert len(item.content.encode()) > 4000
    assert "In partnership with the Oxus Society" in item.description
    assert f'… <a href="{item.link}">' in item.description
    assert item.description.count("<p>") == item.description.count("</p>")


def test_script_in_notes_reaches_no_feed():
    show = ShowFactory.create()
    LiveEpisodeFactory.create(
        show=show,
        notes="<script>alert(1)</script> [x](javascript:alert(1)) ![i](https://a.example/i.png)",
    )

    [item] = document(show).items

    # What is left is text: escaped, without a link that could be followed.
    assert item.content == "<p>&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) </p>"


def test_newest_episode_stands_first():
    show = ShowFactory.create()
    old = LiveEpisodeFactory.create(show=show, release_at=RELEASE)
    new = LiveEpisodeFactory.create(show=show, release_at=RELEASE + timedelta(days=14))

    found = document(show)

    assert [item.guid for item in found.items] == [new.guid, old.guid]
    assert found.published == new.release_at


@pytest.mark.parametrize("status", ["draft", "in_review", "approved", "withdrawn"])
def test_word_of_an_unreleased_episode_stands_in_no_byte(status):
    show = make_full_show()
    make_full_episode(show)
    hidden = make_full_episode(
        show, title="canary", slug="canary", summary="canary", notes="canary", season=2
    )
    Episode.objects.filter(pk=hidden.pk).update(status=status)

    version = build(show)

    assert b"canary" not in bytes(version.body)
    assert str(hidden.uid).encode() not in bytes(version.body)
    assert version.item_count == 1


def test_building_twice_gives_the_same_bytes_and_one_version():
    show = make_full_show()
    make_full_episode(show)
    first = build(show)

    show.save()
    again = build(show, at=NOW + timedelta(hours=1))

    assert again == first
    assert FeedVersion.objects.count() == 1


def test_reader_of_the_admin_changes_no_byte_with_language_and_time_zone():
    show = make_full_show()
    make_full_episode(show, explicit=True)

    first = build(show)
    show.save()
    with translation.override("ru"), timezone.override("Asia/Almaty"):
        again = build(show)

    assert again == first
    assert document(show).items[0].explicit is True


def test_change_makes_a_new_version_with_a_later_date():
    show = make_full_show()
    first = build(show)

    show.description = "Other words."
    show.save()
    second = build(show)

    assert second.sha256 != first.sha256
    assert second.last_modified == first.last_modified + timedelta(seconds=1)
    assert read(bytes(second.body)).last_build == second.last_modified


def test_gzip_body_is_the_same_feed_and_deterministic():
    show = make_full_show()

    version = build(show)

    assert gzip.decompress(version.gzip_body) == bytes(version.body)
    assert bytes(version.gzip_body)[4:8] == b"\0\0\0\0"
    assert (version.size, version.gzip_size) == (len(version.body), len(version.gzip_body))


@pytest.mark.parametrize("count", [1, 30])
def test_building_needs_as_many_queries_for_thirty_episodes_as_for_one(
    count, django_assert_num_queries
):
    show = make_full_show()
    for n in range(count):
        make_full_episode(show, slug=f"number-{n}", release_at=RELEASE + timedelta(days=n))
    feed = feed_of(show)

    with django_assert_num_queries(19):
        refresh(feed.pk, at=NOW)

    assert FeedVersion.objects.get().item_count == count


def test_episode_that_cannot_be_right_is_left_out_and_named():
    show = ShowFactory.create()
    good = LiveEpisodeFactory.create(show=show)
    bad = LiveEpisodeFactory.create(show=show)
    bad.audio = AudioFileFactory.create(episode=bad, mime_type="application/zip")
    bad.save()

    found = document(show)

    assert [item.guid for item in found.items] == [good.guid]
    [reason] = feed_of(show).left_out
    assert reason["guid"] == bad.guid
    assert "application/zip" in reason["reason"]


def test_feed_that_would_lose_a_live_episode_is_kept_out():
    show = ShowFactory.create()
    episode = LiveEpisodeFactory.create(show=show)
    good = build(show)

    episode.audio = AudioFileFactory.create(episode=episode, mime_type="application/zip")
    episode.save()
    refresh(feed_of(show).pk, at=NOW)

    feed = feed_of(show)
    assert feed.current == good
    assert episode.guid in feed.last_error
    assert feed.failed_at == NOW


def test_withdrawn_episode_leaves_the_feed():
    show = ShowFactory.create()
    LiveEpisodeFactory.create(show=show, release_at=RELEASE)
    gone = LiveEpisodeFactory.create(show=show)
    build(show)

    withdraw(gone, by=None, now=NOW, reason="A name was wrong.")

    assert [item.guid for item in document(show).items] != [gone.guid]
    assert build(show).item_count == 1


def test_broken_build_keeps_the_last_good_feed_and_says_why():
    show = ShowFactory.create()
    good = build(show)

    # The database takes a title of spaces; no reader of podcasts would.
    type(show).objects.filter(pk=show.pk).update(title=" ")
    refresh(feed_of(show).pk, at=NOW)

    feed = feed_of(show)
    assert feed.current == good
    assert feed.last_error == "The show has no title."
    assert Change.objects.filter(show=show).exists()


def test_mended_feed_forgets_its_error():
    show = ShowFactory.create()
    build(show)
    type(show).objects.filter(pk=show.pk).update(title=" ")
    refresh(feed_of(show).pk, at=NOW)

    type(show).objects.filter(pk=show.pk).update(title="Mended")
    build(show)

    assert document(show).title == "Mended"
    assert feed_of(show).failed_at is None


def test_feed_is_valid_until_the_next_release():
    show = ShowFactory.create()
    LiveEpisodeFactory.create(show=show, release_at=NOW + timedelta(days=3))
    LiveEpisodeFactory.create(show=show, release_at=NOW + timedelta(hours=1))

    build(show)

    assert feed_of(show).valid_until == NOW + timedelta(hours=1)


def test_feed_is_valid_until_a_hosts_last_day_ends_in_the_shows_zone():
    show = make_full_show()
    HostingFactory.create(show=show, ends_on=NOW.date())

    build(show)

    # Midnight in Almaty (UTC+5).
    assert feed_of(show).valid_until == datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(("days", "first"), [(0, "the host's day"), (2, "the release")])
def test_feed_is_valid_until_whatever_comes_first(days, first):
    show = ShowFactory.create()
    HostingFactory.create(show=show, ends_on=NOW.date() + timedelta(days=days))
    LiveEpisodeFactory.create(show=show, release_at=NOW + timedelta(days=2))

    build(show)

    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    assert (
        feed_of(show).valid_until
        == {
            "the host's day": midnight,
            "the release": NOW + timedelta(days=2),
        }[first]
    )


def test_only_the_newest_versions_are_kept():
    show = ShowFactory.create()

    for n in range(8):
        show.description = f"Words {n}"
        show.save()
        build(show)

    assert FeedVersion.objects.count() == 5
    assert document(show).description == "Words 7"


def test_version_never_changes():
    version = build(ShowFactory.create())

    with pytest.raises(TypeError):
        version.save()


def test_show_without_episodes_has_a_feed_without_items():
    assert document(ShowFactory.create()).items == ()


def test_owner_who_keeps_the_address_private_is_in_no_byte():
    show = make_full_show(owner_in_feed=False)

    assert b"podcasts@example.org" not in bytes(build(show).body)


def test_owner_and_lock_carry_the_address_where_it_may_be_said():
    found = document(make_full_show())

    assert found.owner.email == "podcasts@example.org"
    assert found.locked.locked
    assert found.locked.owner == "podcasts@example.org"


def test_trailer_of_the_show_stands_at_the_channel_too():
    show = make_full_show()
    make_full_episode(show, type="trailer", number=None, title="Coming soon")

    found = document(show)

    [trailer] = found.trailers
    assert trailer.title == "Coming soon"
    assert trailer.url == found.items[0].enclosure.url
    assert found.items[0].episode_type == "trailer"


def test_draft_without_audio_hinders_no_build():
    show = ShowFactory.create()
    EpisodeFactory.create(show=show)

    assert build(show).item_count == 0
