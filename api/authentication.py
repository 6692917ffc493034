"""Who an app speaks for: knox's tokens, and an answer for whatever else stands in the header."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class DeviceToken(TokenAuthentication):
    def authenticate_credentials(self, token: bytes) -> Any:
        """Refuse what is no text before knox reads it as UTF-8 and PostgreSQL compares it."""
        if not (token.isascii() and token.decode("ascii").isprintable()):
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)


class DeviceTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call] # it registers itself
    target_class = "api.authentication.DeviceToken"
