"""What drf-spectacular cannot read from the code: errors, validators, and how rates are told."""

from typing import Any

from api.problems import MEDIA_TYPE, PROBLEMS

_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Leads to an explanation."},
        "title": {"type": "string", "description": "The same for every problem of the type."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong here, and what to do."},
        "request_id": {"type": "string", "description": "Names the request in our log."},
        "code": {"type": "string", "description": "Of a refused upload: finer than the type."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "parameter": {"type": "string", "description": "The query parameter."},
                    "pointer": {"type": "string", "description": "JSON Pointer into the body."},
                },
            },
        },
    },
    "example": {
        "type": "https://podcasts.example.org/api/v1/problems#invalid-request",
        "title": PROBLEMS[400].title,
        "status": 400,
        "detail": PROBLEMS[400].remedy,
        "request_id": "7f9c24e8-3b1d-4a57-9a0e-0f6f3f6b2a11",
        "errors": [{"parameter": "limit", "detail": "Must be a whole number from 1 to 100."}],
    },
}

_OK_HEADERS: dict[str, Any] = {
    "ETag": "Strong; send it back as If-None-Match and get 304 while nothing changed.",
    "Last-Modified": "When this answer last changed.",
    "Cache-Control": "How long it may be kept: never past the next release.",
    "RateLimit-Limit": "Requests a minute.",
    "RateLimit-Remaining": "Requests left in this minute.",
    "RateLimit-Reset": "Seconds until the next minute begins.",
    "X-Request-ID": "Names the request in our log; yours is kept when you send one.",
}


_PART_UPLOADS = "/api/v1/episodes/{uid}/part-uploads"
_UPLOADS = ("/api/v1/episodes/{uid}/uploads", _PART_UPLOADS)
_SENDING = {
    "post": [409, 412, 413, 415, 423, 460, 503, 507],
    "patch": [409, 410, 412, 413, 415, 423, 460, 503, 507],
    "delete": [412, 423],
}


def describe_errors(result: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
    """Add to every operation what it answers beside 200; drf-spectacular's postprocessing hook."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
    components["responses"] = {
        problem.slug: {
            "description": f"{problem.title}. {problem.remedy}",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for problem in PROBLEMS.values()
    }
    components["headers"] = {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in _OK_HEADERS.items()
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = "The `id` of an answer."
            answers = operation["responses"]
            for answer in answers.values():
                answer["description"] = operation["summary"] + "."
            if not path.startswith(_UPLOADS):
                answers["200"]["headers"] = {
                    name: {"$ref": f"#/components/headers/{name}"} for name in _OK_HEADERS
                }
                answers["304"] = {"description": "What you have is current."}
            for status in _statuses(path, method):
                slug = PROBLEMS[status].slug
                answers[str(status)] = {"$ref": f"#/components/responses/{slug}"}
    return result


def _statuses(path: str, method: str) -> list[int]:
    statuses = [400, 401, *([404] if "{" in path else []), 406, 429, 500]
    if path.startswith(_UPLOADS):
        statuses += [403, *_SENDING.get(method, [])]
    if path.startswith(_PART_UPLOADS):
        statuses.append(503)
    return sorted(set(statuses))
