"""The episode's page in its parts: the form, people, audio, release."""
