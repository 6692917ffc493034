"""Sending audio: tus 1.0 for apps, behind a token of somebody who may upload to the show."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.models import User
from api.problems import problem_response
from api.serializers.uploads import IncomingUploadSerializer, UnfinishedUploadsSerializer
from catalog.permissions import Action, access_of
from episodes.models import Episode, IncomingUpload
from episodes.uploads import endpoint, protocol, receiving

_BYTES = {protocol.CONTENT_TYPE: OpenApiTypes.BINARY}


def _header(name: str, text: str, *, required: bool = False, answer: int = 0) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description=text,
        required=required,
        response=[answer] if answer else False,
    )


_VERSION = _header("Tus-Resumable", "`1.0.0`", required=True)
_CHECKSUM = _header(
    "Upload-Checksum",
    f"Algorithm ({', '.join(protocol.ALGORITHMS)}) and digest of this body in base64. A body that "
    "does not fit is thrown away (460).",
)


class UploadView(APIView):
    """Asks for a token, and for the right to upload to the show of the episode."""

    permission_classes = [IsAuthenticated]

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        patch_vary_headers(answer, ["Authorization"])
        if (allowance := getattr(request, "allowance", None)) is not None:
            for name, value in allowance.headers().items():
                answer[name] = value
        return answer

    def episode(self, uid: UUID) -> Episode:
        """Return the episode; 404 to who does not work on its show, 403 to who may not upload."""
        episode = get_object_or_404(Episode.objects.visible_to(user_of(self.request)), uid=uid)
        if not access_of(user_of(self.request)).may(Action.UPLOAD, episode.show_id):
            self.permission_denied(self.request)
        return episode


class EpisodeUploads(UploadView):
    @extend_schema(
        operation_id="listUploads",
        summary="List your unfinished uploads to an episode",
        description="What can be gone on with, newest first; at most 20.",
        tags=["Uploads"],
        responses=UnfinishedUploadsSerializer,
    )
    def get(self, request: Request, uid: UUID) -> Response:
        found = receiving.unfinished(
            episode=self.episode(uid), by=user_of(request), now=timezone.now()
        )
        context = {"offsets": {each.incoming.pk: each.offset for each in found}}
        rows = [each.incoming for each in found]
        return Response(UnfinishedUploadsSerializer({"results": rows}, context=context).data)

    @extend_schema(
        operation_id="beginUpload",
        summary="Begin to upload audio",
        description=(
            "tus 1.0 *creation*; with a body also *creation-with-upload*. Answers 201 with the "
            "address of the upload in `Location`. OPTIONS tells extensions and the largest file."
        ),
        tags=["Uploads"],
        parameters=[
            _VERSION,
            _header("Upload-Length", "Size of the whole file in bytes.", required=True),
            _header("Upload-Metadata", "`filename` and its value in base64."),
            _CHECKSUM,
            _header("Location", "Where to send the bytes.", answer=201),
            _header("Upload-Offset", "Bytes that are here.", answer=201),
            _header("Upload-Expires", "A day after the last byte.", answer=201),
        ],
        request=_BYTES,
        responses={201: None},
    )
    def post(self, request: Request, uid: UUID) -> HttpResponse:
        return endpoint.handle_creation(
            request._request,  # noqa: SLF001 - the HttpRequest
            episode=self.episode(uid),
            by=user_of(request),
            address=lambda incoming: reverse("api:upload", args=[uid, incoming.uid]),
            now=timezone.now(),
            tell=tell,
        )

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self.post(request, *args, **kwargs)


class EpisodeUpload(UploadView):
    """One upload of the person whose token asks; anybody else's is not there."""

    def get_throttles(self) -> list[BaseThrottle]:
        """Count no pieces: how many a file is sent in is the line's business."""
        return [] if self.request.method in {"PATCH", "HEAD", "POST"} else super().get_throttles()

    def upload(self, uid: UUID, upload_uid: UUID) -> IncomingUpload:
        mine = IncomingUpload.objects.filter(
            episode=self.episode(uid), by=user_of(self.request), multipart_id=""
        )
        return get_object_or_404(mine.select_related("upload"), uid=upload_uid)

    @extend_schema(
        operation_id="getUpload",
        summary="Get an upload and what came of it",
        description=(
            "For apps that want to show the verdict. HEAD is tus's own question: it answers with "
            "`Upload-Offset` and `Upload-Length`."
        ),
        tags=["Uploads"],
        responses=IncomingUploadSerializer,
    )
    def get(self, _request: Request, uid: UUID, upload_uid: UUID) -> Response:
        incoming = self.upload(uid, upload_uid)
        there = receiving.received(incoming)
        if there is None:
            raise Http404
        context = {"offsets": {incoming.pk: there}}
        return Response(IncomingUploadSerializer(incoming, context=context).data)

    @extend_schema(
        operation_id="sendUpload",
        summary="Send bytes",
        description=(
            "tus 1.0: any number of bytes from `Upload-Offset` on. What arrived before a broken "
            "connection is kept; ask with HEAD where to go on. After the last byte the file is "
            "safe, and is read soon. POST with `X-HTTP-Method-Override: PATCH` does the same."
        ),
        tags=["Uploads"],
        parameters=[
            _VERSION,
            _header("Upload-Offset", "Number of the first byte of this body.", required=True),
            _CHECKSUM,
            _header("Upload-Offset", "Bytes that are here now.", answer=204),
            _header("Upload-Expires", "A day after the last byte.", answer=204),
        ],
        request=_BYTES,
        responses={204: None},
    )
    def patch(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return self._handle(request, uid, upload_uid)

    @extend_schema(
        operation_id="cancelUpload",
        summary="Cancel an upload",
        description="tus 1.0 *termination*. A finished file is not taken back by this.",
        tags=["Uploads"],
        parameters=[_VERSION],
        responses={204: None},
    )
    def delete(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return self._handle(request, uid, upload_uid)

    @extend_schema(exclude=True)
    def post(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return self._handle(request, uid, upload_uid)

    def head(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return self._handle(request, uid, upload_uid)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self._handle(request, *args, **kwargs)

    def _handle(self, request: Request, uid: UUID, upload_uid: UUID) -> HttpResponse:
        return endpoint.handle_upload(
            request._request,  # noqa: SLF001 - the HttpRequest
            incoming=self.upload(uid, upload_uid),
            now=timezone.now(),
            tell=tell,
        )


def user_of(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - IsAuthenticated saw to it
    return request.user


def tell(refusal: endpoint.Refusal) -> HttpResponse:
    return problem_response(refusal.status, refusal.message, code=refusal.code)
