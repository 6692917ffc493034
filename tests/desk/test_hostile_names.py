"""Names of files that want to be more than names, shown to an editor."""

import pytest

from episodes.models import AudioUpload, IncomingUpload
from tests.desk.test_uploads import begin, send
from tests.episodes.audio import corpus
from tests.episodes.audio.hostile.names import NAMES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "\ud800" not in name], ids=lambda name: ascii(name)[1:40]
)
def test_a_name_stays_a_name(editor, episode, media, name):
    data = corpus.html()

    begun = begin(editor, episode, len(data), name)
    assert begun.status_code == 201, begun.content
    assert send(editor, begun["Location"], data, 0).status_code == 204
    page = editor.get(f"/admin/episodes/episode/{episode.pk}/change/")

    kept = AudioUpload.objects.get().original_name
    assert 0 < len(kept) <= 255
    assert not set(kept) & set("\0\r\n\u202e\u2066\ufffe\uffff")
    assert IncomingUpload.objects.get().upload is not None
    assert page.status_code == 200
    for live in (b"<img src=x onerror", b"<svg onload", b"<script>alert"):
        assert live not in page.content
    stored = [path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert stored[0].startswith("audio/")
