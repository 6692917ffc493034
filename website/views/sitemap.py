"""The sitemap; `?p=2` goes on where one page is full."""

from datetime import datetime

from django.contrib.sitemaps.views import sitemap as render_sitemap
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from episodes.freshness import max_age
from website.pages import public_page
from website.sitemaps import sections


@public_page
def sitemap(request: HttpRequest, *, at: datetime) -> HttpResponseBase:
    response = render_sitemap(request, sitemaps=sections(at))
    response["Cache-Control"] = f"public, max-age={max_age(at)}"
    return response
