"""The description of the API is complete, current, and served without help from elsewhere."""

import re
from pathlib import Path

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import get_resolver

from api.problems import MEDIA_TYPE

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    file = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(file))
    return file


def operations(schema):
    document = yaml.safe_load(schema.read_text())
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_committed_schema_is_current(schema):
    assert schema.read_text() == COMMITTED.read_text(), "Run `make schema` and commit the result."


def test_it_is_openapi_3_1(schema):
    assert yaml.safe_load(schema.read_text())["openapi"].startswith("3.1")


def test_every_operation_is_described_with_its_errors(schema):
    for path, _method, operation in operations(schema):
        assert operation["summary"], path
        assert operation["description"], path
        wanted = {"400", "401", "406", "429", "500"}
        if "uploads" not in path:
            wanted |= {"200", "304"}
        assert wanted <= set(operation["responses"]), path
        assert ("404" in operation["responses"]) == ("{" in path), path


def test_every_parameter_is_described(schema):
    for path, _method, operation in operations(schema):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), f"{path} {parameter['name']}"


def test_every_route_but_the_pages_is_in_the_schema(schema):
    described = {path for path, _method, _operation in operations(schema)}
    routes = {
        "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in get_resolver("api.urls").url_patterns
        if pattern.name not in {None, "docs", "problems", "schema", "schema-json"}
    }

    assert described == routes


def test_answers_of_errors_are_problems(schema):
    responses = yaml.safe_load(schema.read_text())["components"]["responses"]

    assert all(set(response["content"]) == {MEDIA_TYPE} for response in responses.values())


def test_the_schema_is_served_in_both_forms(get):
    as_yaml, as_json = get("openapi.yaml"), get("openapi.json")

    assert yaml.safe_load(as_yaml.content) == as_json.json()
    assert as_json.json()["info"]["title"] == "Fortnight"


def test_the_page_loads_everything_from_here_and_runs_nothing_inline(get):
    page = get("")
    html = page.content.decode()

    sources = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert sources
    assert all(source.startswith("/") for source in sources)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", html)
    for source in sources:
        if source.startswith("/static/"):
            assert finders.find(source.removeprefix("/static/")), source
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not page.cookies
