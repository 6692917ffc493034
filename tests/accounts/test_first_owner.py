from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.first_owner import (
    SetupLinkRefused,
    check_setup_token,
    create_first_owner,
    make_setup_token,
)
from accounts.models import User

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PERSON = {"email": "asel@example.org", "name": "Асель", "password": "мост-через-Сырдарью-7"}


@pytest.mark.django_db
def test_setup_link_makes_one_owner_and_closes_behind_them():
    token = make_setup_token(at=NOW)

    owner = create_first_owner(token, **PERSON, at=NOW)

    assert owner.is_superuser
    assert owner.is_staff
    assert owner.check_password(PERSON["password"])
    with pytest.raises(SetupLinkRefused, match="has an owner already"):
        create_first_owner(token, **{**PERSON, "email": "other@example.org"}, at=NOW)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_setup_link_ends_after_a_day():
    token = make_setup_token(at=NOW)

    check_setup_token(token, at=NOW + timedelta(hours=23, minutes=59))
    with pytest.raises(SetupLinkRefused, match="older than a day"):
        check_setup_token(token, at=NOW + timedelta(days=1))


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "мост", "eyJ1bnRpbCI6OTllOTl9:1:x"])
def test_setup_link_that_we_did_not_sign_is_refused(token):
    with pytest.raises(SetupLinkRefused, match="not complete"):
        check_setup_token(token, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_people_with_the_same_link_make_one_owner():
    token = make_setup_token(at=NOW)

    def try_it(number):
        try:
            create_first_owner(token, **{**PERSON, "email": f"{number}@example.org"}, at=NOW)
        except SetupLinkRefused:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(4) as pool:
        made = sum(pool.map(try_it, range(4)))

    assert made == 1
    assert User.objects.count() == 1
