"""Absolute addresses for feeds and whoever else links to audio: from BASE_URL, never from Host."""

from django.conf import settings
from django.urls import reverse

from catalog.models import Image, Person, Show
from episodes.models import AudioFile, Episode, Transcript


def absolute(path: str) -> str:
    """Return `path` with our origin before it; what is absolute (a CDN's address) stays."""
    return f"{settings.BASE_URL}{path}" if path.startswith("/") else path


def show_url(show: Show) -> str:
    return absolute(show.get_absolute_url())


def page_of_show(show: Show) -> str:
    """Return the show's own website, or its page here."""
    return show.website or show_url(show)


def episode_url(episode: Episode) -> str:
    return absolute(episode.get_absolute_url())


def person_url(person: Person) -> str:
    return absolute(reverse("website:person", args=[person.slug]))


def image_url(image: Image | None) -> str:
    return absolute(image.file.url) if image else ""


def audio_url(episode: Episode, audio: AudioFile) -> str:
    """Return the address of one audio version, the same for ever.

    The version's `uid` decides; the name is for people and is not compared, so nothing breaks when
    a slug changes. The path ends in the real extension, from which apps decide what they can play.
    """
    return absolute(audio_path(episode, audio))


def audio_path(episode: Episode, audio: AudioFile) -> str:
    """Return the same without our origin: a page may play from its own, whatever its name."""
    extension = audio.extension.lstrip(".")
    return reverse("feeds:audio", args=[audio.uid, episode.slug, extension])


def waveform_url(audio: AudioFile) -> str:
    return absolute(reverse("feeds:waveform", args=[audio.uid]))


def chapters_url(episode: Episode) -> str:
    return absolute(reverse("feeds:chapters", args=[episode.uid]))


def transcript_url(episode: Episode, transcript: Transcript, extension: str) -> str:
    return absolute(transcript_path(episode, transcript, extension))


def transcript_path(episode: Episode, transcript: Transcript, extension: str) -> str:
    return reverse("feeds:transcript", args=[episode.uid, transcript.language, extension])
