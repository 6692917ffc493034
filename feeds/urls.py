from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

app_name = "feeds"


def feed(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [path("feeds/<slug:slug>.xml", feed, name="feed")]
