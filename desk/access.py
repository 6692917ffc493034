"""What the person at the desk may do, read once per request."""

from django.http import HttpRequest

from accounts.models import User
from catalog.permissions import Access, access_of


def access(request: HttpRequest) -> Access:
    """Return the roles of the request's user; the first call of a request asks the database."""
    kept = request.__dict__.get("desk_access")
    if not isinstance(kept, Access):
        kept = access_of(request.user)  # type: ignore[arg-type]  # anonymous users are answered too
        request.__dict__["desk_access"] = kept
    return kept


def signed_in(request: HttpRequest) -> User:
    """Return the user of a view that only a signed-in person reaches."""
    if not isinstance(request.user, User):
        raise TypeError("This view is reached without a log-in.")
    return request.user


def runs_everything(request: HttpRequest) -> bool:
    return access(request).everything
