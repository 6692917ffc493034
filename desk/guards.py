"""What the database refuses, in the words of the rule that was broken.

Forms and domain functions say nearly everything first. What is left are races (two people, one
slug) and the guards that nothing may pass (a GUID, a released slug): no one sees a 500 for them.
"""

from django.apps import apps
from django.db import IntegrityError
from django.db.models import BaseConstraint
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

GUARDS = {
    "episodes_episode_guid_immutable": gettext_noop(
        "The GUID of an episode never changes: apps would take it for a new episode."
    ),
    "episodes_episode_slug_frozen": gettext_noop(
        "The address of a released episode never changes: links to it would break."
    ),
    "episodes_episode_released_stays": gettext_noop(
        "An episode that was released cannot be deleted. Withdraw it instead: it leaves every "
        "page and the feed, and its GUID is never used again."
    ),
    "episodes_audiofile_immutable": gettext_noop(
        "An audio version never changes. Upload the new file as a new version."
    ),
    "catalog_show_guid_immutable": gettext_noop("The podcast GUID of a show never changes."),
}


def rule_of(error: IntegrityError) -> str:
    """Return the name of the constraint or trigger that refused; "" when it has none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def explain(error: IntegrityError) -> str:
    """Return the sentence of the constraint or trigger that refused, or a general one."""
    name = rule_of(error)
    if name in GUARDS:
        return _(GUARDS[name])
    constraint = _constraints().get(name)
    if constraint is not None:
        return str(constraint.get_violation_error_message())
    return _("Somebody changed this at the same moment. Nothing was lost: look and save again.")


def _constraints() -> dict[str, BaseConstraint]:
    return {
        constraint.name: constraint
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }
