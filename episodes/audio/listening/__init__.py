"""Hearing a file once: how loud, how clean, what shape. A file in, facts and findings out.

`hearing.hear` runs ffmpeg and the meter beside each other; the meter (`metering` and what it is
made of) is the only part that needs numpy, and runs in a process of its own.
"""
