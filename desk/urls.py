"""The editors' door. The set-up link stands outside the admin: nobody can log in yet."""

from django.urls import URLPattern, URLResolver, path

from desk.setup import set_up
from desk.site import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("setup/<str:token>/", set_up, name="setup"),
    path("", site.urls),
]
