"""Addresses that stand in feeds and apps for ever: change none, only add."""

from django.urls import path

from feeds import audio_serving, transcript_serving, views, waveforms

app_name = "feeds"

urlpatterns = [
    path("feeds/<slug:slug>.xml", views.feed, name="feed"),
    path("audio/<uuid:uid>/waveform.json", waveforms.as_json, name="waveform"),
    path("audio/<uuid:uid>/waveform.svg", waveforms.as_svg, name="waveform_picture"),
    path("audio/<uuid:uid>/<slug:name>.<slug:extension>", audio_serving.audio, name="audio"),
    path("episodes/<uuid:uid>/chapters.json", views.chapters, name="chapters"),
    path(
        "episodes/<uuid:uid>/transcript.<slug:language>.<slug:extension>",
        transcript_serving.transcript,
        name="transcript",
    ),
]
