"""At least 120 files that editors (and others) may send, each with what must be said about it.

Made by bytes while the tests run, from the small real files in tests/data/audio. `valid` and `odd`
are heard by somebody; `cut`, `foreign` and `attacks` are not; `names` are about what a file is
called. `fuzzing` makes mutants of the valid ones.
"""
