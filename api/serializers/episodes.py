from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.links import api_address
from api.serializers.parts import (
    CountrySerializer,
    ImageSerializer,
    OrganisationSerializer,
    PersonReferenceSerializer,
    TextSerializer,
    TopicSerializer,
)
from api.serializers.shows import PartnershipSerializer, ShowReferenceSerializer
from api.texts import three_forms, with_footer
from catalog.models import Topic
from episodes.chaptering import audible
from episodes.models import Chapter, Correction, Credit, Episode, Soundbite, Transcript
from episodes.transcribing import names_in
from episodes.transcripts.writing import forms_of
from feeds.links import audio_url, chapters_url, episode_url, transcript_url, waveform_url


class SecondsField(serializers.FloatField):
    """Milliseconds in the row, seconds in the answer."""

    def to_representation(self, value: float) -> Any:
        return value / 1000


class LoudnessSerializer(serializers.Serializer[Any]):
    """By EBU R128 (ITU-R BS.1770-4). A null is digital silence, or what could not be told."""

    integrated_lufs = serializers.FloatField(allow_null=True)
    true_peak_dbtp = serializers.FloatField(allow_null=True)
    loudness_range_lu = serializers.FloatField(allow_null=True)


class EnclosureSerializer(serializers.Serializer[Episode]):
    """The audio; every figure is read from the stored bytes."""

    url = serializers.SerializerMethodField(help_text="Answers HEAD and byte ranges, for ever.")
    size_bytes = serializers.IntegerField(source="audio.size")
    mime_type = serializers.CharField(source="audio.mime_type")
    duration_seconds = SecondsField(source="audio.duration_ms")
    bit_rate = serializers.IntegerField(
        source="audio.bit_rate", help_text="Bits a second, average."
    )
    channels = serializers.IntegerField(source="audio.channels")
    sample_rate = serializers.IntegerField(source="audio.sample_rate", help_text="Hz.")
    sha256 = serializers.CharField(source="audio.sha256")
    waveform_url = serializers.SerializerMethodField(
        help_text="audiowaveform JSON, version 2; `?points=800` for less. Null until it is drawn."
    )
    loudness = serializers.SerializerMethodField(help_text="Null until it was listened to.")

    def get_waveform_url(self, episode: Episode) -> str | None:
        audio = episode.audio
        return waveform_url(audio) if audio and audio.waveform_id else None

    @extend_schema_field(LoudnessSerializer(allow_null=True))
    def get_loudness(self, episode: Episode) -> Any:
        audio = episode.audio
        heard = audio is not None and audio.sound_report is not None
        return LoudnessSerializer(audio).data if heard else None

    def get_url(self, episode: Episode) -> str:
        assert episode.audio is not None  # noqa: S101 - a constraint: what is released has audio
        return audio_url(episode, episode.audio)


class CreditSerializer(serializers.Serializer[Credit]):
    """A person's part, with title and organisation as of the episode."""

    name = serializers.CharField(source="credited_name", help_text="As credited; frozen.")
    role = serializers.CharField(help_text="Of the podcast taxonomy.")
    group = serializers.CharField(help_text="The role's group in the taxonomy.")
    title = serializers.CharField(help_text="What they did at the time of the episode.")
    organisation = serializers.SerializerMethodField()
    person = PersonReferenceSerializer()

    @extend_schema_field(OrganisationSerializer(allow_null=True))
    def get_organisation(self, credit: Credit) -> Any:
        """Name the organisation as it was called then; id and address are today's."""
        if credit.organisation is None:
            return None
        data = dict(OrganisationSerializer(credit.organisation).data)
        return {**data, "name": credit.credited_organisation}


class ChapterSerializer(serializers.Serializer[Chapter]):
    start_seconds = SecondsField(source="start_ms")
    title = serializers.CharField()
    url = serializers.CharField()
    image = ImageSerializer(allow_null=True)
    hidden = serializers.BooleanField(help_text="Not for the table of contents.")


class SoundbiteSerializer(serializers.Serializer[Soundbite]):
    start_seconds = SecondsField(source="start_ms")
    duration_seconds = SecondsField(source="duration_ms")
    title = serializers.CharField()


class TranscriptFormSerializer(serializers.Serializer[Any]):
    mime_type = serializers.CharField()
    url = serializers.URLField()


class SpeakerSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As the transcript writes it, in every form.")
    person = PersonReferenceSerializer(
        allow_null=True, help_text="Null for a voice that nobody was named for."
    )


class TranscriptSerializer(serializers.Serializer[Any]):
    language = serializers.CharField(help_text="BCP 47.")
    mime_type = serializers.CharField(help_text="Of the best form: WebVTT where it has times.")
    url = serializers.URLField(help_text="Of the best form.")
    timed = serializers.BooleanField(help_text="Whether it says when each word is spoken.")
    forms = TranscriptFormSerializer(
        many=True, help_text="The same words in every form that there is, the best first."
    )
    speakers = SpeakerSerializer(many=True, help_text="In the order of their first words.")


class CorrectionSerializer(serializers.Serializer[Correction]):
    corrected_at = serializers.DateTimeField()
    text = serializers.SerializerMethodField()

    @extend_schema_field(TextSerializer)
    def get_text(self, correction: Correction) -> dict[str, str]:
        return three_forms(correction.text)


