"""Every error of the API as an RFC 9457 problem: one shape, a stable type, and what to do.

`type` is an address that people can open: the page lists `PROBLEMS` below.
"""

import http
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from api.links import api_address

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemType:
    slug: str
    status: int
    title: str
    remedy: str


PROBLEMS: dict[int, ProblemType] = {
    problem.status: problem
    for problem in (
        ProblemType(
            "invalid-request",
            400,
            "The request cannot be understood",
            "Correct the parameters named in “errors” and send it again.",
        ),
        ProblemType(
            "not-authenticated",
            401,
            "The token is missing, wrong or expired",
            "Send “Authorization: Bearer …” with a valid token. Reading needs none: leave it out.",
        ),
        ProblemType(
            "not-allowed",
            403,
            "The token may not do this",
            "Ask an owner of the show for the right.",
        ),
        ProblemType(
            "not-found",
            404,
            "There is nothing here",
            "What is withdrawn or not yet released is not here either. "
            "Paths have no slash at the end.",
        ),
        ProblemType(
            "method-not-allowed", 405, "The method is not possible here", "See the “Allow” header."
        ),
        ProblemType(
            "not-acceptable",
            406,
            "The answer does not come in this form",
            "Accept application/json.",
        ),
        ProblemType(
            "conflict",
            409,
            "The upload is at another byte",
            "Ask with HEAD how many bytes are here, and go on from there.",
        ),
        ProblemType(
            "gone",
            410,
            "The upload is not kept any more",
            "Begin it again: what was sent is deleted a day after its last byte.",
        ),
        ProblemType(
            "precondition-failed",
            412,
            "The protocol's version is not spoken here",
            "Send uploads as tus 1.0.0: “Tus-Version” says it.",
        ),
        ProblemType(
            "content-too-large",
            413,
            "The file is too large",
            "OPTIONS tells the largest as “Tus-Max-Size”.",
        ),
        ProblemType(
            "unsupported-media-type",
            415,
            "The body's form is not understood",
            "Send application/json, or the bytes of an upload as application/offset+octet-stream.",
        ),
        ProblemType(
            "locked",
            423,
            "The upload is being sent already",
            "Wait some seconds and ask again with HEAD.",
        ),
        ProblemType(
            "too-many-requests",
            429,
            "Too many requests",
            "Wait as many seconds as “Retry-After” says.",
        ),
        ProblemType(
            "checksum-mismatch",
            460,
            "The bytes were damaged on their way",
            "They were thrown away. Send them again from the same offset.",
        ),
        ProblemType(
            "server-error",
            500,
            "The server failed",
            "It is not your request. Report it with its request_id.",
        ),
        ProblemType(
            "service-unavailable",
            503,
            "The storage does not answer",
            "Nothing that was stored is lost. Wait as many seconds as “Retry-After” says.",
        ),
        ProblemType(
            "insufficient-storage",
            507,
            "There is no room for the file",
            "Tell whoever runs the installation, and go on when there is room.",
        ),
    )
}


def problem_address(problem: ProblemType) -> str:
    return f"{api_address('problems')}#{problem.slug}"


def handle_exception(error: Exception, context: dict[str, Any]) -> Response:
    """Turn any exception of a view into a problem; REST framework's EXCEPTION_HANDLER."""
    request: Request | None = context.get("request")
    failure = _as_api_exception(error)
    if failure is None:
        # Django's signal: the log gets the traceback, and the test client raises the error.
        got_request_exception.send(sender=handle_exception, request=_bare(request))
        failure = exceptions.APIException("Something broke on our side and is in the log.")
    set_rollback()
    problem = PROBLEMS.get(failure.status_code) or _unlisted(failure.status_code)
    body = _body(problem, _sentence(failure, problem))
    if isinstance(failure, exceptions.ValidationError):
        in_query = request is None or request.method in {"GET", "HEAD", "OPTIONS"}
        body["errors"] = list(_errors(failure.detail, in_query=in_query))
    return Response(
        body,
        status=failure.status_code,
        headers={"Cache-Control": "no-store", **_headers(failure)},
        content_type=MEDIA_TYPE,
    )


def problem_response(status: int, detail: str, *, code: str) -> HttpResponse:
    """Tell a refusal of our own words; `code` is finer than the type."""
    problem = PROBLEMS.get(status) or _unlisted(status)
    return JsonResponse(
        _body(problem, detail) | {"code": code}, status=status, content_type=MEDIA_TYPE
    )


def _body(problem: ProblemType, detail: str) -> dict[str, Any]:
    return {
        "type": problem_address(problem),
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    return None


def _bare(request: Request | None) -> Any:
    return getattr(request, "_request", request)


def _unlisted(status: int) -> ProblemType:
    phrase = http.HTTPStatus(status).phrase
    return ProblemType(phrase.lower().replace(" ", "-"), status, phrase, "")


def _sentence(failure: exceptions.APIException, problem: ProblemType) -> str:
    if isinstance(failure, exceptions.ValidationError):
        return problem.remedy
    return f"{failure.detail} {problem.remedy}".strip()


def _headers(failure: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(failure, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(failure, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _errors(detail: Any, *, in_query: bool, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """Flatten REST framework's nested error detail into one entry per fault.

    A fault in the query names its `parameter`; one in a body points at the member by JSON Pointer
    (RFC 6901).
    """
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _errors(inner, in_query=in_query, path=(*path, str(key)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _errors(
                inner, in_query=in_query, path=(*path, str(index)) if nested else path
            )
    elif in_query:
        yield {"parameter": path[0] if path else "", "detail": str(detail)}
    else:
        escaped = (part.replace("~", "~0").replace("/", "~1") for part in path)
        yield {"pointer": "#" + "".join(f"/{part}" for part in escaped), "detail": str(detail)}
