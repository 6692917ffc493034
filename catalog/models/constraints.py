"""Constraints that several tables share, named for the table they stand in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def dates_in_order(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
        name=f"{table}_dates_in_order",
        violation_error_message=_("The last day lies before the first."),
    )
