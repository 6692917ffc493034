"""How the desk writes times, durations and states."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.contrib.messages.storage.base import Message
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from episodes.audio.timecode import timecode
from episodes.models import Episode, Slot

register = template.Library()


@register.filter
def duration(milliseconds: int | None) -> str:
    """Write 3 725 000 ms as 1:02:05."""
    if milliseconds is None:
        return ""
    return timecode(round(milliseconds / 1000))


def offset(moment: datetime) -> str:
    """Write the distance of an aware time from UTC: UTC, UTC+5, UTC+5:30."""
    delta = moment.utcoffset()
    minutes = 0 if delta is None else round(delta.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


@register.filter
def moment(value: datetime | None, zone: str = "") -> SafeString | str:
    """Write a moment with its zone, in the reader's zone or in the one named."""
    if value is None:
        return ""
    local = timezone.localtime(value, ZoneInfo(zone) if zone else None)
    return format_html(
        '<time datetime="{}">{}</time> <span class="desk-zone">{}</span>',
        local.isoformat(),
        format_date(local, "D j M Y, H:i"),
        zone_name(local),
    )


def zone_name(local: datetime) -> str:
    key = getattr(local.tzinfo, "key", "UTC")
    return "UTC" if key == "UTC" else f"{key} ({offset(local)})"


@register.filter
def slot_moment(slot: Slot | None) -> SafeString | str:
    """Write a slot's due date where it was promised: in its own zone."""
    return moment(slot.due_at, slot.time_zone) if slot else ""


STATES = {
    "draft": "draft",
    "in_review": "review",
    "approved": "approved",
    "withdrawn": "withdrawn",
}


def state_of(episode: Episode, at: datetime) -> str:
    """Return the state that colours the pill: a release is scheduled until it is due, then live."""
    if episode.status == Episode.Status.RELEASED:
        return "live" if episode.is_due(at) else "scheduled"
    return STATES[episode.status]


@register.filter
def pill(episode: Episode, at: datetime) -> SafeString:
    return format_html(
        '<span class="desk-pill desk-pill--{}">{}</span>',
        state_of(episode, at),
        episode.status_label(at),
    )


@register.filter
def days_left(days: int) -> str:
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}


@register.filter
def language_name(tag: str) -> str:
    """Return what the language is called in itself; the bare tag where nobody told Django."""
    try:
        return str(get_language_info(tag)["name_local"]).capitalize()
    except KeyError:
        return ""


@register.filter
def kilobits(bits_per_second: int) -> str:
    return _("%(rate)s kbit/s") % {"rate": round(bits_per_second / 1000)}


@register.filter
def kilohertz(hertz: int) -> str:
    return _("%(rate)s kHz") % {"rate": number_format(Decimal(f"{hertz / 1000:g}"))}


@register.filter
def channels(count: int) -> str:
    return {1: _("Mono"), 2: _("Stereo")}.get(count, str(count))


@register.filter
def section(field: str) -> str:
    """Return the part of the episode's page where a finding is mended."""
    parts = {"audio": "audio", "credits": "people", "topics": "topics", "chapters": "chapters"}
    return parts.get(field, "story")


@register.filter
def tagged(messages: Iterable[Message], tag: str) -> list[Message]:
    """Return the messages that a part of the page says itself."""
    return [message for message in messages if tag in message.tags.split()]


@register.filter
def untagged(messages: Iterable[Message], tag: str) -> list[Message]:
    """Return the messages that are left for the top of the page."""
    return [message for message in messages if tag not in message.tags.split()]


@register.filter
def state_tabs(changelist: Any) -> list[dict[str, Any]]:
    """Return the choices of the list's filter by status, "All" first."""
    for spec in changelist.filter_specs:
        if getattr(spec, "parameter_name", "") == "state":
            return list(spec.choices(changelist))
    return []
