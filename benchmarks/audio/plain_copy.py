"""What an upload costs at least: the same body, server and disk, unhashed."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="benchmark", MIDDLEWARE=[]
)

TARGET = Path(os.environ["BENCHMARK_TARGET"])
PIECE = 1024 * 1024


def take(request: HttpRequest) -> HttpResponse:
    """Append the body; sync when the file is whole."""
    size = int(request.headers["Upload-Length"])
    with TARGET.open("ab", buffering=0) as file:
        while piece := request.read(PIECE):
            file.write(piece)
        if file.tell() == size:
            os.fsync(file.fileno())
    return HttpResponse(status=204)


urlpatterns = [path("take", take)]
application = get_wsgi_application()
