"""What an operator can set: arguments of `admission serve`, or environment variables `ADMISSION_…`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["Settings", "is_loopback"]

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
Words = Annotated[tuple[str, ...], NoDecode]


def is_loopback(host: str) -> bool:
    """Is `host` this machine and nothing else?"""
    return host in _LOOPBACK


class Settings(BaseSettings):
    """Settings of the service; immutable. Sizes in bytes, times in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="ADMISSION_", frozen=True, extra="ignore")

    store: str = Field("sqlite:///admission.db", description="sqlite:///path or postgresql://…")
    rules: Annotated[tuple[Path, ...], NoDecode] = Field((), description="folders of rules; empty: the shipped ones")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    workers: int = Field(1, ge=1, le=64)
    data: Path = Field(Path("admission-files"), description="folder of uploads and results of audits")

    plain_http: bool = Field(False, description="cookies without Secure; only for http on loopback")
    session_minutes: int = Field(720, ge=1, description="a session ends after this")

    rate_per_minute: int = Field(1200, ge=1, description="requests of one person or address, per worker")
    machine_rate_per_minute: int = Field(60_000, ge=1, description="requests of one API key, per worker")
    login_per_minute: int = Field(10, ge=1, description="attempts to log in, by address and by name")

    body_bytes: int = Field(2_000_000, ge=1, description="largest body that is no upload")
    upload_bytes: int = Field(50_000_000, ge=1, description="largest upload")
    upload_rows: int = Field(200_000, ge=1, description="most rows of an uploaded table")
    unpacked_bytes: int = Field(500_000_000, ge=1, description="largest content of an uploaded workbook")
    batch_items: int = Field(1000, ge=1, description="most projects of a batch")
    waiting: int = Field(256, ge=1, description="requests that may wait for computing, per worker")

    audit_waiting: int = Field(20, ge=1, description="audits that may wait")
    audit_memory: int = Field(8_000_000_000, ge=1, description="addresses the process of an audit may use")
    audit_seconds: int = Field(3600, ge=1, description="an audit that takes longer is stopped")
    reload_seconds: float = Field(5.0, ge=0, description="how often rule files are looked at; 0: never")

    webhook_hosts: Words = Field((), description="host:port that may be called though not https on a public address")
    webhook_attempts: int = Field(8, ge=1)
    webhook_seconds: float = Field(10.0, gt=0)
    webhook_waiting: int = Field(10_000, ge=1, description="deliveries that may wait")
    due_days: int = Field(30, ge=0, description="a duty is announced so many days before it is due")

    shutdown_seconds: int = Field(30, ge=0, description="requests under way at the end may take so long")

    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name_claim: str = "preferred_username"
    public_url: str = Field("", description="address under which people reach the service")

    @property
    def shown_store(self) -> str:
        """The URL of the store without its password."""
        return re.sub(r"(://[^/@:]*:)[^@]*@", r"\1…@", self.store)

    @field_validator("rules", mode="before")
    @classmethod
    def _paths(cls, value: object) -> object:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("webhook_hosts", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        wanted = (self.oidc_client_id, self.oidc_client_secret.get_secret_value(), self.public_url)
        if self.oidc_issuer and not all(wanted):
            raise ValueError("oidc_issuer needs oidc_client_id, oidc_client_secret and public_url")
        parts = urlsplit(self.oidc_issuer)
        if self.oidc_issuer and parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError("oidc_issuer must be https")
        return self

    @model_validator(mode="after")
    def _cookies_are_safe(self) -> Self:
        if self.plain_http and not is_loopback(self.host):
            raise ValueError("plain_http is for http on loopback only: put a TLS proxy before the service")
        return self
