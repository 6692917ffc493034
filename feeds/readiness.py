"""What a release is asked on behalf of the feed: settings.READINESS_CHECKS names these."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from catalog.artwork import APPLE_MAX_SIDE, APPLE_MIN_SIDE
from catalog.models import Image
from episodes.models import Episode
from episodes.readiness import Finding, Severity
from feeds.items import reasons_against

APPLE_TYPES = {"audio/mpeg", "audio/x-m4a", "audio/mp4", "audio/m4a", "audio/aac"}

MOST_COVER_BYTES = 512_000
"""Apple's advice; the pictures' own renderer comes under it wherever the picture allows."""


def check_item(episode: Episode, *, at: datetime) -> Iterator[Finding]:  # noqa: ARG001
    """Hold back what could not stand in the feed at all; missing audio is said by episodes."""
    if episode.audio is None or not episode.title.strip():
        return
    for reason in reasons_against(episode):
        yield Finding(
            Severity.BLOCKING,
            "feed_cannot_carry",
            reason,
            _("Upload another file."),
            "audio",
        )
    if episode.audio.mime_type not in APPLE_TYPES:
        yield Finding(
            Severity.ADVICE,
            "audio_not_for_apple",
            _("Apple Podcasts takes MP3 and AAC; this file is %(type)s.")
            % {"type": episode.audio.mime_type},
            _("Upload an MP3."),
            "audio",
        )
    if len(episode.title) > 255 or "<" in episode.title or ">" in episode.title:
        yield Finding(
            Severity.ADVICE,
            "title_for_directories",
            _("YouTube refuses titles with < or >, and Apple those of more than 255 characters."),
            _("Write the title without them."),
            "title",
        )


def check_show(episode: Episode, *, at: datetime) -> Iterator[Finding]:  # noqa: ARG001
    """Advise on the show. It holds no release back: listeners wait for the episode."""
    show = episode.show
    if not show.description.strip():
        yield _about_show("show_no_description", _("The show has no description."))
    elif len(show.description.encode()) > 4000:
        yield _about_show(
            "show_description_long",
            _("The show's description is over Apple's 4000 bytes; the feed carries its start."),
        )
    if not show.categories:
        yield _about_show("show_no_category", _("The show has no category; Apple refuses it."))
    if not (show.owner_email and show.owner_in_feed):
        yield _about_show(
            "show_no_owner",
            _("The feed names no owner's e-mail; YouTube and Spotify ask for one."),
        )
    yield from _check_show_artwork(show.artwork)


def _check_show_artwork(artwork: Image | None) -> Iterator[Finding]:
    if artwork is None:
        yield _about_show("show_no_artwork", _("The show has no artwork; Apple refuses it."))
        return
    if not _has_apples_size(artwork):
        yield _about_show(
            "show_artwork_size",
            _("The show's artwork is %(width)s × %(height)s; Apple wants a square of 1400 to 3000.")
            % {"width": artwork.width, "height": artwork.height},
        )
    if artwork.size > MOST_COVER_BYTES:
        yield Finding(
            Severity.ADVICE,
            "show_artwork_heavy",
            _("The show's artwork has %(size)s KB; Apple advises at most 512.")
            % {"size": _kilobytes(artwork)},
            _("Save it as a JPEG with less detail and upload that on the show's page."),
            "show",
        )


def check_cover(episode: Episode, *, at: datetime) -> Iterator[Finding]:  # noqa: ARG001
    """Advise on a cover of the episode's own; type and colours are seen to on the way in."""
    cover = episode.artwork
    if cover is None:
        return
    if not _has_apples_size(cover):
        yield Finding(
            Severity.ADVICE,
            "artwork_size",
            _(
                "The episode's artwork is %(width)s × %(height)s; Apple wants a square of 1400 to "
                "3000."
            )
            % {"width": cover.width, "height": cover.height},
            _("Upload a square of 1400 to 3000 pixels."),
            "artwork",
        )
    if cover.size > MOST_COVER_BYTES:
        yield Finding(
            Severity.ADVICE,
            "artwork_heavy",
            _("The episode's artwork has %(size)s KB; Apple advises at most 512.")
            % {"size": _kilobytes(cover)},
            _("Save it as a JPEG with less detail and upload that."),
            "artwork",
        )


def _has_apples_size(image: Image) -> bool:
    return image.is_square and APPLE_MIN_SIDE <= image.width <= APPLE_MAX_SIDE


def _kilobytes(image: Image) -> int:
    return -(-image.size // 1000)


def _about_show(code: str, message: str) -> Finding:
    return Finding(Severity.ADVICE, code, message, _("Change it on the show's page."), "show")
