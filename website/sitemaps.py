"""What search engines are told of: live episodes and whatever has some."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from catalog.models import Organisation, Person, Topic
from episodes.models import Episode
from website.listing import people_heard, public_organisations, public_shows, topics_heard

if TYPE_CHECKING:
    _Sitemap = Sitemap[Any]
else:
    _Sitemap = Sitemap


class _Section(_Sitemap):
    """Addresses from BASE_URL, never from the Host header that a visitor may invent."""

    limit = 10_000

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.protocol = urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: Any = None) -> str:  # noqa: ARG002 - Django's signature
        return urlsplit(settings.BASE_URL).netloc


class Home(_Section):
    def items(self) -> Iterable[str]:
        return ["website:home"]

    def location(self, item: str) -> str:
        return reverse(item)


class Shows(_Section):
    def items(self) -> Iterable[Any]:
        return public_shows()


class Episodes(_Section):
    def items(self) -> Iterable[Episode]:
        return Episode.objects.live(self.at).select_related("show").newest_first()

    def lastmod(self, item: Episode) -> datetime | None:
        """Return the later of the release and the last edit: an edit before it is not news."""
        return max(item.release_at, item.updated_at) if item.release_at else None


class People(_Section):
    def items(self) -> Iterable[Person]:
        return people_heard(self.at)

    def location(self, item: Person) -> str:
        return reverse("website:person", args=[item.slug])


class Organisations(_Section):
    def items(self) -> Iterable[Organisation]:
        return public_organisations(self.at).order_by("pk")

    def location(self, item: Organisation) -> str:
        return reverse("website:organisation", args=[item.slug])


class Topics(_Section):
    def items(self) -> Iterable[Topic]:
        return topics_heard(self.at)

    def location(self, item: Topic) -> str:
        name = "country" if item.kind == Topic.Kind.COUNTRY else "topic"
        return reverse(f"website:{name}", args=[item.slug])


def sections(at: datetime) -> "dict[str, type[Sitemap[Any]] | Sitemap[Any]]":
    return {
        "home": Home(at),
        "shows": Shows(at),
        "episodes": Episodes(at),
        "people": People(at),
        "organisations": Organisations(at),
        "topics": Topics(at),
    }
