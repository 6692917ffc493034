from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.links import api_address
from api.serializers.parts import (
    ExternalLinkSerializer,
    ImageSerializer,
    OrganisationSerializer,
    PersonNameSerializer,
    TextSerializer,
)
from api.texts import three_forms
from catalog.models import Affiliation, Person
from feeds.links import person_url


class PersonLinksSerializer(serializers.Serializer[Any]):
    self = serializers.URLField()
    page = serializers.URLField(help_text="On the public site.")
    episodes = serializers.URLField(help_text="The live episodes that credit this person.")


class AffiliationSerializer(serializers.Serializer[Affiliation]):
    title = serializers.CharField()
    organisation = OrganisationSerializer(
        allow_null=True, help_text="Null for somebody who works independently."
    )
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True, help_text="Null while it holds.")


class PersonListItemSerializer(serializers.Serializer[Person]):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    sort_name = serializers.CharField(help_text="How lists sort it: “Gryaznova, Daryana”.")
    slug = serializers.CharField()
    names = PersonNameSerializer(many=True, help_text="The same name in other scripts.")
    photo = ImageSerializer(allow_null=True)
    links = serializers.SerializerMethodField()

    @extend_schema_field(PersonLinksSerializer)
    def get_links(self, person: Person) -> dict[str, str]:
        return {
            "self": api_address("person", person.uid),
            "page": person_url(person),
            "episodes": f"{api_address('episodes')}?person={person.uid}",
        }


class PersonSerializer(PersonListItemSerializer):
    bio = serializers.SerializerMethodField()
    affiliations = AffiliationSerializer(many=True, help_text="Newest first.")
    elsewhere = ExternalLinkSerializer(source="links.all", many=True)
    updated_at = serializers.DateTimeField()

    @extend_schema_field(TextSerializer)
    def get_bio(self, person: Person) -> dict[str, str]:
        return three_forms(person.bio)
