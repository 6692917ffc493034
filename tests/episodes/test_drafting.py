import pytest

from catalog.slugs import latin_slug
from episodes.drafting import propose_draft, propose_slug
from tests.factories import NOW, CadenceFactory, EpisodeFactory, HostingFactory, ShowFactory

pytestmark = pytest.mark.django_db


def test_a_draft_starts_with_everything_the_show_knows():
    show = CadenceFactory(show__notes_template="## Stories\n").show
    hosting = HostingFactory(show=show)
    EpisodeFactory(show=show, number=12)

    draft = propose_draft(show, now=NOW)

    assert draft.number == 13
    assert draft.slot == show.slots.first()
    assert draft.notes == "## Stories\n"
    assert draft.hostings == [hosting]


def test_the_slot_of_one_draft_is_not_proposed_for_the_next():
    show = CadenceFactory().show
    first = propose_draft(show, now=NOW).slot

    EpisodeFactory(show=show, slot=first)

    assert [first, propose_draft(show, now=NOW).slot] == list(show.slots.all()[:2])


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Power rationing, again", "power-rationing-again"),
        ("Выборы в Кыргызстане", "vybory-v-kyrgyzstane"),
        ("Қазақстан және Өзбекстан", "qazaqstan-zhane-ozbekstan"),
        ("Ашхабад: щит и меч", "ashkhabad-shchit-i-mech"),
        ("文字", "episode-3"),
        ("!!!", "episode-3"),
    ],
)
def test_slugs_are_ascii_in_any_script(title, slug):
    assert latin_slug(title, fallback="episode-3") == slug


def test_a_long_title_gives_a_short_slug():
    assert len(latin_slug("word " * 100, fallback="x")) <= 120


def test_a_taken_slug_gets_a_number():
    show = ShowFactory()
    EpisodeFactory(show=show, slug="elections")
    EpisodeFactory(show=show, slug="elections-2")

    assert propose_slug(show, title="Elections", number=9) == "elections-3"


def test_an_episode_may_keep_its_own_slug():
    episode = EpisodeFactory(slug="elections")

    slug = propose_slug(episode.show, title="Elections", number=9, episode=episode)

    assert slug == "elections"
