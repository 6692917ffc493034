"""Sending audio straight to the bucket of an installation that has one, in signed parts."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.serializers.uploads import (
    NewPartUploadSerializer,
    PartAddressesSerializer,
    PartUploadSerializer,
    WantedPartsSerializer,
)
from api.views.uploads import UploadView, tell, user_of
from episodes import object_storage
from episodes.models import Episode, IncomingUpload
from episodes.uploads import multipart_endpoint

_ONLY = "Only where the installation keeps its files in a bucket; 404 elsewhere: upload by tus."


class PartUploadView(UploadView):
    def episode(self, uid: UUID) -> Episode:
        found = super().episode(uid)
        if not object_storage.is_used():
            raise Http404
        return found

    def mine(self, uid: UUID, upload_uid: UUID) -> IncomingUpload:
        rows = IncomingUpload.objects.filter(episode=self.episode(uid), by=user_of(self.request))
        return get_object_or_404(rows.exclude(multipart_id=""), uid=upload_uid)

    def address(self, incoming: IncomingUpload) -> str:
        return reverse("api:part-upload", args=[self.kwargs["uid"], incoming.uid])

    def create(self, request: Request, uid: UUID) -> HttpResponse:
        return multipart_endpoint.handle_creation(
            _plain(request),
            episode=self.episode(uid),
            by=user_of(request),
            address=self.address,
            now=timezone.now(),
            tell=tell,
        )

    def go_on(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return multipart_endpoint.handle_upload(
            _plain(request),
            incoming=self.mine(uid, upload_uid),
            address=self.address,
            now=timezone.now(),
            tell=tell,
        )


class EpisodePartUploads(PartUploadView):
    @extend_schema(
        operation_id="listPartUploads",
        summary="List your unfinished uploads to the bucket",
        description=_ONLY,
        tags=["Uploads"],
        responses=PartUploadSerializer(many=True),
    )
    def get(self, request: Request, uid: UUID) -> HttpResponse:
        return self.create(request, uid)

    @extend_schema(
        operation_id="beginPartUpload",
        summary="Begin to upload audio to the bucket",
        description=f"Answers with the size of the parts to cut the file into. {_ONLY}",
        tags=["Uploads"],
        request=NewPartUploadSerializer,
        responses={201: PartUploadSerializer},
    )
    def post(self, request: Request, uid: UUID) -> HttpResponse:
        return self.create(request, uid)


class EpisodePartUpload(PartUploadView):
    @extend_schema(
        operation_id="getPartUpload",
        summary="Get which parts have arrived",
        description="Whole parts, as the bucket says.",
        tags=["Uploads"],
        responses=PartUploadSerializer,
    )
    def get(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return self.go_on(request, uid, upload_uid)

    @extend_schema(
        operation_id="signParts",
        summary="Get addresses for parts",
        description="PUT each part to its address within the hour; at most 100 at once.",
        tags=["Uploads"],
        request=WantedPartsSerializer,
        responses=PartAddressesSerializer,
    )
    def post(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return self.go_on(request, uid, upload_uid)

    @extend_schema(
        operation_id="cancelPartUpload",
        summary="Cancel an upload to the bucket",
        description="The parts are thrown away. A finished file is not taken back by this.",
        tags=["Uploads"],
        responses={204: None},
    )
    def delete(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return self.go_on(request, uid, upload_uid)


class EpisodePartUploadCompletion(PartUploadView):
    @extend_schema(
        operation_id="completePartUpload",
        summary="Say that all parts are there",
        description="The file is safe when this answers, and is read soon. Harmless to repeat.",
        tags=["Uploads"],
        request=None,
        responses={200: NewPartUploadSerializer},
    )
    def post(self, _request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return multipart_endpoint.handle_completion(
            incoming=self.mine(uid, upload_uid), now=timezone.now(), tell=tell
        )


def _plain(request: Request) -> Any:
    return request._request  # noqa: SLF001 - the HttpRequest, whose body is ours to read
