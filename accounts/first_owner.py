"""The one-time link that makes the first owner of a new installation.

No installation starts with a password that anybody knows. `manage.py up` prints a signed link
instead; it works for a day, and only as long as there is no account at all.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User

_SALT = "accounts.first_owner"
_VALID_FOR = timedelta(days=1)


class SetupLinkRefused(Exception):
    """The link cannot be used; the text is for the person who opened it."""


def setup_is_open() -> bool:
    """Say whether nobody has an account yet."""
    return not User.objects.exists()


def make_setup_token(*, at: datetime) -> str:
    return signing.dumps({"until": (at + _VALID_FOR).timestamp()}, salt=_SALT)


def check_setup_token(token: str, *, at: datetime) -> None:
    """Raise SetupLinkRefused unless this link may make the first owner now."""
    try:
        until = float(signing.loads(token, salt=_SALT)["until"])
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise SetupLinkRefused(
            _("This set-up link is not complete. Copy the whole line that the terminal shows.")
        ) from error
    if not setup_is_open():
        raise SetupLinkRefused(_("This installation has an owner already. Sign in instead."))
    if at.timestamp() >= until:
        raise SetupLinkRefused(
            _("This set-up link is older than a day. Restart Fortnight and it prints a new one.")
        )


def create_first_owner(token: str, *, email: str, name: str, password: str, at: datetime) -> User:
    """Make the first account, a superuser, and so close the link for good.

    Raises SetupLinkRefused, also to the slower of two people who use the link at once, and
    ValidationError for an address that is none. The password's strength is the form's business.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {User._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        check_setup_token(token, at=at)
        return User.objects.create_superuser(email, password, name=name)
