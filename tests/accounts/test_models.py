import pytest
from django.core.exceptions import ValidationError

from accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


def test_a_user_signs_in_with_an_address_in_any_case():
    user = User.objects.create_user("Editor@Example.org", "a long enough password")

    assert User.objects.get_by_natural_key("editor@example.ORG") == user


def test_two_accounts_cannot_differ_by_case_alone():
    User.objects.create_user("editor@example.org", "a long enough password")

    with pytest.raises(ValidationError, match="account with this e-mail already"):
        User.objects.create_user("EDITOR@example.org", "another long password")


def test_an_unknown_time_zone_is_refused_in_words():
    with pytest.raises(ValidationError, match="“Almaty” is no time zone"):
        User.objects.create_user("a@example.org", "a long enough password", time_zone="Almaty")


def test_a_user_without_a_name_is_called_by_the_address():
    assert str(User(email="a@example.org")) == "a@example.org"


def test_of_an_api_token_only_the_digest_is_stored():
    user = User.objects.create_user("a@example.org", "a long enough password")

    row, secret = ApiToken.objects.create(user, label="Phone")

    assert secret not in {str(value) for value in ApiToken.objects.values_list().get()}
    assert row.label == "Phone"
