"""Addresses of the public site. They stand in feeds, search engines and letters: only add."""

from django.urls import path, re_path

from website.views import (
    episodes,
    files,
    home,
    people,
    search,
    shows,
    sitemap,
    topics,
)

app_name = "website"

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("shows/<slug:slug>/", shows.show, name="show"),
    path("shows/<slug:show>/<slug:slug>/", episodes.episode, name="episode"),
    path("people/<slug:slug>/", people.person, name="person"),
    path("organisations/<slug:slug>/", people.organisation, name="organisation"),
    path("topics/<slug:slug>/", topics.topic, name="topic"),
    path("countries/<slug:slug>/", topics.country, name="country"),
    re_path(r"^media/(?P<name>artwork/[^/]+)$", files.picture, name="picture"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("favicon.ico", files.favicon, name="favicon"),
    path("robots.txt", files.robots, name="robots"),
]
