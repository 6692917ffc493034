"""What the API says of itself, and which headers browsers of other origins may send and see."""

from typing import Any

from corsheaders.defaults import default_headers

EXPOSED_HEADERS = [
    *("ETag", "Last-Modified", "Link", "Retry-After", "X-Request-ID"),
    *("RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    *("Location", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size"),
    *("Tus-Checksum-Algorithm", "Upload-Offset", "Upload-Length", "Upload-Expires"),
    *("Upload-Metadata",),
]
ALLOWED_HEADERS = [
    *default_headers,
    *("tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-checksum"),
    "x-http-method-override",
]

API_DESCRIPTION: dict[str, Any] = {
    "TITLE": "Fortnight",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": (
        "Shows, episodes and people of this installation, for apps. Reading needs no log-in.\n\n"
        "Times are RFC 3339 in UTC, ids are opaque, lists are cursor pages, errors are RFC 9457 "
        "problems. New fields and new operations may appear in v1; nothing changes its meaning "
        "or goes away."
    ),
    "LICENSE": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.describe_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ShowType": "catalog.models.shows.Show.Type",
        "EpisodeType": "episodes.models.episodes.Episode.Type",
        "Medium": "catalog.models.shows.Show.Medium",
        "Script": "catalog.models.people.PersonName.Script",
    },
    "TAGS": [
        {"name": "Shows", "description": "What is published here."},
        {"name": "Episodes", "description": "What came out, from the second of its release on."},
        {"name": "Uploads", "description": "Sending audio in pieces: tus 1.0, with a token."},
        {"name": "People", "description": "Who hosts, speaks and works on it."},
    ],
}
