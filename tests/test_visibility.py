"""Nothing that is not out is told to anybody: every address there is, asked by a stranger.

The addresses come from the URLconf. A new route makes `test_every_route_is_visited` fail until it
is listed below with the address under which the hidden things would be found, if they could be.
"""

import uuid
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image as Pillow

from accounts.first_owner import make_setup_token
from catalog.artwork import store_image
from catalog.models import Partnership, PersonLink, PersonName, Show, Topic
from episodes.models import (
    AudioFile,
    AudioUpload,
    Chapter,
    Correction,
    Episode,
    IncomingUpload,
    Soundbite,
    Transcript,
    Waveform,
)
from episodes.storing import store
from episodes.transcripts.writing import FORMS
from tests.factories import (
    AffiliationFactory,
    AudioFileFactory,
    CadenceFactory,
    CreditFactory,
    EpisodeFactory,
    HostingFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
    SlotFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

CANARY = "quetzalcoatl"
ASKED = "lanternfish"
"""Stands beside every canary: a stranger's question for it would find them all."""
TEXT = f"{CANARY} {ASKED}"
BYTES = f"ID3 {TEXT} ".encode() * 40
DAY = timedelta(days=1)

KINDS = [
    "draft",
    "in review",
    "approved",
    "scheduled",
    "withdrawn",
    "draft on a hidden show",
    "live on a hidden show",
]
Status = Episode.Status
STATUS = {"in review": Status.IN_REVIEW, "approved": Status.APPROVED, "withdrawn": Status.WITHDRAWN}


# --- What there is to hide ------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """A live episode on a public show, and beside it one that nobody may hear of."""

    live: Episode
    hidden: Episode
    kind: str

    @property
    def is_on_hidden_show(self) -> bool:
        return "hidden show" in self.kind

    @property
    def audio(self) -> AudioFile:
        assert self.hidden.audio is not None
        return self.hidden.audio

    @property
    def incoming(self) -> IncomingUpload:
        return self.hidden.incoming_uploads.get()

    @property
    def person(self) -> Any:
        return self.hidden.credits.get().person

    @property
    def organisation(self) -> Any:
        return self.hidden.credits.get().organisation

    def topic(self, kind: str) -> Topic:
        return self.hidden.topics.get(kind=kind)


@pytest.fixture(autouse=True)
def _room(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.API_REQUESTS_PER_MINUTE = 1_000_000  # an answer of 429 would prove nothing


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    show = ShowFactory(title="Steppe Weekly", slug="steppe")
    CadenceFactory(show=show)
    HostingFactory(show=show, person__name="Anna Lee", person__slug="anna-lee")
    live = make(show, text="Water", slug="water")
    release(live, timezone.now() - 10 * DAY)
    kind: str = request.param
    home = hidden_show() if "hidden show" in kind else show
    hidden = make(home, text=TEXT, slug="quetzalcoatl-speaks")
    replaced = AudioFileFactory(
        episode=hidden,
        sha256="e" * 64,
        reason=TEXT,
        tags={"title": TEXT, "artist": TEXT},
        sound_report=hidden.audio.sound_report,
        waveform=hidden.audio.waveform,
    )
    AudioUpload.objects.create(
        episode=hidden,
        original_name=f"{CANARY}-{ASKED}.mp3",
        sha256=replaced.sha256,
        path=replaced.path,
        size=1,
    )
    IncomingUpload.objects.create(
        episode=hidden,
        by=UserFactory(email=f"{CANARY}@example.org"),
        original_name=f"{CANARY}-{ASKED}.wav",
        size=1000,
        expires_at=timezone.now() + DAY,
    )
    if kind in {"scheduled", "live on a hidden show"}:
        ahead = 10 * DAY if kind == "scheduled" else -3 * DAY
        release(hidden, timezone.now() + ahead)
    elif kind in STATUS:
        if kind == "withdrawn":
            release(hidden, timezone.now() - 5 * DAY)
        hidden.status = STATUS[kind]
        hidden.save()
    return World(live, hidden, kind)


def hidden_show() -> Show:
    show: Show = ShowFactory(
        title=f"Show of {TEXT}",
        slug="quetzalcoatl",
        is_public=False,
        tagline=TEXT,
        description=TEXT,
        author=TEXT,
        notes_template=TEXT,
        notes_footer=TEXT,
        owner_name=TEXT,
        copyright=TEXT,
        artwork=picture("teal"),
    )
    CadenceFactory(show=show)
    HostingFactory(show=show, person__name=f"Host {TEXT}", person__slug="host-of-quetzalcoatl")
    organisation = OrganisationFactory(name=f"Partner {TEXT}", slug="partner-of-quetzalcoatl")
    Partnership.objects.create(show=show, organisation=organisation, wording=TEXT)
    show.links.create(label=TEXT, url=f"https://{CANARY}.example/")
    return show


def make(show: Show, *, text: str, slug: str) -> Episode:
    """Make a draft with `text` in every field that takes words, on records all of its own."""
    episode: Episode = EpisodeFactory(
        show=show,
        title=text,
        slug=slug,
        number=70 if text == TEXT else 3,
        summary=text,
        notes=f"{text}\n\n[{text}](https://{slug}.example/)",
        production_notes=TEXT,
        artwork=picture("navy" if text == TEXT else "red"),
        slot=SlotFactory(show=show, due_at=timezone.now() + (7 if text == TEXT else 21) * DAY),
    )
    stored = store([BYTES if text == TEXT else b"ID3 water " * 40], limit=10**6)
    episode.audio = AudioFileFactory(
        episode=episode,
        sha256=stored.sha256,
        path=stored.path,
        size=stored.size,
        reason=text,
        tags={"title": text},
        embedded_chapters=[{"title": text}],
        sound_report={"overview": [1, 2, 3], "findings": [{"code": "x", "message": text}]},
        waveform=Waveform.objects.create(length=1, peaks=zlib.compress(b"\xf0\x10")),
    )
    episode.save()
    person = PersonFactory(name=f"Expert {text}", slug=f"expert-{slug}", bio=text)
    PersonName.objects.create(person=person, name=f"Имя {text}", script="Cyrl")
    PersonLink.objects.create(person=person, label=text, url=f"https://{slug}.example/")
    organisation = OrganisationFactory(
        name=f"Institute {text}", slug=f"institute-{slug}", description=text
    )
    AffiliationFactory(person=person, organisation=organisation, title=text)
    CreditFactory(
        episode=episode,
        person=person,
        organisation=organisation,
        organisation_name=text,
        name=text,
        title=text,
    )
    code = "QZ" if text == TEXT else "WA"
    country = TopicFactory(
        name=f"Land {text}",
        slug=f"land-{slug}",
        kind=Topic.Kind.COUNTRY,
        country_code=code,
        description=text,
    )
    theme = TopicFactory(name=f"Theme {text}", slug=f"theme-{slug}", translations={"ru": text})
    episode.topics.add(country, theme)
    Chapter.objects.create(
        episode=episode,
        start_ms=0,
        title=text,
        url=f"https://{slug}.example/",
        image=picture("tan"),
    )
    vtt = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {text}>{text}\n"
    transcript = Transcript.objects.create(
        episode=episode,
        language="en",
        vtt=vtt,
        findings=[{"code": "overlap", "message": text, "quoted": text}],
    )
    transcript.speakers.create(label=text, person=person)
    Soundbite.objects.create(episode=episode, start_ms=0, duration_ms=20_000, title=text)
    Correction.objects.create(episode=episode, corrected_at=timezone.now(), text=text)
    return episode


def release(episode: Episode, at: Any) -> None:
    episode.status, episode.release_at = Status.RELEASED, at
    episode.save()


def picture(colour: str) -> Any:
    path = Path(f"{colour}.png")
    buffer = SimpleUploadedFile(path.name, b"")
    Pillow.new("RGB", (32, 32), colour).save(buffer, "PNG")
    buffer.seek(0)
    return store_image(buffer, alt=TEXT if colour in {"navy", "teal"} else colour)


# --- Where it could be found ----------------------------------------------------------------------

Patterns = Sequence[URLPattern | URLResolver]


def routes(
    patterns: Patterns | None = None,
    before: str = "",
    spaces: tuple[str, ...] = (),
    taken: frozenset[str] = frozenset(),
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield name, route and parameters of every pattern there is."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        named = taken | frozenset(pattern.pattern.regex.groupindex)
        named |= frozenset(getattr(pattern.pattern, "converters", ()))
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern.url_patterns, route, inner, named)
        else:
            yield ":".join((*spaces, pattern.name or "")), route, named


def hidden_addresses(world: World) -> dict[str, list[str]]:
    """Return, by route, the addresses of the hidden things on the public doors."""
    episode, audio, show = world.hidden, world.audio, world.hidden.show
    older = episode.audio_files.exclude(pk=audio.pk).get()
    found = {
        "feeds:audio": [
            reverse("feeds:audio", args=[each.uid, name, "mp3"])
            for each in (audio, older)
            for name in (episode.slug, "x")
        ],
        "feeds:waveform": [
            reverse("feeds:waveform", args=[each.uid]) + query
            for each in (audio, older)
            for query in ("", "?points=0", "?points=10")
        ],
        "feeds:waveform_picture": [
            reverse("feeds:waveform_picture", args=[each.uid]) for each in (audio, older)
        ],
        "feeds:chapters": [reverse("feeds:chapters", args=[episode.uid])],
        "feeds:transcript": [
            reverse("feeds:transcript", args=[episode.uid, "en", form]) for form in (*FORMS, "pdf")
        ],
        "website:episode": [reverse("website:episode", args=[show.slug, episode.slug])],
        "website:person": [reverse("website:person", args=[world.person.slug])],
        "website:organisation": [reverse("website:organisation", args=[world.organisation.slug])],
        "website:topic": [reverse("website:topic", args=[world.topic("theme").slug])],
        "website:country": [reverse("website:country", args=[world.topic("country").slug])],
        "website:picture": [
            f"/media/{world.audio.path}",
            f"/media/artwork/../{world.audio.path}",
            f"/media/artwork/%2e%2e/{world.audio.path}",
        ],
        "api:episode": [reverse("api:episode", args=[episode.uid])],
        "api:person": [reverse("api:person", args=[world.person.uid])],
    }
    if world.is_on_hidden_show:
        found |= {
            "feeds:feed": [reverse("feeds:feed", args=[show.slug])],
            "website:show": [reverse("website:show", args=[show.slug])],
            "api:show": [reverse("api:show", args=[show.uid])],
        }
        found["website:person"].append("/people/host-of-quetzalcoatl/")
        found["website:organisation"].append("/organisations/partner-of-quetzalcoatl/")
    return found


def public_addresses(world: World) -> dict[str, list[str]]:
    """Return, by route, addresses that answer strangers, with all that they may be asked."""
    episode, show = world.live, world.live.show
    credit = episode.credits.get()
    pages = [f"?page={number}" for number in (1, 2)]
    sorts = ["", "-published_at", "published_at", "title", "-title"]
    hidden = world.hidden
    asked = {
        "q": [ASKED, "Expert", "Show of", "Имя", "Land"],
        "show": [show.uid, hidden.show.uid],
        "person": [credit.person.uid, world.person.uid],
        "topic": [world.topic("theme").slug, f"theme-{episode.slug}"],
        "country": ["QZ", "WA", "qz"],
        "number": [70],
        "type": ["full"],
        "published_after": ["2020-01-01T00:00:00Z"],
        "published_before": ["2099-01-01T00:00:00Z"],
    }
    lists = [f"?{name}={value}" for name, values in asked.items() for value in values]
    lists += [f"?limit=1&sort={sort}" if sort else "?limit=100" for sort in sorts]
    return {
        "website:home": ["/"],
        "website:search": [
            "/search/",
            *(f"/search/?q={word}" for word in (ASKED, "Expert", "Theme", "Land", "QZ", "Water")),
        ],
        "website:show": [f"/shows/{show.slug}/{page}" for page in ("", *pages)],
        "website:episode": [f"/shows/{show.slug}/{episode.slug}/"],
        "website:person": [f"/people/{credit.person.slug}/", "/people/anna-lee/"],
        "website:organisation": [f"/organisations/{credit.organisation.slug}/"],
        "website:topic": [f"/topics/theme-{episode.slug}/"],
        "website:country": [f"/countries/land-{episode.slug}/"],
        "website:sitemap": ["/sitemap.xml", "/sitemap.xml?p=2"],
        "website:robots": ["/robots.txt"],
        "website:favicon": ["/favicon.ico"],
        "feeds:feed": [f"/feeds/{show.slug}.xml"],
        "feeds:waveform": [
            f"/audio/{episode.audio.uid}/waveform.json{query}" for query in ("", "?points=5")
        ],
        "feeds:waveform_picture": [f"/audio/{episode.audio.uid}/waveform.svg"],
        "feeds:chapters": [f"/episodes/{episode.uid}/chapters.json"],
        "feeds:transcript": [f"/episodes/{episode.uid}/transcript.en.{form}" for form in FORMS],
        "api:shows": ["/api/v1/shows", *(f"/api/v1/shows{query}" for query in lists)],
        "api:show": [f"/api/v1/shows/{show.uid}"],
        "api:episodes": ["/api/v1/episodes", *(f"/api/v1/episodes{query}" for query in lists)],
        "api:episode": [f"/api/v1/episodes/{episode.uid}"],
        "api:people": ["/api/v1/people", *(f"/api/v1/people{query}" for query in lists)],
        "api:person": [f"/api/v1/people/{credit.person.uid}"],
        "api:docs": ["/api/v1/"],
        "api:problems": ["/api/v1/problems"],
        "api:schema": ["/api/v1/openapi.yaml"],
        "api:schema-json": ["/api/v1/openapi.json"],
        "api:": ["/api/v1/nonsense", f"/api/v1/{ASKED}"],
    }


def desk_arguments(world: World) -> dict[str, list[Any]]:
    """Return what the parameters of the desk's and the accounts' routes stand for."""
    return {
        "object_id": [world.hidden.pk],
        "content_type_id": [ContentType.objects.get_for_model(Episode).pk],
        "app_label": ["episodes"],
        "token": [make_setup_token(at=timezone.now()), "x"],
        "url": ["nonsense/"],
        "pk": [1],
        "key": ["x"],
        "uidb36": ["1"],
        "uid": [world.incoming.uid],
        "form": ["json"],
    }


CLOSED = ("admin/", "accounts/")
WITH_A_TOKEN = {
    *("api:uploads", "api:upload"),
    *("api:part-uploads", "api:part-upload", "api:part-upload-complete"),
}
"""What answers 401 before it looks whether anything is there."""
NAMELESS = {
    "admin/episodes/episode/^([^/]+)/history/([^/]+)/$": "/admin/episodes/episode/{pk}/history/1/"
}
"""Routes whose parameters have no names."""


def closed_addresses(world: World) -> Iterator[str]:
    arguments = desk_arguments(world)
    for name, route, parameters in routes():
        if not route.startswith(CLOSED):
            continue
        if route in NAMELESS:
            yield NAMELESS[route].format(pk=world.hidden.pk)
        elif not name.endswith(":"):
            yield reverse(name, kwargs={key: arguments[key][0] for key in parameters})
        else:
            yield "/" + route.replace("<path:object_id>", str(world.hidden.pk)).replace(
                "(?P<url>.*)$", "nonsense/"
            )


# --- Asking ---------------------------------------------------------------------------------------


def said(response: Any) -> str:
    """Return everything that an answer tells: its headers and its body."""
    body = b"".join(response) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{body.decode('utf-8', 'replace')}".lower()


def tells(response: Any, address: str) -> bool:
    """Whether the canary is in the answer, the address apart that the stranger knew already."""
    text = said(response)
    for known in (address, *address.strip("/").split("/")):
        text = text.replace(known.lower(), "") if CANARY in known.lower() else text
    return CANARY in text


def test_every_route_is_visited(world):
    """A route that nobody listed here would be one that nobody tests."""
    listed = {*hidden_addresses(world), *public_addresses(world)}
    known = frozenset(desk_arguments(world))
    for name, route, parameters in routes():
        if route.startswith(CLOSED):
            assert parameters <= known, f"{route}: say in desk_arguments what its parameters are"
        elif name in WITH_A_TOKEN:
            continue  # test_uploads_of_the_api_tell_a_stranger_nothing
        elif name not in {"feeds:feed", "website:show", "api:show"}:
            assert name in listed, f"{name}, {route}: list its addresses here"


def test_what_is_not_out_answers_404_and_tells_nothing(client, world):
    for addresses in hidden_addresses(world).values():
        for address in addresses:
            for method in (client.get, client.head):
                response = method(address)
                assert response.status_code == 404, address
                assert not tells(response, address), address
                assert "set-cookie" not in response.headers, address


def test_no_public_answer_names_what_is_not_out(client, world):
    for addresses in public_addresses(world).values():
        for address in addresses:
            response = client.get(address)
            # 400 is the API's word for a filter or an order that a list does not have.
            expected = {302} if address == "/favicon.ico" else {200, 400, 404}
            assert response.status_code in expected, address
            assert not tells(response, address), address
            assert world.hidden.slug not in said(response), address
            for uid in (world.hidden.uid, world.audio.uid, world.person.uid, world.audio.sha256):
                assert str(uid) not in said(response).replace(address, ""), address


def test_every_page_of_a_list_of_the_api_is_free_of_it(client, world):
    for name in ("shows", "episodes", "people"):
        address: str | None = f"/api/v1/{name}?limit=1"
        while address:
            response = client.get(address)
            assert not tells(response, address)
            following = response.json()["next"]
            address = following and "/" + following.split("/", 3)[3]


def test_the_desk_and_the_accounts_tell_a_stranger_nothing(client, world):
    UserFactory()  # closes the set-up link
    for address in closed_addresses(world):
        response = client.get(address)
        assert (
            response.status_code in {302, 401, 403, 404, 405}
            or "/accounts/" in address
            or (address == "/admin/login/")
        ), address
        assert not tells(response, address), address
        assert client.get(address, {"q": ASKED, "s": ASKED}).status_code != 500


def test_uploads_of_the_api_tell_a_stranger_nothing(client, world):
    for episode in (world.hidden.uid, world.live.uid, uuid.uuid4()):
        for address in (
            reverse("api:uploads", args=[episode]),
            reverse("api:upload", args=[episode, world.incoming.uid]),
            reverse("api:part-uploads", args=[episode]),
            reverse("api:part-upload", args=[episode, world.incoming.uid]),
            reverse("api:part-upload-complete", args=[episode, world.incoming.uid]),
        ):
            for method in ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"):
                response = client.generic(method, address)
                assert response.status_code in {401, 405}, address
                assert not tells(response, address), address


def test_a_search_for_hidden_words_is_a_search_for_nonsense(client, world):
    """Counts, suggestions and headings are the same as for a word that nobody ever wrote."""
    for door in ("/search/?q={}", "/api/v1/episodes?q={}", "/api/v1/people?q={}"):
        answers = [
            client.get(door.format(word)).content.decode().replace(word, "?")
            for word in (ASKED, "zzyzxqwerty")
        ]
        assert answers[0] == answers[1], door


def test_filters_answer_for_the_hidden_as_for_the_unknown(client, world):
    pairs = {
        "person": (world.person.uid, uuid.uuid4()),
        "topic": (world.topic("theme").slug, "nonsense"),
        "country": ("QZ", "XX"),
        "number": (70, 71),
    }
    if world.is_on_hidden_show:
        pairs["show"] = (world.hidden.show.uid, uuid.uuid4())
    for name, (hidden, unknown) in pairs.items():
        answers = [
            client.get(f"/api/v1/episodes?{name}={value}").json() for value in (hidden, unknown)
        ]
        assert answers[0] == answers[1] == {"results": [], "next": None, "previous": None}, name


def test_the_404_of_the_hidden_is_the_404_of_nonsense(client, world):
    """Same bytes, same headers: nobody can tell a draft from nothing."""
    unknown = uuid.uuid4()
    episode, audio = world.hidden, world.audio
    pairs = [
        (f"/audio/{audio.uid}/x.mp3", f"/audio/{unknown}/x.mp3"),
        (f"/audio/{audio.uid}/waveform.json", f"/audio/{unknown}/waveform.json"),
        (f"/audio/{audio.uid}/waveform.svg", f"/audio/{unknown}/waveform.svg"),
        (f"/episodes/{episode.uid}/chapters.json", f"/episodes/{unknown}/chapters.json"),
        *(
            (
                f"/episodes/{episode.uid}/transcript.en.{form}",
                f"/episodes/{unknown}/transcript.en.{form}",
            )
            for form in FORMS
        ),
        (f"/api/v1/episodes/{episode.uid}", f"/api/v1/episodes/{unknown}"),
        (f"/api/v1/people/{world.person.uid}", f"/api/v1/people/{unknown}"),
        (f"/shows/{episode.show.slug}/{episode.slug}/", f"/shows/{episode.show.slug}/nonsense/"),
    ]
    for hidden, nonsense in pairs:
        told = [
            (response.status_code, body_without(response, address), sorted(response.headers))
            for address in (hidden, nonsense)
            for response in [client.get(address)]
        ]
        assert told[0] == told[1], hidden


def body_without(response: Any, address: str) -> str:
    body = response.content.decode().replace(address, "?")
    request_id = response.headers.get("X-Request-ID", "")
    return body.replace(request_id, "?") if request_id else body


def test_no_condition_or_range_opens_hidden_audio(client, world):
    """A 304, a 412 or a 416 would say that the file is there, and how long it is."""
    address = reverse("feeds:audio", args=[world.audio.uid, "x", "mp3"])
    conditions: list[dict[str, str]] = [
        {"If-None-Match": f'"{world.audio.sha256}"'},
        {"If-None-Match": "*"},
        {"If-Match": '"x"'},
        {"If-Modified-Since": "Sat, 01 Jan 2099 00:00:00 GMT"},
        {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"Range": "bytes=0-1"},
        {"Range": "bytes=99999999-"},
        {"Range": "bytes=0-1", "If-Range": f'"{world.audio.sha256}"'},
    ]
    for headers in conditions:
        for method in (client.get, client.head):
            response = method(address, headers=headers)
            assert response.status_code == 404, headers
            assert "Content-Range" not in response.headers


def test_an_audio_version_replaced_before_the_release_never_comes_out(client, world):
    """What was never released stays unheard even when the episode itself is out."""
    older = world.hidden.audio_files.exclude(pk=world.audio.pk).get()
    world.hidden.show.is_public = True
    world.hidden.show.save()
    release(world.hidden, timezone.now() - DAY)

    for audio, status in ((world.audio, 200), (older, 404)):
        address = reverse("feeds:audio", args=[audio.uid, "x", "mp3"])
        assert client.head(address).status_code == status


def test_a_log_in_of_another_show_opens_nothing(client, world):
    """Somebody of the house who works on other things is a stranger here."""
    client.force_login(MembershipFactory(role="owner").user)

    for addresses in hidden_addresses(world).values():
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 404, address
            assert not tells(response, address), address
