"""The public's door: pages that work for anyone, on a phone, with or without JavaScript."""
