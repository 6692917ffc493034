import pytest

from catalog.models import Membership
from catalog.permissions import Access, Action, access_of, allowed_actions
from tests.factories import MembershipFactory, ShowFactory, UserFactory

Role = Membership.Role

MATRIX = {
    Action.VIEW: {"owner", "editor", "producer", "reviewer", "analyst"},
    Action.EDIT: {"owner", "editor", "producer"},
    Action.UPLOAD: {"owner", "editor", "producer"},
    Action.SUBMIT: {"owner", "editor", "producer"},
    Action.APPROVE: {"owner", "editor", "reviewer"},
    Action.RELEASE: {"owner", "editor"},
    Action.DELETE: {"owner", "editor"},
    Action.PLAN: {"owner", "editor"},
    Action.MANAGE: {"owner"},
}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("action", Action)
def test_every_role_may_do_what_the_matrix_says(role, action):
    assert (action in allowed_actions(role)) == (role in MATRIX[action])


def test_every_role_and_action_stands_in_the_matrix():
    assert set(MATRIX) == set(Action)
    assert set().union(*MATRIX.values()) == set(Role.values)


def test_an_unknown_role_may_nothing():
    assert allowed_actions("emperor") == frozenset()


@pytest.mark.django_db
def test_a_role_counts_on_its_own_show_only():
    membership = MembershipFactory(role=Role.EDITOR)
    other = ShowFactory()

    access = access_of(membership.user)

    assert access.may(Action.RELEASE, membership.show_id)
    assert not access.may(Action.VIEW, other.pk)
    assert not access.may(Action.VIEW, None)
    assert access.may_anywhere(Action.RELEASE)
    assert access.shows(Action.RELEASE) == {membership.show_id}


@pytest.mark.django_db
def test_a_superuser_may_everything_and_the_inactive_nothing():
    chief = UserFactory(is_superuser=True)
    gone = MembershipFactory(role=Role.OWNER, user=UserFactory(is_active=False)).user

    assert access_of(chief).may(Action.MANAGE, 1)
    assert access_of(gone) == Access()


@pytest.mark.django_db
def test_reading_the_roles_takes_one_query(django_assert_num_queries):
    user = UserFactory()
    for _number in range(3):
        MembershipFactory(user=user)

    with django_assert_num_queries(1):
        access = access_of(user)
        assert access.may_anywhere(Action.EDIT)
