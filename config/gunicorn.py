"""How the web server runs, in the container and under `manage.py up` alike.

`gunicorn --config python:config.gunicorn config.wsgi`. Why gunicorn and threads:
docs/decisions/0006-web-server.md.
"""

from config.environment import read_int

worker_class = "gthread"
workers = read_int("WEB_WORKERS", default=2, minimum=1)
# A thread is held for as long as somebody downloads; most of that time it waits for the network.
# Each keeps a connection to PostgreSQL, which allows 100 in all unless told otherwise.
threads = read_int("WEB_THREADS", default=32, minimum=1)
# A process that is full leaves connections to the other one. Without this one process takes more
# than it has threads for, and answers wait behind downloads while the other process is idle.
worker_connections = threads + 1
# For gthread this is the heartbeat of the process and no limit on a long download.
timeout = 60
# Listeners in the middle of an episode get this long when the server is told to stop.
graceful_timeout = 30
# A connection that idles counts as well, so none is kept for long.
keepalive = 5
control_socket_disable = True
proc_name = "fortnight"
# The application's log says each request once, with its id; gunicorn says only what goes wrong.
accesslog = None
errorlog = "-"
# Whether a proxy is trusted is the application's setting (BEHIND_PROXY), decided in one place.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
