"""A Django with nothing but the two answers that the web server is asked to carry."""

import os
from collections.abc import Iterator

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="benchmark", MIDDLEWARE=[]
)

FEED = os.urandom(60 * 1024)
AUDIO = os.environ["BENCHMARK_AUDIO"]
CHUNK = 64 * 1024


def feed(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(FEED, content_type="application/rss+xml")


def audio(_request: HttpRequest) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(read(), content_type="audio/mpeg")
    answer["Content-Length"] = str(os.path.getsize(AUDIO))  # noqa: PTH202
    return answer


def read() -> Iterator[bytes]:
    with open(AUDIO, "rb") as file:  # noqa: PTH123
        while chunk := file.read(CHUNK):
            yield chunk


urlpatterns = [path("feed", feed), path("audio", audio)]
application = get_wsgi_application()
