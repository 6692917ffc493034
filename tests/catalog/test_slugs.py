import pytest

from catalog.models import Person
from catalog.slugs import free_slug, latin_slug
from tests.factories import PersonFactory


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("After the sea", "after-the-sea"),
        ("Ветер знает дорогу", "veter-znaet-dorogu"),
        ("Қазақстан", "qazaqstan"),
        ("???", "thing"),
    ],
)
def test_a_slug_is_ascii(text, slug):
    assert latin_slug(text, fallback="thing") == slug


@pytest.mark.django_db
def test_a_taken_slug_is_numbered_from_two():
    PersonFactory(slug="anna")
    PersonFactory(slug="anna-2")

    assert free_slug(Person.objects.all(), "Anna", fallback="person") == "anna-3"
