"""What headers say, whatever a stranger writes into them."""

import base64
import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.uploads import protocol
from episodes.uploads.protocol import BadRequest, Checksum, Chunk

BYTES = {"Content-Type": "application/offset+octet-stream"}
KEYS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=","), min_size=1
)
VALUES = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_metadata_comes_back_as_it_was_written(pairs):
    assert protocol.read_metadata(protocol.write_metadata(pairs)) == pairs


@given(st.text(st.characters(max_codepoint=0xFF)))
def test_metadata_is_read_or_refused_and_never_breaks_anything(header):
    with contextlib.suppress(BadRequest):
        pairs = protocol.read_metadata(header)
        assert all(isinstance(value, str) for value in pairs.values())


@given(
    st.dictionaries(
        st.sampled_from(
            ["Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum",
             "Content-Length", "Content-Type", "Transfer-Encoding", "Upload-Defer-Length"]
        ),
        st.one_of(
            st.text(st.characters(max_codepoint=0xFF), max_size=30),
            st.integers().map(str),
            st.sampled_from(["application/offset+octet-stream", "sha1 AAAA", "chunked", "٣"]),
        ),
    )
)  # fmt: skip
def test_any_headers_are_read_or_refused(headers):
    for read in (protocol.read_creation, protocol.read_chunk, protocol.check_version):
        with contextlib.suppress(BadRequest):
            read(headers)


@pytest.mark.parametrize(
    "header",
    ["filename Zm9v,filename Zm9v", "filename Zm9", "file name Zm9v", "é Zm9v", ",", "a b c"],
)
def test_metadata_against_the_rules_is_refused(header):
    with pytest.raises(BadRequest, match="Upload-Metadata"):
        protocol.read_metadata(header)


def test_a_key_needs_no_value():
    assert protocol.read_metadata("is_confidential, filename Zm9v") == {
        "is_confidential": "",
        "filename": "foo",
    }


def test_a_name_that_is_no_utf_8_is_a_name_all_the_same():
    broken = base64.b64encode(b"\xff\xfe.mp3").decode()

    assert protocol.read_metadata(f"filename {broken}")["filename"].endswith(".mp3")


@pytest.mark.parametrize("value", ["", "-1", "1.5", "1e3", "٣", "+5", "0x10", "9" * 30, "1 2"])
def test_a_length_is_a_whole_number_of_bytes(value):
    with pytest.raises(BadRequest, match="Upload-Length"):
        protocol.read_creation({"Upload-Length": value})


def test_a_creation_tells_size_name_and_whether_bytes_come_with_it():
    empty = protocol.read_creation({"Upload-Length": "7", "Upload-Metadata": "filename Zm9v"})
    full = protocol.read_creation({"Upload-Length": "7", "Content-Length": "3", **BYTES})

    assert (empty.size, empty.name, empty.has_content) == (7, "foo", False)
    assert (full.name, full.has_content) == ("", True)


@pytest.mark.parametrize("name", ["Upload-Defer-Length", "Upload-Concat"])
def test_what_is_not_offered_is_refused(name):
    with pytest.raises(BadRequest):
        protocol.read_creation({"Upload-Length": "7", name: "1"})


def test_a_chunk_may_tell_its_own_end():
    told = protocol.read_chunk({**BYTES, "Upload-Offset": "5", "Content-Length": "3"})
    untold = protocol.read_chunk({**BYTES, "Upload-Offset": "5", "Transfer-Encoding": "chunked"})

    assert (told, untold) == (Chunk(5, 3), Chunk(5, None))


def test_another_content_type_is_refused():
    with pytest.raises(BadRequest) as refused:
        protocol.read_chunk({"Upload-Offset": "5", "Content-Type": "multipart/form-data"})

    assert refused.value.code == "content-type"


def test_checksums_of_known_kinds_are_read():
    digest = base64.b64encode(b"12345").decode()

    assert protocol.read_checksum(f"sha1 {digest}") == Checksum("sha1", b"12345")
    assert protocol.read_checksum(None) is None
    for wrong in (f"crc32 {digest}", "sha1", "sha1 ===", digest, ""):
        with pytest.raises(BadRequest, match="Upload-Checksum"):
            protocol.read_checksum(wrong)


@pytest.mark.parametrize("spoken", [None, "", "0.2.2", "1.0.1", "1.0"])
def test_one_version_is_spoken(spoken):
    headers = {} if spoken is None else {"Tus-Resumable": spoken}

    with pytest.raises(BadRequest) as refused:
        protocol.check_version(headers)

    assert refused.value.code == "tus-version"


def test_dates_are_told_in_gmt():
    almaty = timezone(timedelta(hours=5))

    told = protocol.http_date(datetime(2026, 11, 22, 17, 0, tzinfo=almaty))

    assert told == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert told == protocol.http_date(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
