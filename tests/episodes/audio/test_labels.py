"""Tags, covers and chapters of every container, each as its usual tools write them."""

import base64
import struct
from io import BytesIO

import pytest
from mutagen.apev2 import APEv2, APEValue
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, CHAP, CTOC, ID3, TIT2, WXXX, CTOCFlags
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE

from episodes.audio.facts import AudioFacts
from episodes.audio.reading import read_audio
from tests.episodes.audio import corpus

PNG = corpus.PNG + b"p" * 90


def facts_of(data: bytes) -> AudioFacts:
    reading = read_audio(BytesIO(data))
    assert reading.facts is not None, reading.refusal
    assert "tags-unreadable" not in [each.code for each in reading.findings]
    return reading.facts


def saved(data: bytes, kind, change) -> bytes:
    file = BytesIO(data)
    tags = kind(file)
    change(tags)
    file.seek(0)
    tags.save(file)
    return file.getvalue()


def ape(**items: object) -> bytes:
    file = BytesIO(corpus.bare_mp3())
    tags = APEv2()
    for key, value in items.items():
        tags[key.replace("_", " ")] = value
    tags.save(file)
    return file.getvalue()


def test_an_ape_tag_is_read():
    facts = facts_of(ape(Title="Граница", Artist="Bruce Pannier", Year="2025"))

    assert (facts.tags.title, facts.tags.artist, facts.tags.date) == (
        "Граница",
        "Bruce Pannier",
        "2025",
    )


def test_an_ape_tag_before_an_id3v1_tag_gives_a_cover_and_what_the_older_cut_off():
    file = BytesIO(ape(Title="A title of more than thirty letters, whole"))
    tags = APEv2(file)
    tags["Cover Art (Front)"] = APEValue(b"front.png\0" + PNG, 1)
    tags.save(file)
    short = b"TAG" + b"Thirty".ljust(30, b"\0") + b"Pannier".ljust(30, b"\0") + bytes(64) + b"\xff"
    facts = facts_of(file.getvalue() + short)

    assert facts.tags.title == "A title of more than thirty letters, whole"
    assert facts.tags.artist == "Pannier"
    assert facts.cover is not None
    assert (facts.cover.mime_type, facts.cover.size) == ("image/png", len(PNG))


def test_an_id3v1_tag_with_nothing_in_it_does_not_cost_the_ape_tag():
    assert facts_of(ape(Title="Ape") + b"TAG" + bytes(125)).tags.title == "Ape"


def test_a_whole_tag_in_front_wins_over_both_at_the_end():
    short = b"TAG" + b"Old".ljust(30, b"\0") + bytes(95)

    facts = facts_of(corpus.with_tag() + ape(Title="Ape")[len(corpus.bare_mp3()) :] + short)

    assert facts.tags.title == "Саммит нейтралитета"


def test_a_picture_of_the_three_letter_tag_is_read():
    picture = b"\0PNG\x03\0" + PNG
    data = b"PIC" + len(picture).to_bytes(3, "big") + picture
    title = b"TT2" + (6).to_bytes(3, "big") + b"\0Hello"
    facts = facts_of(corpus.id3(title + data, version=2) + corpus.bare_mp3())

    assert facts.tags.title == "Hello"
    assert facts.cover is not None
    assert facts.cover.size == len(PNG)


def chapters_mp3(tables: list[CTOC], *, images: tuple[int, ...] = ()) -> bytes:
    """Four chapters, written in the order d, c, b, a, with b and d linked."""
    file = BytesIO(corpus.bare_mp3())
    tags = ID3()
    for number, name in reversed(list(enumerate("abcd"))):
        inside = [TIT2(encoding=3, text=name.upper())]
        if number % 2:
            inside.append(WXXX(encoding=0, desc="chapter url", url=f"https://example.org/{name}"))
        if number in images:
            inside.append(APIC(encoding=0, mime="image/png", type=0, desc="", data=PNG))
        tags.add(
            CHAP(
                element_id=name,
                start_time=number * 1000,
                end_time=number * 1000 + 1000,
                sub_frames=inside,
            )
        )
    for table in tables:
        tags.add(table)
    tags.save(file, v2_version=3)
    return file.getvalue()


def toc(name: str, children: list[str], *, top: bool = False) -> CTOC:
    flags = CTOCFlags.ORDERED | (CTOCFlags.TOP_LEVEL if top else 0)
    return CTOC(element_id=name, flags=flags, child_element_ids=children, sub_frames=[])


def test_chapters_come_in_the_order_of_time_with_link_and_whether_they_have_a_picture():
    facts = facts_of(chapters_mp3([toc("toc", ["d", "a", "b", "c"], top=True)], images=(2,)))

    assert [(each.title, each.url, each.hidden, each.image) for each in facts.chapters] == [
        ("A", "", False, False),
        ("B", "https://example.org/b", False, False),
        ("C", "", False, True),
        ("D", "https://example.org/d", False, False),
    ]


def test_a_table_inside_a_table_lists_its_chapters_and_one_beside_it_does_not():
    tables = [
        toc("toc", ["a", "part"], top=True),
        toc("part", ["b", "toc"]),
        toc("stray", ["c"]),
    ]
    facts = facts_of(chapters_mp3(tables))

    assert [each.title for each in facts.chapters if each.hidden] == ["C", "D"]


