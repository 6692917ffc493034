"""A transcript in any of its forms, made from the master at the moment it is asked for.

Two hours take some 20 ms, and apps ask again with the ETag; a stored copy would be one more thing
that could be out of step.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from episodes.models import Credit, Speaker, Transcript
from episodes.transcribing import told_as
from episodes.transcripts.writing import FORMS, ServedForm, forms_of
from feeds.answers import conditional, let_anyone_read, nothing_here, set_caching
from feeds.visibility import Access, access_to_episode

AGE = "public, max-age=300"
PAGE_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""The words come from a file that somebody uploaded. They are escaped; this is the second lock."""


@require_safe
def transcript(request: HttpRequest, uid: UUID, language: str, extension: str) -> HttpResponseBase:
    at = timezone.now()
    row = Transcript.objects.select_related("episode__show").filter(
        episode__uid=uid, language=language
    ).first()  # fmt: skip
    access = access_to_episode(row.episode, request, at=at) if row else Access.NONE
    form = FORMS.get(extension)
    if row is None or access is Access.NONE or form not in forms_of(is_timed=row.is_timed):
        return nothing_here()
    return _answer(request, row, form, access)


def _answer(
    request: HttpRequest, row: Transcript, form: ServedForm, access: Access
) -> HttpResponseBase:
    cast = _cast(row)
    body = told_as(form, row, cast).encode()
    modified = _modified(row, cast)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = conditional(request, etag=etag, modified=int(modified.timestamp()))
    if response is None:
        response = HttpResponse(body, content_type=_content_type(form))
    let_anyone_read(response, etag=etag, modified=modified)
    set_caching(response, access, public=AGE)
    if form.extension == "html":
        response["Content-Security-Policy"] = PAGE_POLICY
    return response


def _content_type(form: ServedForm) -> str:
    """JSON is UTF-8 by its own standard, and SubRip's type knows no parameter."""
    return (
        f"{form.mime_type}; charset=utf-8" if form.mime_type.startswith("text/") else form.mime_type
    )


def _cast(row: Transcript) -> list[Credit]:
    credited = Credit.objects.filter(
        episode=row.episode_id, person__in=Speaker.objects.filter(transcript=row).values("person")
    )
    return list(credited.in_order().select_related("person").prefetch_related("person__names"))


def _modified(row: Transcript, cast: list[Credit]) -> datetime:
    """Return when words or names last changed."""
    people = (credit.person.updated_at for credit in cast)
    return max(row.updated_at, row.episode.updated_at, *people)
