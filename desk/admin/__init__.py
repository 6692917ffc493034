"""Loaded by Django's autodiscovery: each module registers its pages on desk.site."""

from desk.admin import episodes, organisations, people, shows, slots, topics, users

__all__ = ["episodes", "organisations", "people", "shows", "slots", "topics", "users"]
