"""Whatever is asked, the answer is a list or a problem, and never a failure of ours."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.filters import EpisodeFilter, PersonFilter, ShowFilter
from tests.factories import CreditFactory, LiveEpisodeFactory

NAMES = sorted({
    *EpisodeFilter.base_filters, *PersonFilter.base_filters, *ShowFilter.base_filters,
    "limit", "cursor", "sort",
})  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.uuids().map(str),
    st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    st.sampled_from(["-published_at", "title", "-name", "full", "KZ", "%", "\\", "'", "\x00"]),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(["shows", "episodes", "people"]),
    query=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3),
)
def test_no_query_breaks_a_list(get, path, query):
    if not hasattr(get, "filled"):
        CreditFactory(episode=LiveEpisodeFactory())
        get.filled = True

    answer = get(path, query)

    assert answer.status_code in {200, 400, 429}
    assert "results" in answer.json() or answer["Content-Type"] == "application/problem+json"


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="?#"), max_size=30)
)
def test_no_path_breaks_the_api(get, path):
    answer = get(f"episodes/{path}")

    assert answer.status_code in {200, 404, 429}
