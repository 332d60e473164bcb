"""How this machine reaches the network: proxies, and certificate authorities of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: the variables that name a proxy
PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
#: each of these variables names the host's own CA bundle
_CA_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def ca_bundle(env: Mapping[str, str]) -> Path | None:
    """Return the file with the host's own CA bundle, if its environment names one."""
    paths = (Path(env[name]) for name in _CA_VARIABLES if env.get(name))
    return next((path for path in paths if path.is_file()), None)
