"""Who may do what on a show: the one table that every door asks.

A door reads the roles of a user once (`access_of`) and asks the answer, which makes no query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from catalog.models import Membership

if TYPE_CHECKING:
    from accounts.models import User

Role = Membership.Role


class Action(StrEnum):
    VIEW = "view"
    """See the show, its drafts and its plans."""
    EDIT = "edit"
    """Write episodes: story, people, chapters, topics, slot; keep people and organisations."""
    UPLOAD = "upload"
    """Send audio and pictures."""
    SUBMIT = "submit"
    """Hand a draft to the reviewers."""
    APPROVE = "approve"
    """Approve a draft or send it back."""
    RELEASE = "release"
    """Release, schedule, reschedule, withdraw."""
    DELETE = "delete"
    """Delete an episode that was never released."""
    PLAN = "plan"
    """Change the show itself: its texts, artwork, cadence, hosts and partners."""
    MANAGE = "manage"
    """Say who works on the show."""


_VIEWING = frozenset({Action.VIEW})
_PRODUCING = _VIEWING | {Action.EDIT, Action.UPLOAD, Action.SUBMIT}
_EDITING = _PRODUCING | {Action.APPROVE, Action.RELEASE, Action.DELETE, Action.PLAN}

ALLOWED: Mapping[str, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.EDITOR: _EDITING,
    Role.PRODUCER: _PRODUCING,
    Role.REVIEWER: _VIEWING | {Action.APPROVE},
    Role.ANALYST: _VIEWING,
}


def allowed_actions(role: str) -> frozenset[Action]:
    """Return what a role may do; a role that nobody knows may do nothing."""
    return ALLOWED.get(role, frozenset())


@dataclass(frozen=True, slots=True)
class Access:
    """What one user may do: everything, or per show what the role there allows."""

    everything: bool = False
    roles: Mapping[int, str] = field(default_factory=dict)
    """Primary key of the show → role."""

    def may(self, action: Action, show_id: int | None) -> bool:
        if self.everything:
            return True
        return show_id is not None and action in allowed_actions(self.roles.get(show_id, ""))

    def may_anywhere(self, action: Action) -> bool:
        """Say whether there is a show on which the user may do it."""
        return self.everything or any(
            action in allowed_actions(role) for role in self.roles.values()
        )

    def shows(self, action: Action) -> set[int]:
        """Return the keys of the shows that a role allows it on; meaningless for `everything`."""
        return {show for show, role in self.roles.items() if action in allowed_actions(role)}


def access_of(user: "User") -> Access:
    """Read a user's roles, in one query; an inactive or anonymous user has none."""
    if not user.is_authenticated or not user.is_active:
        return Access()
    if user.is_superuser:
        return Access(everything=True)
    return Access(roles=dict(Membership.objects.filter(user=user).values_list("show_id", "role")))
