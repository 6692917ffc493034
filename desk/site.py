"""The admin site of the house: the theme's shell, our front page and our door."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from desk.access import access, signed_in
from desk.overview import read_overview


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


site = DeskSite(name="admin")
