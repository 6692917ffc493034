"""Filters of the public pages."""

import json
from datetime import datetime
from typing import Any

from django import template
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext

from catalog.models import Image, Person, Topic
from episodes.audio.listening.waveform import line
from episodes.audio.timecode import timecode
from episodes.models import AudioFile, Credit, Episode
from episodes.notes import Audience, render_html
from feeds.links import audio_path
from website.meta import image_path

register = template.Library()

GUEST_ROLES = {"Guest", "Guest Host"}


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """Return a data block that no text can close: every <, > and & is written as an escape."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped


@register.filter
def notes(markdown: str) -> SafeString:
    return mark_safe(render_html(markdown, audience=Audience.SITE))  # noqa: S308 - sanitised there


@register.filter
def picture(image: Image, side: int) -> str:
    return image_path(image, side)


@register.filter
def guests(episode: Episode) -> list[Credit]:
    """Return who was heard beside the hosts; reads prefetched credits."""
    return [credit for credit in episode.credits.all() if credit.role in GUEST_ROLES]


@register.filter
def initials(person: Person) -> str:
    """Return one or two letters for somebody without a photo; never somebody else's face."""
    words = [word for word in person.name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words if len(words) < 2 else (words[0], words[-1]))).upper()


@register.filter
def wave_line(audio: AudioFile | None) -> str:
    """Return the path of the waveform's picture; nothing until it was listened to."""
    heard = audio.sound_report if audio else None
    return line(heard["overview"]) if heard else ""


@register.filter
def timestamp(milliseconds: int) -> str:
    """Return a place in the audio: 0:21, 12:05, 1:02:03."""
    return timecode(milliseconds / 1000)


@register.filter
def seconds(milliseconds: int) -> str:
    """Return the same place for an address: 21, 21.845."""
    return f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".")


@register.filter
def running_time(audio: AudioFile) -> str:
    """Say a duration as people do: "48 min", "1 h 4 min", and under a minute in seconds."""
    whole = round(audio.duration_ms / 1000)
    if whole < 60:
        return gettext("%(seconds)d s") % {"seconds": whole}
    hours, minutes = divmod(round(whole / 60), 60)
    if hours and minutes:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if hours:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(minutes)d min") % {"minutes": minutes}


@register.filter
def audio_address(episode: Episode) -> str:
    """Return the path alone: the policy lets a page play from its own origin, whatever its name."""
    if episode.audio is None:
        return ""
    return audio_path(episode, episode.audio)


@register.filter
def released(episode: Episode, style: str = "full") -> SafeString:
    """Return the day of release in the show's zone, as a `time` element with the exact moment."""
    moment = episode.release_at
    if moment is None:
        return SafeString()
    return time_element(moment.astimezone(episode.show.zone_at(moment)), style)


@register.filter
def moment(value: datetime, style: str = "full") -> SafeString:
    return time_element(value, style)


def time_element(value: datetime, style: str) -> SafeString:
    layouts = {
        "full": pgettext("date format", "j F Y"),
        "next": pgettext("date format", "l j F, H:i"),
    }
    return format_html(
        '<time datetime="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        formats.date_format(value, layouts[style]),
    )


@register.filter
def year(episode: Episode) -> int:
    """Return the year of release in the show's zone, to group archives by."""
    assert episode.release_at is not None  # noqa: S101 - only live episodes are listed
    return episode.show.day_at(episode.release_at).year


@register.filter
def in_words(topic: Topic) -> str:
    """Return the topic's name in the page's language."""
    return topic.name_in(translation.get_language() or "en")


@register.filter
def episodes_counted(number: int) -> str:
    return ngettext("%(number)d episode", "%(number)d episodes", number) % {"number": number}


ROLES = {
    "Host": lambda: pgettext("role", "Host"),
    "Co-Host": lambda: gettext("Co-host"),
    "Guest Host": lambda: gettext("Guest host"),
    "Guest": lambda: pgettext("role", "Guest"),
    "Producer": lambda: gettext("Producer"),
    "Editor": lambda: gettext("Editor"),
    "Reporter": lambda: gettext("Reporter"),
    "Narrator": lambda: gettext("Narrator"),
    "Audio Engineer": lambda: gettext("Audio engineer"),
    "Sound Designer": lambda: gettext("Sound designer"),
}


@register.filter
def roles_in_words(role: str, people: list[object]) -> str:
    """Return the heading over people with that role: Host over one, Hosts over two."""
    if role == "Host":
        return ngettext("Host", "Hosts", len(people))
    if role == "Guest":
        return ngettext("Guest", "Guests", len(people))
    return role_in_words(role)


@register.filter
def role_in_words(role: str) -> str:
    """Return a role of the podcast taxonomy in the page's language where it has a word for it."""
    return ROLES[role]() if role in ROLES else role


@register.filter
def as_credited(credit: Credit) -> str:
    """Return role and affiliation as of the episode; a role that the title says is said once."""
    role, doing = role_in_words(credit.role), credit.affiliation
    if not doing:
        return role
    return doing if doing.lower().startswith(credit.role.lower()) else f"{role}: {doing}"
