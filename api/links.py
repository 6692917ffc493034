"""The API's own addresses, absolute; those of the site and the feeds come from `feeds.links`."""

from django.urls import reverse

from feeds.links import absolute


def api_address(name: str, *args: object) -> str:
    return absolute(reverse(f"api:{name}", args=args))
