"""The routes of the API; `public` holds what all reading has in common."""
