"""Lists to choose from."""

import zoneinfo

_NO_PLACES = {"Factory", "localtime", "posixrules"}
"""Names in the database that say nothing to a person."""

TIME_ZONES = [(name, name) for name in sorted(zoneinfo.available_timezones() - _NO_PLACES)]
"""Every zone of the IANA database."""
