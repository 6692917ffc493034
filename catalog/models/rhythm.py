"""When a show promises to come out."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import validate_time_zone
from catalog.cadence import CadenceRule, InvalidRule
from catalog.models.base import DatedModel
from catalog.models.constraints import dates_in_order
from catalog.models.querysets import DatedQuerySet
from catalog.models.shows import Show


class Cadence(DatedModel):
    """An RFC 5545 rule at a local wall time, in force from one day to another.

    A change of rhythm ends one row and starts the next, so that the past keeps its rule.
    """

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="cadences")
    rrule = models.CharField(
        _("rule"), max_length=200, help_text=_("RFC 5545, such as FREQ=WEEKLY;INTERVAL=2;BYDAY=SU.")
    )
    starts_on = models.DateField(_("first date"), help_text=_("A date that the rule hits."))
    release_time = models.TimeField(_("local time"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    skipped_dates = ArrayField(
        models.DateField(),
        verbose_name=_("holidays"),
        default=list,
        blank=True,
        help_text=_("Local dates on which nothing comes out."),
    )

    objects = DatedQuerySet["Cadence"].as_manager()

    class Meta:
        verbose_name = _("cadence")
        verbose_name_plural = _("cadences")
        ordering = ["show", "-starts_on"]
        constraints = [
            dates_in_order("catalog_cadence"),
            models.UniqueConstraint(
                fields=["show", "starts_on"],
                name="catalog_cadence_one_start_per_day",
                violation_error_message=_("The show has a cadence from this day already."),
            ),
        ]

    def __str__(self) -> str:
        try:
            return self.rule.describe()
        except InvalidRule:
            return self.rrule

    @property
    def rule(self) -> CadenceRule:
        return CadenceRule(
            rrule=self.rrule,
            start=datetime.combine(self.starts_on, self.release_time),
            time_zone=self.time_zone,
            until=self.ends_on,
            skipped=frozenset(self.skipped_dates),
        )

    def has_begun(self, at: datetime) -> bool:
        return self.starts_on <= self._local_day(at)

    def has_ended(self, at: datetime) -> bool:
        return self.ends_on is not None and self.ends_on < self._local_day(at)

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def clean(self) -> None:
        if not (self.rrule and self.starts_on and self.release_time and self.time_zone):
            return
        try:
            self.rule.check()
        except InvalidRule as error:
            raise ValidationError({"rrule": str(error)}) from error
