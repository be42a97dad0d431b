"""An OpenID Connect provider: where to send people, and who they are when they come back.

Authorization code with PKCE; the ID token is checked against the provider's keys (signature, issuer,
audience, time, nonce). Nobody becomes a user by this: the name must be that of an account here.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import AsyncClient, HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from admission.service.settings import Settings, is_loopback

__all__ = ["CALLBACK", "NotIdentifiedError", "Provider"]

CALLBACK = "/login/oidc/callback"
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_SECONDS = 10.0
_VERIFIER = 64
_LEEWAY = 60


class NotIdentifiedError(Exception):
    """The provider did not say who it is, or what it says does not hold."""


class Provider:
    """The provider of `settings.oidc_issuer`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._metadata: dict[str, Any] = {}

    async def begin(self) -> tuple[str, dict[str, str]]:
        """Where to send somebody, and what must be remembered until they come back."""
        async with self._client() as client:
            metadata = await self._found()
            state, nonce, verifier = secrets.token_urlsafe(), secrets.token_urlsafe(), generate_token(_VERIFIER)
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return url, {"state": state, "nonce": nonce, "verifier": verifier}

    async def name_of(self, remembered: dict[str, str], state: str, code: str, now: int) -> str:
        """The name of whoever came back with `state` and `code`; raises `NotIdentifiedError`."""
        if not secrets.compare_digest(remembered["state"].encode(), state.encode("utf-8", "replace")):
            raise NotIdentifiedError("state")
        try:
            async with self._client() as client:
                metadata = await self._found()
                token = await client.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=remembered["verifier"]
                )
            keys = await _fetched(metadata["jwks_uri"])
            claims = self._checked(token.get("id_token", ""), keys, remembered["nonce"], now)
        except (OAuthError, HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            raise NotIdentifiedError(type(error).__name__) from error
        name = claims.get(self._settings.oidc_name_claim)
        if not isinstance(name, str) or not name:
            raise NotIdentifiedError(self._settings.oidc_name_claim)
        return name

    def _checked(self, token: str, keys: Any, nonce: str, now: int) -> dict[str, Any]:
        found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
        wanted = jwt.JWTClaimsRegistry(
            now=now,
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._settings.oidc_issuer},
            aud={"essential": True, "value": self._settings.oidc_client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        wanted.validate(found.claims)
        return found.claims

    def _client(self) -> AsyncOAuth2Client:
        settings = self._settings
        return AsyncOAuth2Client(
            settings.oidc_client_id,
            settings.oidc_client_secret.get_secret_value(),
            scope="openid profile",
            redirect_uri=settings.public_url.rstrip("/") + CALLBACK,
            code_challenge_method="S256",
            timeout=_SECONDS,
            trust_env=False,
            follow_redirects=False,
        )

    async def _found(self) -> dict[str, Any]:
        """What the provider says of itself, asked once; every address must be as safe as the issuer's."""
        if not self._metadata:
            issuer = self._settings.oidc_issuer
            metadata = await _fetched(issuer.rstrip("/") + "/.well-known/openid-configuration")
            if metadata["issuer"] != issuer:
                raise NotIdentifiedError("issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not _is_safe(metadata[name]):
                    raise NotIdentifiedError(name)
            self._metadata = metadata
        return self._metadata


async def _fetched(url: str) -> Any:
    async with AsyncClient(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client:
        return (await client.get(url)).raise_for_status().json()


def _is_safe(url: str) -> bool:
    """Is it https, or on this machine?"""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
