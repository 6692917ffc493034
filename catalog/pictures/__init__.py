"""A picture of any origin in, clean renditions out: `contained.render_contained`.

Imports neither Django nor Celery. Pillow, whose decoders are large and in C, runs only in a child
process with limits (`worker`); the web process never unpacks a pixel of a stranger's.
"""
