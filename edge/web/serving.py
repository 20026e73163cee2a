"""How the pages' processes speak HTTP."""

import uvicorn
from starlette.types import ASGIApp


def configured(app: ASGIApp, most_connections: int, certificate: str = "") -> uvicorn.Config:
    """most_connections: more are answered with 503. certificate: a file of it and its key; empty: no encryption."""
    return uvicorn.Config(
        app,
        access_log=False,  # addresses hold a code
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        ws="none",
        limit_concurrency=most_connections,
        timeout_keep_alive=5,
        h11_max_incomplete_event_size=16_384,
        ssl_certfile=certificate or None,
    )
