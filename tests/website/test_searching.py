"""Finding a guest or a sentence in the archive."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import PersonName
from episodes.models import Transcript
from episodes.transcribing import store_transcript
from tests.factories import NOW, CreditFactory, LiveEpisodeFactory, PersonFactory, ShowFactory
from website.searching import find_episodes, find_people, find_topics, read_question
from website.snippets import snippets_for

pytestmark = pytest.mark.django_db


def titles(text):
    return [episode.title for episode in find_episodes(read_question(text), NOW)]


@pytest.fixture
def borders(show):
    return LiveEpisodeFactory(
        show=show,
        title="Drawn at last",
        summary="Three neighbours settled their borders.",
        notes="Posts are **set** along a canal.",
    )


@pytest.mark.parametrize(
    "text", ["drawn", "Neighbour", "canals", "border settle", '"settled their"']
)
def test_words_are_found_in_title_summary_and_notes_in_any_form(borders, text):
    assert titles(text) == ["Drawn at last"]


@pytest.mark.parametrize("text", ["-canal", "reservoir", '"settled neighbours"', "the"])
def test_what_does_not_answer_is_not_found(borders, text):
    assert titles(text) == []


def test_russian_is_found_in_its_forms():
    show = ShowFactory(language="ru")
    LiveEpisodeFactory(show=show, title="Снег", summary="Почему снег важнее дождя.", notes="")

    assert titles("дождь") == ["Снег"]
    assert titles("СНЕГА") == ["Снег"]


def test_a_language_without_a_dictionary_is_found_word_for_word():
    show = ShowFactory(language="kk")
    LiveEpisodeFactory(show=show, title="Көктем", summary="", notes="Наурыз келді")

    assert titles("наурыз") == ["Көктем"]


def test_a_sentence_is_found_in_the_transcript(episode):
    assert titles("counted the lanterns") == ["Story 1"]


def test_a_guest_is_found_in_any_script_and_word_order(borders):
    guest = PersonFactory(name="Daryana Gryaznova")
    PersonName.objects.create(person=guest, name="Дарьяна Грязнова", script="Cyrl")
    CreditFactory(episode=borders, person=guest)

    for text in ("gryaznova", "Gryaznova Daryana", "грязнова", "Грязнова дарьяна"):
        assert titles(text) == ["Drawn at last"], text
        assert list(find_people(read_question(text), NOW)) == [guest], text


def test_titles_come_first_and_then_the_newest(show):
    for day, title, notes in (
        (1, "Water again", ""),
        (2, "Old news", "water"),
        (3, "Fresh news", "water"),
    ):
        LiveEpisodeFactory(
            show=show, title=title, notes=notes, release_at=NOW.replace(day=day), summary=""
        )

    assert titles("water") == ["Water again", "Fresh news", "Old news"]


def test_topics_are_found_by_their_name_in_any_language(show, episode):
    country = episode.topics.get(kind="country")
    country.name, country.translations = "Kazakhstan", {"ru": "Казахстан"}
    country.save()

    for text in ("kazakh", "КАЗАХ", "Казахстан"):
        assert list(find_topics(read_question(text), NOW)) == [country], text


def test_a_snippet_says_where_in_the_audio_it_is_said(show, episode):
    found = list(find_episodes(read_question("lanterns"), NOW))

    snippet = snippets_for(found, read_question("lanterns"))[episode.pk]

    assert "<mark>lanterns</mark>" in snippet.html
    assert snippet.said_at_ms == 75_500


def test_a_transcript_of_another_language_does_not_hide_the_own_one(show, episode):
    Transcript.objects.create(
        episode=episode, language="de", vtt="WEBVTT\n\n00:01.000 --> 00:02.000\nLaternen\n"
    )

    snippet = snippets_for([episode], read_question("lanterns"))[episode.pk]

    assert snippet.said_at_ms == 75_500


def test_without_a_find_in_words_the_summary_stands(episode, guest):
    snippet = snippets_for([episode], read_question(guest.person.name))[episode.pk]

    assert snippet.html == episode.summary


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=40) | st.text(alphabet="'\"&|!():*-\\<>\x00 ab", max_size=40))
def test_no_question_breaks_the_search(text):
    question = read_question(text)

    if question:
        found = list(find_episodes(question, NOW))
        list(find_people(question, NOW))
        list(find_topics(question, NOW))
        snippets_for(found, question)


@pytest.mark.parametrize(
    "address", ["/search/?q=%00", "/search/?q=", "/search/", "/search/?q=%22%22"]
)
def test_an_empty_question_is_a_page_and_not_a_search(client, episode, address):
    response = client.get(address)

    assert response.status_code == 200
    assert "Often heard" in response.content.decode()


def test_a_very_long_question_is_cut(client, episode):
    assert client.get("/search/", {"q": "x" * 5000}).status_code == 200


def test_no_answer_says_what_to_try(client, episode):
    body = client.get("/search/?q=zzzz").content.decode()

    assert "No episode answers that." in body
    assert "Try fewer or other words." in body


def test_answers_come_in_pages_that_keep_the_question(client, show):
    for _number in range(21):
        LiveEpisodeFactory(show=show, notes="water & salt")

    first = client.get("/search/", {"q": "water & salt"}).content.decode()

    assert 'rel="next" href="?q=water%20%26%20salt&amp;page=2"' in first
    assert client.get("/search/?q=water%20%26%20salt&page=2").status_code == 200
    assert client.get("/search/?q=water%20%26%20salt&page=3").status_code == 404


def test_results_are_not_for_search_engines(client, episode):
    assert '<meta name="robots" content="noindex">' in client.get("/search/?q=a").content.decode()


def test_search_reads_its_indexes(show):
    """The migration's expressions and the query's are the same, or all is read in full."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        query, params = find_episodes(read_question("water"), NOW).query.sql_with_params()
        cursor.execute(f"EXPLAIN {query}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    for config in ("english", "russian", "simple"):
        assert f"website_episode_{config}" in plan
    assert plan.count("website_transcript_words") == 3


def test_a_transcript_is_searched_in_its_own_language(episode):
    episode.transcripts.update(language="ru", vtt="WEBVTT\n\n00:01.000 --> 00:02.000\nвыборы")

    assert titles("выборах") == ["Story 1"]


def test_times_of_a_transcript_are_no_words(episode):
    assert titles("00:00:01.000") == []


def test_nothing_but_what_is_said_is_a_word_of_a_transcript(episode):
    """The stored column reads any WebVTT, whoever wrote it."""
    blocks = [
        "\ufeffWEBVTT - heading\nKind: captions",
        "NOTE\nsecret remark\nof two lines",
        "STYLE\n::cue { color: purple }",
        (
            "identifier\n00:01.000 --> 00:02.000 align:start\n"
            "<v.loud Quentin Qualm>The <i>un</i>loved lake\nNOTE that it is R&amp;D"
        ),
    ]
    unsaid = "heading captions secret remark lines purple identifier align Quentin Qualm loud amp"

    for newline in ("\n", "\r\n"):
        episode.transcripts.update(vtt="\n\n".join(blocks).replace("\n", newline))

        assert [word for word in ("unloved", "lake", '"R&D"') if not titles(word)] == []
        assert [word for word in unsaid.split() if titles(word)] == []


def test_words_without_times_are_found_and_lead_to_no_moment(episode):
    episode.transcripts.all().delete()
    store_transcript(episode, "A text.\n\nOn lanterns.", language="en", by=None, now=NOW)

    question = read_question("lanterns")
    [found] = find_episodes(question, NOW)

    assert snippets_for([found], question)[found.pk].said_at_ms is None
    assert "<mark>lanterns</mark>" in snippets_for([found], question)[found.pk].html


@pytest.mark.parametrize("letter", ["a", "я", "𠀀"])
def test_no_text_is_too_long_to_be_saved(episode, letter):
    """PostgreSQL refuses to index more than a megabyte of different words."""
    words = " ".join(f"{number:04}{letter * 4}" for number in range(60_000))

    episode.notes = words
    episode.save()
    episode.transcripts.update(vtt=f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}")

    assert titles(f"0007{letter * 4}") == ["Story 1"]
