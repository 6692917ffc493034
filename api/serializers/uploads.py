from typing import Any

from rest_framework import serializers

from episodes.audio.findings import REFUSALS
from episodes.models import IncomingUpload

UNFINISHED = "unfinished"


class IncomingUploadSerializer(serializers.Serializer[IncomingUpload]):
    """An upload by its maker: how far it is, and once it is whole, what came of it."""

    id = serializers.UUIDField(source="uid")
    name = serializers.CharField(source="original_name", help_text="As the client called it.")
    size_bytes = serializers.IntegerField(source="size")
    offset = serializers.SerializerMethodField(help_text="Bytes that are here.")
    expires_at = serializers.DateTimeField(help_text="A day after the last byte.")
    state = serializers.SerializerMethodField(
        help_text="`unfinished`, `received`, `reading`, `accepted`, `refused`, or `failed`: could "
        "not be read yet and is tried again."
    )
    code = serializers.SerializerMethodField(
        help_text=f"The verdict; of a refusal one of {', '.join(f'`{code}`' for code in REFUSALS)}."
    )
    message = serializers.SerializerMethodField(help_text="The verdict in a sentence, for people.")

    def get_offset(self, incoming: IncomingUpload) -> int:
        return incoming.size if incoming.upload else self.context["offsets"].get(incoming.pk, 0)

    def get_state(self, incoming: IncomingUpload) -> str:
        return incoming.upload.state if incoming.upload else UNFINISHED

    def get_code(self, incoming: IncomingUpload) -> str:
        return incoming.upload.code if incoming.upload else ""

    def get_message(self, incoming: IncomingUpload) -> str:
        return incoming.upload.sentence if incoming.upload else ""


class UnfinishedUploadsSerializer(serializers.Serializer[Any]):
    results = IncomingUploadSerializer(many=True)


class NewPartUploadSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As the client calls it.")
    size = serializers.IntegerField(help_text="Bytes.")


class PartUploadSerializer(NewPartUploadSerializer):
    """An upload to the bucket: the file is cut into `parts` pieces of `part_size` bytes."""

    uid = serializers.UUIDField()
    url = serializers.CharField(help_text="Where to ask for addresses, and to complete it.")
    part_size = serializers.IntegerField()
    parts = serializers.IntegerField(help_text="How many; numbered from 1.")
    arrived = serializers.ListField(child=serializers.IntegerField(), help_text="Whole parts.")
    offset = serializers.IntegerField(help_text="Bytes of them.")
    expires = serializers.DateTimeField(help_text="A day after the last question.")


class WantedPartsSerializer(serializers.Serializer[Any]):
    parts = serializers.ListField(child=serializers.IntegerField(), help_text="Their numbers.")


class PartAddressesSerializer(serializers.Serializer[Any]):
    addresses = serializers.DictField(
        child=serializers.URLField(), help_text="By number; PUT the bytes there."
    )
