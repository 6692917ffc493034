"""What every kind of route says about security, as one picture: a change has to be meant."""

import pytest
from django.core.handlers.wsgi import WSGIHandler

from tests.factories import ShowFactory, UserFactory

SITE = (
    "base-uri 'none'; default-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; media-src 'self'; object-src 'none'"
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def policy(answer) -> str:
    return "; ".join(sorted(answer["Content-Security-Policy"].split("; ")))


@pytest.mark.parametrize(
    "path",
    ["/api/v1/shows", "/api/v1/", "/api/v1/nothing", "/feeds/spotlight.xml", "/accounts/login/"],
)
def test_the_strict_policy_is_everywhere_but_in_the_admin(client, db, path):
    ShowFactory(slug="spotlight")

    answer = client.get(path)

    assert policy(answer) == SITE
    assert {name: answer[name] for name in EVERYWHERE} == EVERYWHERE


def test_only_the_admins_own_paths_get_its_policy(client, db):
    client.force_login(UserFactory(is_superuser=True))

    answer = client.get("/admin/")

    assert "script-src 'self' 'unsafe-eval'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert {name: answer[name] for name in EVERYWHERE} == EVERYWHERE


@pytest.mark.parametrize("path", ["/api/v1/shows", "/feeds/spotlight.xml", "/healthz"])
def test_apps_get_no_cookie(client, db, path):
    ShowFactory(slug="spotlight")

    assert not client.get(path).cookies


def test_cookies_are_kept_from_scripts_and_other_sites(client, db):
    cookie = client.get("/accounts/login/").cookies["csrftoken"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("path", ["/api/v1/shows", "/accounts/login/"])
def test_https_is_remembered(client, db, settings, path):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_HSTS_PRELOAD = True

    answer = client.get(path, secure=True)

    expected = "max-age=31536000; includeSubDomains; preload"
    assert answer["Strict-Transport-Security"] == expected


def test_plain_http_goes_to_https(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get("/api/v1/shows")

    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/api/v1/shows")


def test_the_api_may_be_read_from_any_page_and_without_cookies(client, db):
    answer = client.get("/api/v1/shows", headers={"origin": "https://app.example"})

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "etag" in answer["Access-Control-Expose-Headers"].lower()


def test_other_doors_may_not_be_read_from_other_pages(client, db):
    answer = client.get("/accounts/login/", headers={"origin": "https://app.example"})

    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("cookie", ["x", "%00", "a" * 40, "é"])
@pytest.mark.parametrize(
    "path",
    ["/", "/search/", "/nothing/", "/robots.txt", "/api/v1/shows", "/feeds/none.xml"],
)
def test_no_cookie_of_a_visitor_changes_a_public_answer(client, db, path, cookie):
    """A shared cache would hand the answer, and what it does to cookies, to everybody."""
    plain = client.get(path)

    strange = client.get(path, headers={"cookie": f"sessionid={cookie}; csrftoken={cookie}"})

    assert not strange.cookies
    assert strange.headers.get("Vary") == plain.headers.get("Vary")
    assert strange.headers.get("Cache-Control") == plain.headers.get("Cache-Control")


def test_a_session_that_is_none_is_taken_away_where_people_log_in(client, db):
    client.cookies["sessionid"] = "x"

    assert "sessionid" in client.get("/admin/").cookies


@pytest.mark.parametrize(
    "path", ["/", "/shows/spotlight/", "/feeds/spotlight.xml", "/api/v1/shows"]
)
def test_head_has_the_headers_of_get_and_no_body_for_the_server_to_throw_away(rf, db, path):
    ShowFactory(slug="spotlight")
    application = WSGIHandler()

    def ask(method):
        started = []
        environ = rf.generic(method, path).environ
        body = application(environ, lambda status, headers: started.append((status, headers)))
        sent = b"".join(body)
        body.close()
        status, headers = started[0]
        return status, {name.lower(): value for name, value in headers}, sent

    get_status, get_headers, whole = ask("GET")
    head_status, head_headers, nothing = ask("HEAD")

    assert (head_status, nothing) == (get_status, b"")
    assert int(head_headers["content-length"]) == int(get_headers["content-length"]) == len(whole)
