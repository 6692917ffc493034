"""Labels in, a tagged copy of the audio out: see `published`. No original is ever touched."""
