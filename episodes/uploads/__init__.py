"""Resumable uploads: the tus 1.0 protocol, the bytes that arrive by it, and both doors' answer."""
