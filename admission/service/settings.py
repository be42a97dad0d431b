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

    store: str = Field("sqlite:///admission.db", description="台账：sqlite:///文件 或 postgresql://… (the store)")
    rules: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description="规则文件夹，以系统的路径分隔符隔开；空为随附规则 (folders of rules; empty: the shipped ones)"
    )
    host: str = Field("127.0.0.1", description="监听地址 (address to listen on)")
    port: int = Field(8000, ge=0, le=65535, description="端口 (port)")
    workers: int = Field(1, ge=1, le=64, description="工作进程数 (processes)")
    data: Path = Field(Path("admission-files"), description="上传文件和审计结果的文件夹 (uploads and results)")

    plain_http: bool = Field(
        False, description="Cookie 不带 Secure，只供本机明文试用 (cookies without Secure: http on loopback only)"
    )
    session_minutes: int = Field(720, ge=1, description="登录最长有效的分钟数 (a session ends after so many minutes)")
    session_idle_minutes: int = Field(
        30, ge=1, description="多少分钟不用即须重新登录 (a session ends when it is not used for so many minutes)"
    )

    rate_per_minute: int = Field(
        1200, ge=1, description="每人或每个地址每分钟的请求数，各工作进程均分 (requests of a person or address)"
    )
    machine_rate_per_minute: int = Field(
        60_000, ge=1, description="每个系统接口每分钟的请求数，各工作进程均分 (requests of a machine)"
    )
    login_per_minute: int = Field(
        10, ge=1, description="每分钟的登录尝试，按地址和按用户名 (attempts to log in, by address and by name)"
    )

    body_bytes: int = Field(2_000_000, ge=1, description="请求正文上限，字节 (largest body that is no upload)")
    upload_bytes: int = Field(50_000_000, ge=1, description="上传上限，字节 (largest upload)")
    upload_rows: int = Field(200_000, ge=1, description="企业表行数上限 (most rows of a table)")
    unpacked_bytes: int = Field(500_000_000, ge=1, description="工作簿解压后上限，字节 (largest content of a workbook)")
    batch_items: int = Field(1000, ge=1, description="一批的项目数上限 (most projects of a batch)")
    waiting: int = Field(256, ge=1, description="等待计算的请求数上限，按进程 (requests that may wait, per worker)")

    audit_waiting: int = Field(20, ge=1, description="等待的审计数上限 (audits that may wait)")
    audit_memory: int = Field(
        8_000_000_000, ge=1, description="审计进程可用的地址空间，字节 (addresses the process of an audit may use)"
    )
    audit_seconds: int = Field(3600, ge=1, description="一次审计的秒数上限 (an audit that takes longer is stopped)")
    keep_days: int = Field(
        30, ge=1, description="上传文件和审计结果保存的天数 (uploads and results are kept so many days)"
    )
    reload_seconds: float = Field(
        5.0, ge=0, description="隔几秒看一次规则文件，0 为不看 (how often rule files are looked at; 0: never)"
    )

    webhook_hosts: Words = Field(
        (),
        description="可以通知的内网或 http 地址，host:port，以逗号隔开 (may be called all the same)",
    )
    webhook_attempts: int = Field(8, ge=1, description="一条通知最多发几次 (attempts of a message)")
    webhook_seconds: float = Field(10.0, gt=0, description="一次通知的秒数上限 (time an attempt may take)")
    webhook_waiting: int = Field(10_000, ge=1, description="等待的通知数上限 (messages that may wait)")
    due_days: int = Field(30, ge=0, description="义务到期前几天通知 (a duty is announced so many days before)")

    shutdown_seconds: int = Field(
        30, ge=0, description="结束时等待在办请求的秒数 (requests under way at the end may take so long)"
    )

    oidc_issuer: str = Field("", description="OIDC 签发者；空为不用 (issuer; empty: no OIDC)")
    oidc_client_id: str = Field("", description="OIDC 客户端编号 (client id)")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="OIDC 客户端密钥 (client secret)")
    oidc_name_claim: str = Field("preferred_username", description="对应用户名的声明 (claim that is the user name)")
    public_url: str = Field("", description="用户访问本服务的地址 (address under which people reach the service)")

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
