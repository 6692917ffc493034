import pytest
from django.core.exceptions import ValidationError

from catalog.models import Affiliation, Organisation, Person, PersonName
from episodes.crediting import Newcomer, credit_newcomer, introduce, organisation_named, script_of
from tests.factories import NOW, EpisodeFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_a_newcomer_is_entered_with_everything_and_credited():
    episode = EpisodeFactory()

    row = credit_newcomer(
        episode,
        Newcomer(
            "Дарьяна Грязнова",
            "Юрист",
            organisation_name="Equality Now",
            other_name="Daryana Gryaznova",
        ),
        now=NOW,
    )

    person = row.person
    assert (row.role, row.title, row.organisation.name) == ("Guest", "Юрист", "Equality Now")
    assert (person.slug, person.sort_name) == ("daryana-gryaznova", "Грязнова, Дарьяна")
    assert [(name.name, name.script) for name in person.names.all()] == [
        ("Daryana Gryaznova", PersonName.Script.LATIN)
    ]
    assert Person.objects.named("gryaz").get() == person


def test_an_organisation_of_that_name_is_taken_in_any_case():
    known = OrganisationFactory(name="Equality Now")

    person = introduce(Newcomer("A B", "Analyst", organisation_name="  EQUALITY now "))

    assert person.affiliations.get().organisation == known
    assert organisation_named("") is None


def test_slugs_are_made_free():
    PersonFactory(name="Anna Lee", slug="anna-lee")

    assert introduce(Newcomer("Anna Lee")).slug == "anna-lee-2"


@pytest.mark.parametrize(
    ("newcomer", "field"),
    [
        (Newcomer("  "), "name"),
        (Newcomer("x" * 200), "name"),
        (Newcomer("Anna Lee", organisation_name="Equality Now"), "title"),
        (Newcomer("Anna Lee", "x" * 300), "title"),
    ],
)
def test_bad_text_is_refused_and_nothing_is_left_behind(newcomer, field):
    with pytest.raises(ValidationError) as refusal:
        credit_newcomer(EpisodeFactory(), newcomer, now=NOW)

    assert field in refusal.value.message_dict
    assert not Person.objects.exists()
    assert not Organisation.objects.exists()
    assert not Affiliation.objects.exists()


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("Anna", "Latn"),
        ("Анна-Lee Иванова", "Cyrl"),
        ("دریانه", "Arab"),
        ("დარია", "Zyyy"),
        ("42", "Zyyy"),
    ],
)
def test_the_script_is_that_of_most_letters(name, script):
    assert script_of(name) == script
