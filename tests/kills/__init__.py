"""Killing every process of a real installation while it works, and counting what is lost."""
