from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.links import api_address
from api.serializers.parts import (
    ExternalLinkSerializer,
    ImageSerializer,
    OrganisationSerializer,
    PersonReferenceSerializer,
)
from catalog.models import Show
from feeds.links import show_url

UPCOMING_DATES = 3


class ShowLinksSerializer(serializers.Serializer[Any]):
    self = serializers.URLField()
    page = serializers.URLField(help_text="On the public site.")
    feed = serializers.URLField(help_text="RSS.")
    episodes = serializers.URLField(help_text="The show's live episodes.")


class CadenceSerializer(serializers.Serializer[Any]):
    """When the show promises to come out."""

    text = serializers.CharField(help_text="In words, in the show's language.")
    rrule = serializers.CharField(help_text="RFC 5545, on local wall time.")
    release_time = serializers.TimeField()
    time_zone = serializers.CharField(help_text="IANA.")
    next_dates = serializers.ListField(
        child=serializers.DateTimeField(), help_text="The next promised moments, soonest first."
    )


class PartnershipSerializer(serializers.Serializer[Any]):
    wording = serializers.CharField(help_text="Exactly as agreed; show it unchanged.")
    organisation = OrganisationSerializer()
    url = serializers.CharField()
    logo = ImageSerializer(allow_null=True)


class HostingSerializer(serializers.Serializer[Any]):
    person = PersonReferenceSerializer()
    role = serializers.CharField(help_text="Of the podcast taxonomy.")


class ShowReferenceSerializer(serializers.Serializer[Show]):
    id = serializers.UUIDField(source="uid")
    title = serializers.CharField()
    slug = serializers.CharField()


class ShowListItemSerializer(ShowReferenceSerializer):
    guid = serializers.UUIDField(help_text="The podcast:guid of the feed; never changes.")
    tagline = serializers.CharField()
    description = serializers.CharField()
    language = serializers.CharField(help_text="BCP 47.")
    author = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField(), help_text="Apple's tree.")
    type = serializers.ChoiceField(choices=Show.Type.choices)
    explicit = serializers.BooleanField()
    complete = serializers.BooleanField(help_text="No new episode will ever come.")
    artwork = ImageSerializer(allow_null=True)
    updated_at = serializers.DateTimeField()
    links = serializers.SerializerMethodField()

    @extend_schema_field(ShowLinksSerializer)
    def get_links(self, show: Show) -> dict[str, str]:
        return {
            "self": api_address("show", show.uid),
            "page": show_url(show),
            "feed": show.feed_url,
            "episodes": f"{api_address('episodes')}?show={show.uid}",
        }


class ShowSerializer(ShowListItemSerializer):
    medium = serializers.ChoiceField(choices=Show.Medium.choices)
    copyright = serializers.CharField()
    license = serializers.CharField(help_text="A slug such as cc-by-4.0, or empty.")
    license_url = serializers.CharField()
    cadence = serializers.SerializerMethodField()
    hosts = serializers.SerializerMethodField()
    partnerships = serializers.SerializerMethodField()
    elsewhere = ExternalLinkSerializer(source="links.all", many=True)

    @extend_schema_field(CadenceSerializer(allow_null=True))
    def get_cadence(self, show: Show) -> dict[str, Any] | None:
        at: datetime = self.context["at"]
        cadence = show.cadence_at(at)
        if cadence is None:
            return None
        rule = cadence.rule
        dates = [] if show.complete else rule.next_dates(at, UPCOMING_DATES)
        return dict(
            CadenceSerializer(
                {
                    "text": rule.describe(show.language),
                    "rrule": cadence.rrule,
                    "release_time": cadence.release_time,
                    "time_zone": cadence.time_zone,
                    "next_dates": dates,
                }
            ).data
        )

    @extend_schema_field(HostingSerializer(many=True))
    def get_hosts(self, show: Show) -> Any:
        rows = show.hostings.on(show.day_at(self.context["at"])).select_related("person")
        return HostingSerializer(rows, many=True).data

    @extend_schema_field(PartnershipSerializer(many=True))
    def get_partnerships(self, show: Show) -> Any:
        rows = show.partnerships.on(show.day_at(self.context["at"])).select_related(
            "organisation", "logo"
        )
        return PartnershipSerializer(rows, many=True).data