def test_without_a_table_every_chapter_is_listed():
    assert not any(each.hidden for each in facts_of(chapters_mp3([])).chapters)


def test_chapters_of_one_start_are_one_and_the_others_are_named():
    file = BytesIO(corpus.bare_mp3())
    tags = ID3()
    for number, (start, title) in enumerate(
        [(0, "A"), (1000, "B"), (1000, "Ещё {B}"), (1000, "B"), (0, "A2")]
    ):
        inside = [TIT2(encoding=3, text=title)]
        tags.add(CHAP(element_id=f"c{number}", start_time=start, end_time=9, sub_frames=inside))
    tags.save(file, v2_version=3)

    reading = read_audio(BytesIO(file.getvalue()))

    assert reading.facts is not None
    assert [each.title for each in reading.facts.chapters] == ["A", "B"]
    assert [each.sentence for each in reading.findings if each.code == "chapters-same-start"] == [
        (
            "Chapters in this file start at the same moment as another, and were left out: "
            "0:00 “A2”, 0:01 “Ещё {B}”. Enter them by hand at a moment of their own."
        )
    ]


def test_an_m4a_with_apples_chapters_alone_is_understood():
    data = corpus.sound("aac-chapters.m4a").replace(b"chpl", b"free")

    assert [(each.start_ms, each.end_ms, each.title) for each in facts_of(data).chapters] == [
        (0, 1500, "Neutrality summit"),
        (1500, 4000, "Таджико-афганская граница"),
    ]


def test_an_m4a_with_neros_chapters_alone_is_understood():
    data = corpus.sound("aac-chapters.m4a").replace(b"tref", b"free")

    assert [each.start_ms for each in facts_of(data).chapters] == [0, 1500]


@pytest.mark.parametrize(
    ("table", "offset"), [(b"stco", 8), (b"stsz", 8), (b"stsc", 8), (b"stts", 8), (b"chap", 0)]
)
def test_a_broken_text_track_costs_no_more_than_its_chapters(table: bytes, offset: int):
    data = bytearray(corpus.sound("aac-chapters.m4a").replace(b"chpl", b"free"))
    at = data.rindex(table) + 4 + offset
    data[at : at + 4] = b"\xff\xff\xff\xff"

    reading = read_audio(BytesIO(bytes(data)))

    assert reading.facts is not None
    assert len(reading.facts.chapters) <= 2


def test_the_cover_of_an_m4a_is_described():
    facts = facts_of(corpus.with_covered_m4a(500))

    assert facts.cover is not None
    assert (facts.cover.mime_type, facts.cover.size) == ("image/png", 500)
    assert facts.tags.title == "Covered"
    assert len(facts.chapters) == 2


def picture_block() -> bytes:
    picture = Picture()
    picture.data, picture.mime, picture.type, picture.desc = PNG, "image/png", 3, "обложка"
    return bytes(picture.write())


def test_the_cover_of_a_flac_is_described():
    def add(tags: FLAC) -> None:
        picture = Picture(picture_block())
        tags.add_picture(picture)

    facts = facts_of(saved(corpus.sound("flac.flac"), FLAC, add))

    assert facts.cover is not None
    assert (facts.cover.mime_type, facts.cover.size) == ("image/png", len(PNG))


def test_the_cover_of_an_opus_file_is_described_across_pages():
    def add(tags: OggOpus) -> None:
        tags["title"] = "Обложка"
        tags["comment"] = "word " * 30_000
        tags["metadata_block_picture"] = [base64.b64encode(picture_block()).decode()]

    facts = read_audio(BytesIO(saved(corpus.sound("opus.opus"), OggOpus, add))).facts

    assert facts is not None
    assert facts.tags.title == "Обложка"
    assert facts.cover is not None
    assert facts.cover.size == len(PNG)
    assert facts.duration_ms == 4000


def chunk(name: bytes, data: bytes, order: str = "<") -> bytes:
    return name + struct.pack(f"{order}I", len(data)) + data + b"\0" * (len(data) % 2)


def test_the_words_of_a_wav_are_read():
    info = b"INFO" + chunk(b"INAM", b"Title\0") + chunk(b"IART", "Гость".encode())
    info += chunk(b"ICMT", b"caf\xe9")

    facts = facts_of(corpus.riff(corpus.sound("float.wav")[12:] + chunk(b"LIST", info)))

    assert (facts.tags.title, facts.tags.artist) == ("Title", "Гость")
    assert facts.tags.comment == "café"


def test_the_id3_tag_of_a_wav_says_more_than_its_list():
    def add(tags: WAVE) -> None:
        tags.add_tags()
        tags.tags.add(TIT2(encoding=3, text="Из тега"))

    assert facts_of(saved(corpus.sound("float.wav"), WAVE, add)).tags.title == "Из тега"


def test_the_words_of_an_aiff_are_read():
    data = corpus.sound("pcm16.aiff")
    words = chunk(b"NAME", b"Title", ">") + chunk(b"AUTH", b"Pannier", ">")
    size = struct.pack(">I", len(data) - 8 + len(words))

    facts = facts_of(data[:4] + size + data[8:] + words)

    assert (facts.tags.title, facts.tags.artist) == ("Title", "Pannier")
