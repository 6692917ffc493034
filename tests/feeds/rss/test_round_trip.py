from hypothesis import HealthCheck, given, settings

from feeds.rss import read, write
from feeds.rss.text import clean_guid, clean_line, clean_text, to_uri
from tests.feeds.rss.documents import documents, text


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents)
def test_document_comes_back_equal_from_its_own_bytes(document):
    assert read(write(document)) == document


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents)
def test_writing_twice_gives_the_same_bytes(document):
    data = write(document)

    assert data == write(document) == write(read(data))


@given(text)
def test_cleaning_a_clean_text_changes_nothing(value):
    for clean in (clean_guid, clean_line, clean_text, to_uri):
        assert clean(clean(value)) == clean(value)
