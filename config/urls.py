"""Every door of the house. Links between packages go by URL name."""

from django.urls import include, path

urlpatterns = [
    path("", include("feeds.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", include("desk.urls")),
    path("api/v1/", include("api.urls")),
    path("", include("website.urls")),
]

handler404 = "website.views.errors.not_found"