class EpisodeLinksSerializer(serializers.Serializer[Any]):
    self = serializers.URLField()
    page = serializers.URLField(help_text="On the public site.")
    show = serializers.URLField()
    feed = serializers.URLField(help_text="RSS.")


class EpisodeListItemSerializer(serializers.Serializer[Episode]):
    id = serializers.UUIDField(source="uid")
    guid = serializers.CharField(help_text="The feed's GUID; never changes.")
    show = ShowReferenceSerializer()
    title = serializers.CharField()
    slug = serializers.CharField()
    type = serializers.ChoiceField(choices=Episode.Type.choices)
    number = serializers.IntegerField(allow_null=True)
    season = serializers.IntegerField(allow_null=True)
    summary = serializers.CharField()
    explicit = serializers.BooleanField(source="is_explicit")
    published_at = serializers.DateTimeField(source="release_at")
    updated_at = serializers.DateTimeField()
    artwork = serializers.SerializerMethodField()
    enclosure = EnclosureSerializer(source="*")
    credits = CreditSerializer(many=True)
    topics = serializers.SerializerMethodField()
    countries = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    @extend_schema_field(ImageSerializer(allow_null=True))
    def get_artwork(self, episode: Episode) -> Any:
        image = episode.artwork or episode.show.artwork
        return ImageSerializer(image).data if image else None

    @extend_schema_field(TopicSerializer(many=True))
    def get_topics(self, episode: Episode) -> Any:
        rows = [row for row in episode.topics.all() if row.kind == Topic.Kind.THEME]
        return TopicSerializer(rows, many=True).data

    @extend_schema_field(CountrySerializer(many=True))
    def get_countries(self, episode: Episode) -> Any:
        rows = [row for row in episode.topics.all() if row.kind == Topic.Kind.COUNTRY]
        return CountrySerializer(rows, many=True).data

    @extend_schema_field(EpisodeLinksSerializer)
    def get_links(self, episode: Episode) -> dict[str, str]:
        return {
            "self": api_address("episode", episode.uid),
            "page": episode_url(episode),
            "show": api_address("show", episode.show.uid),
            "feed": episode.show.feed_url,
        }


class EpisodeSerializer(EpisodeListItemSerializer):
    """The whole episode in one answer."""

    language = serializers.CharField(source="show.language", help_text="BCP 47.")
    recorded_on = serializers.DateField(allow_null=True)
    notes = serializers.SerializerMethodField()
    chapters = serializers.SerializerMethodField()
    chapters_url = serializers.SerializerMethodField(
        help_text="The same as a Podcasting 2.0 JSON file; null where there is no chapter."
    )
    soundbites = SoundbiteSerializer(many=True)
    transcripts = serializers.SerializerMethodField()
    corrections = CorrectionSerializer(many=True)
    partnerships = serializers.SerializerMethodField()

    @extend_schema_field(TextSerializer)
    def get_notes(self, episode: Episode) -> dict[str, str]:
        return three_forms(with_footer(episode.notes, episode.show.notes_footer))

    @extend_schema_field(ChapterSerializer(many=True))
    def get_chapters(self, episode: Episode) -> list[dict[str, Any]]:
        rows: Any = audible(episode, episode.chapters.all())  # the stubs know one row only
        return list(ChapterSerializer(rows, many=True, context=self.context).data)

    def get_chapters_url(self, episode: Episode) -> str | None:
        return chapters_url(episode) if audible(episode, episode.chapters.all()) else None

    @extend_schema_field(TranscriptSerializer(many=True))
    def get_transcripts(self, episode: Episode) -> list[dict[str, Any]]:
        return [_transcript(episode, transcript) for transcript in episode.transcripts.all()]

    @extend_schema_field(PartnershipSerializer(many=True))
    def get_partnerships(self, episode: Episode) -> Any:
        """Name the show's partners of the day on which the episode came out."""
        assert episode.release_at is not None  # noqa: S101 - only live episodes are served
        day = episode.show.day_at(episode.release_at)
        rows = episode.show.partnerships.on(day).select_related("organisation", "logo")
        return PartnershipSerializer(rows, many=True).data


def _transcript(episode: Episode, transcript: Transcript) -> dict[str, Any]:
    """Reads what was prefetched: credits with the names of their people, and the speakers."""
    forms = [
        {
            "mime_type": form.mime_type,
            "url": transcript_url(episode, transcript, form.extension),
        }
        for form in forms_of(is_timed=transcript.is_timed)
    ]
    return {
        "language": transcript.language,
        **forms[0],
        "timed": transcript.is_timed,
        "forms": forms,
        "speakers": _speakers(episode, transcript),
    }


def _speakers(episode: Episode, transcript: Transcript) -> list[dict[str, Any]]:
    """Return each voice once: two labels may stand for one person."""
    cast = list(episode.credits.all())
    names = names_in(transcript, cast)
    people = {credit.person_id: credit.person for credit in cast}
    voices: dict[str, dict[str, Any]] = {}
    for speaker in transcript.speakers.all():
        name = names.get(speaker.label, speaker.label)
        person = people[speaker.person_id] if speaker.person_id and speaker.label in names else None
        data = PersonReferenceSerializer(person).data if person else None
        voices.setdefault(name, {"name": name, "person": data})
    return list(voices.values())
