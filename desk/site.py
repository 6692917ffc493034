"""The admin site of the house: the theme's shell, our front page and our door."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from desk.access import access, signed_in
from desk.overview import read_overview
from desk.questions import read_number, read_text


class DeskSite(UnfoldAdminSite):
    site_title = "Fortnight"
    site_header = "Fortnight"
    index_title = _("Desk")
    index_template = "admin/desk.html"

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send strangers to the one log-in there is, with its limits and second step."""
        answer = secure_admin_login(super().login)(request, extra_context=extra_context)
        assert isinstance(answer, HttpResponse)  # noqa: S101 - allauth is untyped
        return answer

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        overview = read_overview(signed_in(request), access(request), now=timezone.now())
        context = {**(extra_context or {}), "overview": overview}
        answer = super().index(request, context)
        assert isinstance(answer, TemplateResponse)  # noqa: S101 - the theme is untyped
        return answer

    def get_urls(self) -> list[Any]:
        """Put our own door before Django's, which leads to the page of any row there is."""
        guarded = self.admin_view(self.view_on_site)
        route = "r/<path:content_type_id>/<path:object_id>/"
        return [path(route, guarded, name="view_on_site"), *super().get_urls()]

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Hand the theme's search only what it and PostgreSQL can read."""
        asked = request.GET.copy()
        asked["s"] = read_text(request, "s")
        if "page" in asked and not read_number(request, "page"):
            raise Http404
        request.GET = asked  # type: ignore[assignment] # as good as the immutable one
        try:
            answer = super().search(request, extra_context)
        except InvalidPage as error:
            raise Http404 from error
        assert isinstance(answer, HttpResponse)  # noqa: S101 - the theme is untyped
        return answer

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Look for what PostgreSQL can read; Django cleans the searches of lists alone."""
        asked = request.GET.copy()
        asked["term"] = read_text(request, "term")
        request.GET = asked  # type: ignore[assignment] # as above
        return super().autocomplete_view(request)  # type: ignore[no-any-return]

    def view_on_site(
        self, request: HttpRequest, content_type_id: str, object_id: str
    ) -> HttpResponse:
        """Lead to the public page of what this person may see in the admin, or 404."""
        known = content_type_id.isdecimal() and len(content_type_id) < 10
        kind = ContentType.objects.filter(pk=content_type_id).first() if known else None
        page = self._registry.get(kind.model_class()) if kind else None
        row = page.get_object(request, object_id) if page else None
        if page is None or row is None or not page.has_view_permission(request, row):
            raise Http404
        if not hasattr(row, "get_absolute_url"):
            raise Http404
        return redirect(row.get_absolute_url())


site = DeskSite(name="admin")
