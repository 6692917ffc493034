"""Lists to choose from."""

import zoneinfo

TIME_ZONES = [(name, name) for name in sorted(zoneinfo.available_timezones())]
"""Every zone of the IANA database."""
