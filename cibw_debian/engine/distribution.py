"""A registry's own protocol: tags, manifests and blobs, with the credentials that docker keeps for the user.

Docker's API tells neither which tags a repository has nor the digest of each platform. What a registry
answers is not trusted: sizes are limited, and content counts only with its own digest.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from cibw_debian.engine.registry import PullProblem
from cibw_debian.errors import ImageUnavailableError
from cibw_debian.platforms import oci_platform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from requests import PreparedRequest, Response, Session

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDICES = (INDEX, "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = (MANIFEST, "application/vnd.docker.distribution.manifest.v2+json")
_ACCEPT = {"Accept": ", ".join((*_INDICES, *_MANIFESTS))}
#: bytes of an answer that is kept in memory; the specification lets a registry refuse larger manifests
_LARGEST = 4 << 20
_MOST_PAGES = 200
#: seconds for a connection, and between two pieces of an answer
_PATIENCE = (20, 60)
_SENDING = (20, 900)
#: seconds for an answer that is kept in memory
_LONGEST = 300
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_DOCKER_HUB = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}


@dataclass(frozen=True)
class Manifest:
    """What a repository has under a tag or digest."""

    digest: str
    #: bytes of the manifest itself
    size: int
    #: OCI platform -> digest of the image for it; the one platform of an image without an index
    platforms: Mapping[str, str]


@dataclass
class Repository:
    """A repository of images in a registry.

    All methods raise `ImageUnavailableError` if the registry does not answer, refuses, or answers with
    something that is wrong; the message says which.
    """

    #: host and path: ``ghcr.io/owner/image``
    name: str
    #: whether content is sent
    push: bool = False
    _session: Session | None = field(default=None, repr=False)
    _authorization: str = field(default="", repr=False)

    def tags(self) -> list[str]:
        """Return all tags; of a repository that does not exist yet, none."""
        url: str | None = self._url("tags/list?n=1000")
        found: list[str] = []
        for _ in range(_MOST_PAGES):
            if url is None:
                return found
            response = self._ask("GET", url)
            if response.status_code == 404 and self.push:  # noqa: PLR2004
                return []
            body = self._json(self._read(response))
            tags = body.get("tags") or []
            if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
                raise self._wrong("its list of tags is none")
            found += tags
            link = response.links.get("next", {}).get("url")
            url = self._same_host(urljoin(url, link)) if link else None
        raise self._wrong("its list of tags does not end")

    def manifest(self, reference: str) -> Manifest:
        """Return what a tag or digest stands for, with each platform's own manifest looked at too."""
        digest, size, body = self._manifest(reference)
        if _media_type(body) not in _INDICES:
            return Manifest(digest, size, {self._platform(body): digest})
        platforms = {}
        for entry in _entries(body):
            name = _platform_of(entry.get("platform"))
            # Attestations are recorded for a platform that does not exist.
            if name and "unknown" not in name and name not in platforms:
                platforms[name] = self._entry(entry)
        return Manifest(digest, size, platforms)

    def has(self, reference: str) -> bool:
        """Tell whether a tag or digest is there."""
        response = self._ask("HEAD", self._url(f"manifests/{reference}"), headers=_ACCEPT)
        if response.status_code != 404:  # noqa: PLR2004
            self._check(response)
        return response.ok

    def put_blob(self, digest: str, file: IO[bytes]) -> None:
        """Send content, unless the repository has it."""
        if self._ask("HEAD", self._url(f"blobs/{digest}")).ok:
            return
        response = self._ask("POST", self._url("blobs/uploads/"))
        self._check(response)
        place = self._same_host(urljoin(response.url, response.headers.get("Location", "")))
        separator = "&" if "?" in place else "?"
        headers = {"Content-Type": "application/octet-stream"}
        self._check(self._ask("PUT", f"{place}{separator}digest={digest}", headers=headers, data=file))

    def put_manifest(self, reference: str, body: bytes) -> str:
        """Send a manifest under a tag or its own digest, and return its digest."""
        headers = {"Content-Type": _media_type(json.loads(body))}
        self._check(self._ask("PUT", self._url(f"manifests/{reference}"), headers=headers, data=body))
        return _digest(body)

    def _entry(self, entry: Mapping[str, Any]) -> str:
        digest = entry.get("digest")
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise self._wrong("its index names no digest")
        return self._manifest(digest)[0]

    def _manifest(self, reference: str) -> tuple[str, int, dict[str, Any]]:
        response = self._ask("GET", self._url(f"manifests/{reference}"), headers=_ACCEPT)
        content = self._read(response)
        digest = _digest(content)
        promised = {response.headers.get("Docker-Content-Digest", digest)}
        if ":" in reference:
            promised.add(reference)
        if promised != {digest}:
            raise self._wrong(f"what it calls {', '.join(promised - {digest})} is {digest}")
        body = self._json(content)
        if _media_type(body) not in (*_INDICES, *_MANIFESTS):
            raise self._wrong("its answer is no manifest of an image")
        return digest, len(content), body

    def _platform(self, manifest: Mapping[str, Any]) -> str:
        """Return the platform of an image without an index, which only its configuration tells."""
        config = manifest.get("config")
        digest = str(config.get("digest")) if isinstance(config, dict) else ""
        if not _DIGEST.fullmatch(digest):
            raise self._wrong("its manifest names no configuration")
        content = self._read(self._ask("GET", self._url(f"blobs/{digest}"), redirects=True))
        if _digest(content) != digest:
            raise self._wrong(f"what it calls {digest} is {_digest(content)}")
        return _platform_of(self._json(content))

    def _url(self, path: str) -> str:
        host, _, name = self.name.partition("/")
        host = _DOCKER_HUB.get(host, host)
        return f"{'http' if is_loopback(host) else 'https'}://{host}/v2/{name}/{path}"

    def _same_host(self, url: str) -> str:
        """Refuse an address elsewhere: it would get the credentials."""
        ours, theirs = urlsplit(self._url("")), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise self._wrong(f"it leads to {theirs.netloc}")
        return url

    def _ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: IO[bytes] | bytes | None = None,
        redirects: bool = False,
    ) -> Response:
        import requests  # noqa: PLC0415  (cold start)

        if self._session is None:
            self._session = requests.Session()
            # A proxy does not reach this machine's own interface.
            self._session.trust_env = not is_loopback(urlsplit(url).netloc)
        try:
            for attempt in range(2):
                response = self._session.request(
                    method,
                    url,
                    headers={**(headers or {}), **self._authorized()},
                    data=data,
                    auth=_leave,
                    allow_redirects=redirects,
                    stream=True,
                    timeout=_PATIENCE if data is None else _SENDING,
                )
                if response.status_code != 401 or attempt or not self._log_in(response):  # noqa: PLR2004
                    break
                if data is not None and not isinstance(data, bytes):
                    data.seek(0)
        except requests.RequestException as error:
            raise self._refused(PullProblem.NETWORK, type(error).__name__) from error
        return response

    def _authorized(self) -> dict[str, str]:
        return {"Authorization": self._authorization} if self._authorization else {}

    def _log_in(self, refusal: Response) -> bool:
        """Get the authorization that a registry asks for; False if it asks for none that is known."""
        scheme, _, rest = refusal.headers.get("WWW-Authenticate", "").partition(" ")
        user = self._credentials()
        if scheme.lower() == "basic" and user:
            import requests.auth  # noqa: PLC0415

            self._authorization = requests.auth._basic_auth_str(*user)  # noqa: SLF001
            return True
        if scheme.lower() != "bearer":
            return False
        parameters = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        realm = parameters.get("realm", "")
        host = urlsplit(realm).hostname or ""
        if not realm.startswith("https://") and not is_loopback(host):
            raise self._wrong("it asks for a token without TLS")
        assert self._session  # noqa: S101
        name = self.name.partition("/")[2]
        response = self._session.get(
            realm,
            params={
                "service": parameters.get("service", ""),
                "scope": f"repository:{name}:pull{',push' if self.push else ''}",
            },
            # The password is only for the registry's own servers.
            auth=user if _related(host, urlsplit(refusal.url).hostname or "") else _leave,
            stream=True,
            timeout=_PATIENCE,
            allow_redirects=False,
        )
        body = self._json(self._read(response))
        token = body.get("token") or body.get("access_token")
        if not isinstance(token, str):
            raise self._wrong("it gives no token")
        self._authorization = f"Bearer {token}"
        return True

    def _credentials(self) -> tuple[str, str] | None:
        """Return the user's name and password for the registry, as docker's command line has them."""
        from docker import auth  # noqa: PLC0415  (cold start)
        from docker.errors import DockerException  # noqa: PLC0415

        host = self.name.partition("/")[0]
        try:
            found = auth.load_config().resolve_authconfig(None if host in _DOCKER_HUB else host)
        except DockerException:
            return None
        # A helper's answer has other keys than an entry of the file.
        words = {key.lower(): value for key, value in (found or {}).items()}
        return (words["username"], words["password"]) if words.get("password") else None

    def _check(self, response: Response) -> None:
        if response.ok and response.status_code < 300:  # noqa: PLR2004
            return
        problem = {
            401: PullProblem.DENIED,
            403: PullProblem.DENIED,
            404: PullProblem.NOT_FOUND,
            429: PullProblem.RATE_LIMIT,
        }.get(response.status_code, PullProblem.OTHER)
        wait = response.headers.get("Retry-After", "")
        more = f", try again in {wait} seconds" if wait.isdigit() else ""
        raise self._refused(problem, f"HTTP {response.status_code}{more}")

    def _read(self, response: Response) -> bytes:
        """Return an answer that is not too large."""
        import requests  # noqa: PLC0415

        self._check(response)
        content = b""
        end = time.monotonic() + _LONGEST
        try:
            for piece in response.iter_content(1 << 16):
                content += piece
                if len(content) > _LARGEST:
                    raise self._wrong("its answer is too large")
                if time.monotonic() > end:
                    raise self._wrong("its answer does not end")
        except requests.RequestException as error:
            raise self._refused(PullProblem.NETWORK, type(error).__name__) from error
        finally:
            response.close()
        return content

    def _json(self, content: bytes) -> dict[str, Any]:
        try:
            body = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self._wrong("its answer is no JSON") from error
        if not isinstance(body, dict):
            raise self._wrong("its answer is no JSON object")
        return body

    def _wrong(self, reason: str) -> ImageUnavailableError:
        return ImageUnavailableError(f"the registry of {self.name} gives a wrong answer: {reason}")

    def _refused(self, problem: str, detail: str) -> ImageUnavailableError:
        return ImageUnavailableError(f"{self.name}: {problem} ({detail})")


def _leave(request: PreparedRequest) -> PreparedRequest:
    """Leave a request without authorization: otherwise requests takes one of the user's .netrc."""
    return request


def is_loopback(host: str) -> bool:
    """Tell whether a host, perhaps with a port, is this machine: no TLS is needed, as docker sees it."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _related(host: str, other: str) -> bool:
    """Tell whether two hosts are of one owner: equal, or equal in the last two parts of their names."""
    return host == other or (not is_loopback(host) and host.split(".")[-2:] == other.split(".")[-2:])


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _media_type(body: Mapping[str, Any]) -> str:
    return str(
        body.get("mediaType") or (INDEX if "manifests" in body else MANIFEST if "config" in body else "")
    )


def _entries(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    manifests = body.get("manifests")
    if isinstance(manifests, list):
        yield from (entry for entry in manifests if isinstance(entry, dict))


def _platform_of(data: object) -> str:
    if not isinstance(data, dict):
        return ""
    words = [str(data.get(name) or "") for name in ("os", "architecture", "variant")]
    return oci_platform(*words)
