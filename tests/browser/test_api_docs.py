"""The API's page works without any host but ours, under the strict policy, in a real browser."""

import pytest

from tests.factories import LiveEpisodeFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_operation_can_be_tried_on_the_page(watched):
    LiveEpisodeFactory(title="Heard from the page")
    page = watched.page

    page.goto(f"{watched.origin}/api/v1/")
    page.get_by_text("List live episodes").click()
    page.locator("button.execute").click()

    answer = page.locator(".live-responses-table")
    answer.wait_for()
    assert "Heard from the page" in answer.inner_text()


def test_the_problems_page_opens_at_the_problem(watched):
    watched.page.goto(f"{watched.origin}/api/v1/problems#too-many-requests")

    assert watched.page.locator("section:target h2").inner_text() == "Too many requests"
