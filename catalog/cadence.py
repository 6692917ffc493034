"""A show's rhythm: an RFC 5545 rule in, dates out.

Pure: neither Django nor a clock. The rule runs on local wall time and each date is then placed in
its IANA zone, so "Sunday at 12:00" stays 12:00 across a change of the clocks (RFC 5545 §3.3.10,
which is what listeners mean by noon).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rruleset, rrulestr

from catalog.cadence_words import describe_frequency, describe_time, parse_parts

_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_ALLOWED_PARTS = {
    "FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST",
}  # fmt: skip
_HORIZON = timedelta(days=366 * 10)
"""No rhythm is looked for further ahead: a rule without any date in ten years has none."""


class InvalidRule(ValueError):
    """The rule cannot be followed; the text tells an editor what to write instead."""


@dataclass(frozen=True, slots=True)
class CadenceRule:
    """`start` is naive local wall time; `until` and `skipped` are local calendar dates."""

    rrule: str
    start: datetime
    time_zone: str
    until: date | None = None
    skipped: frozenset[date] = field(default_factory=frozenset)

    def check(self) -> None:
        """Raise InvalidRule, in an editor's words, unless the rule gives dates."""
        parts = parse_parts(self.rrule)
        if parts.get("FREQ") not in _FREQUENCIES:
            raise InvalidRule(
                "The rule must start with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, "
                "for example FREQ=WEEKLY;INTERVAL=2;BYDAY=SU."
            )
        if unknown := sorted(set(parts) - _ALLOWED_PARTS):
            raise InvalidRule(
                f"{', '.join(unknown)} cannot be used in the rule. The last day has its own field."
            )
        anyway = replace(self, skipped=frozenset(), until=None)
        first = next(_local_dates(anyway, self.start), None)
        if first is None:
            raise InvalidRule("This rule never gives a date. Check its days and months.")
        if first != self.start:
            raise InvalidRule(
                f"The first date, {self.start:%Y-%m-%d}, is not one of the rule's dates; "
                f"the first that is: {first:%Y-%m-%d}."
            )

    def dates_from(self, after: datetime) -> Iterator[datetime]:
        """Yield the UTC moments at or after `after` (aware), soonest first, without end."""
        zone = _zone(self)
        # A day of slack: around a change of the clocks wall time and UTC order may differ.
        local = after.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
        for wall in _local_dates(self, local):
            moment = wall.replace(tzinfo=zone).astimezone(UTC)
            if moment >= after:
                yield moment

    def dates_between(self, after: datetime, before: datetime) -> list[datetime]:
        """Return the UTC moments in [`after`, `before`)."""
        return list(takewhile(lambda moment: moment < before, self.dates_from(after)))

    def next_dates(self, after: datetime, count: int) -> list[datetime]:
        return list(islice(self.dates_from(after), count))

    def describe(self, language: str = "en") -> str:
        """Say the rule: "every 2 weeks on Sunday at 12:00 (Asia/Almaty)"."""
        when = describe_time(f"{self.start:%H:%M}", self.time_zone, language)
        return f"{self.describe_frequency(language)} {when}"

    def describe_frequency(self, language: str = "en") -> str:
        """Say how often, without the time of day; raises InvalidRule like `check`."""
        if parse_parts(self.rrule).get("FREQ") not in _FREQUENCIES:
            raise InvalidRule(f"“{self.rrule}” is not a rule of RFC 5545.")
        return describe_frequency(self.rrule, language)


def _zone(rule: CadenceRule) -> ZoneInfo:
    try:
        return ZoneInfo(rule.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidRule(
            f"“{rule.time_zone}” is no time zone. Write one such as Asia/Almaty."
        ) from error


def _local_dates(rule: CadenceRule, after: datetime) -> Iterator[datetime]:
    _zone(rule)
    if parse_parts(rule.rrule).get("INTERVAL") == "0":
        # dateutil would look for the next date for ever.
        raise InvalidRule("INTERVAL=0 is not a rule of RFC 5545: write 1 or more.")
    try:
        dates = rrulestr(rule.rrule, dtstart=rule.start)
    except (ValueError, TypeError) as error:
        raise InvalidRule(f"“{rule.rrule}” is not a rule of RFC 5545: {error}.") from error
    if not isinstance(dates, rrule | rruleset):
        raise InvalidRule(f"“{rule.rrule}” is not a rule of RFC 5545.")
    last = rule.until
    for wall in dates.xafter(after, inc=True):
        if last is not None and wall.date() > last:
            return
        if wall > max(after, rule.start) + _HORIZON:
            return
        if wall.date() not in rule.skipped:
            yield wall
