"""The small objects that shows, episodes and people are made of."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.artwork import rendition_name
from catalog.models import Image, Organisation, Person, PersonName
from feeds.links import absolute


class ImageSizeSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="Immutable: a new picture, a new address.")
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")


class ImageSerializer(serializers.Serializer[Image]):
    alt = serializers.CharField(help_text="What a listener who cannot see it should know.")
    mime_type = serializers.CharField()
    sizes = serializers.SerializerMethodField(help_text="Largest first.")

    @extend_schema_field(ImageSizeSerializer(many=True))
    def get_sizes(self, image: Image) -> list[dict[str, Any]]:
        longest = max(image.width, image.height)
        sides = [longest, *image.renditions]
        return [
            {
                "url": absolute(image.file.storage.url(rendition_name(image, side))),
                "width": max(1, round(image.width * side / longest)),
                "height": max(1, round(image.height * side / longest)),
            }
            for side in sides
        ]


class TextSerializer(serializers.Serializer[Any]):
    """One text in three forms; take the one that your view shows."""

    markdown = serializers.CharField(help_text="As written (CommonMark).")
    html = serializers.CharField(help_text="Rendered and sanitised; safe to show as it is.")
    text = serializers.CharField(help_text="Without any marks.")


class TopicSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    slug = serializers.CharField(help_text="What the filter `topic` takes.")
    names = serializers.DictField(
        source="translations",
        child=serializers.CharField(),
        help_text="Names in other languages, by BCP 47 code.",
    )


class CountrySerializer(TopicSerializer):
    country_code = serializers.CharField(
        help_text="ISO 3166-1 alpha-2; what the filter `country` takes."
    )


class OrganisationSerializer(serializers.Serializer[Organisation]):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    slug = serializers.CharField()
    url = serializers.CharField(help_text="Its website; empty where none is known.")


class PersonNameSerializer(serializers.Serializer[PersonName]):
    name = serializers.CharField()
    script = serializers.ChoiceField(choices=PersonName.Script.choices, help_text="ISO 15924.")
    language = serializers.CharField(help_text="BCP 47, or empty.")
    is_native = serializers.BooleanField(help_text="The person's own spelling.")


class PersonReferenceSerializer(serializers.Serializer[Person]):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField(help_text="As the person is called today.")
    slug = serializers.CharField()


class ExternalLinkSerializer(serializers.Serializer[Any]):
    # REST framework's metaclass collects the fields; the attribute of Field stays what it is.
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()
