"""The look of the admin: brand, colours, and the sidebar in the order of the work.

Read by the settings, so nothing here may touch models.
"""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

# A Samarkand turquoise, dark enough at 600 for white text on it (WCAG AA).
_PRIMARY = {
    "50": "oklch(98% .014 190)",
    "100": "oklch(95% .035 190)",
    "200": "oklch(90% .06 191)",
    "300": "oklch(83% .09 192)",
    "400": "oklch(76% .11 193)",
    "500": "oklch(66% .11 195)",
    "600": "oklch(50% .086 198)",
    "700": "oklch(44% .076 200)",
    "800": "oklch(38% .064 202)",
    "900": "oklch(33% .054 204)",
    "950": "oklch(24% .04 206)",
}
# Greys with a breath of paper, so that long days at a desk feel less like a terminal.
_BASE = {
    "50": "oklch(98.4% .003 70)",
    "100": "oklch(96.4% .004 70)",
    "200": "oklch(92.2% .005 70)",
    "300": "oklch(86.6% .007 70)",
    "400": "oklch(70.6% .01 80)",
    "500": "oklch(53% .012 75)",
    "600": "oklch(43.5% .012 70)",
    "700": "oklch(36.5% .011 70)",
    "800": "oklch(26.8% .008 70)",
    "900": "oklch(20.4% .006 70)",
    "950": "oklch(15% .005 70)",
}
_FONT = {
    "subtle-light": "var(--color-base-500)",
    "subtle-dark": "var(--color-base-400)",
    "default-light": "var(--color-base-700)",
    "default-dark": "var(--color-base-300)",
    "important-light": "var(--color-base-950)",
    "important-dark": "var(--color-base-100)",
}


def _item(title: Any, icon: str, url_name: str, **more: str) -> dict[str, Any]:
    query = {"when": "ahead"} if url_name == "admin:episodes_slot_changelist" else None
    return {"title": title, "icon": icon, "link": reverse_lazy(url_name, query=query), **more}


def _static(path: str) -> Any:
    """Return a link that is made per request: hashed names are not known at import."""
    return lambda request: static(path)  # noqa: ARG005 - the theme calls it with a request


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Fortnight",
    "SITE_HEADER": "Fortnight",
    "SITE_SUBHEADER": _("Editorial desk"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "podcasts",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": _static("desk/icon.svg")},
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {"base": _BASE, "primary": _PRIMARY, "font": _FONT},
    "STYLES": [_static("desk/desk.css")],
    "SCRIPTS": [],
    "COMMAND": {
        "search_models": ["episodes.episode", "catalog.show", "catalog.person"],
        "show_history": False,
    },
    "ACCOUNT": {
        "navigation": [
            {"title": _("Two-step log-in"), "link": reverse_lazy("mfa_index")},
            {"title": _("Change password"), "link": reverse_lazy("account_change_password")},
        ],
    },
    "SIDEBAR": {
        "show_search": False,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    _item(_("Desk"), "space_dashboard", "admin:index"),
                    _item(_("Episodes"), "mic", "admin:episodes_episode_changelist"),
                    _item(_("Calendar"), "calendar_month", "admin:episodes_slot_changelist"),
                ],
            },
            {
                "separator": True,
                "title": _("Catalogue"),
                "items": [
                    _item(_("Shows"), "podcasts", "admin:catalog_show_changelist"),
                    _item(_("People"), "groups", "admin:catalog_person_changelist"),
                    _item(_("Organisations"), "apartment", "admin:catalog_organisation_changelist"),
                    _item(_("Topics"), "sell", "admin:catalog_topic_changelist"),
                ],
            },
            {
                "separator": True,
                "items": [
                    _item(
                        _("Users"),
                        "badge",
                        "admin:accounts_user_changelist",
                        permission="desk.access.runs_everything",
                    ),
                ],
            },
        ],
    },
}
