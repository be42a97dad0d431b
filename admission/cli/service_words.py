"""Phrases of `serve` and `key`, Chinese and English; part of `words.PHRASES`."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SERVICE_PHRASES"]

SERVICE_PHRASES: Mapping[str, tuple[str, str]] = {
    "serve nobody": (
        "还没有管理员，也没有默认密码。请另开一个终端添加：\n"
        "  admission user add NAME --role administrator --store {store}",
        "There is no administrator yet, and no default password. Add one in another terminal:\n"
        "  admission user add NAME --role administrator --store {store}",
    ),
    "serve at": (
        "服务地址 {url}（规则 {rules}，台账 {store}）；按 Ctrl+C 结束",
        "Serving at {url} (rules {rules}, store {store}); Ctrl+C ends it",
    ),
    "serve plain": (
        "明文 http，只供本机试用：登录 Cookie 不带 Secure。正式使用请放在 TLS 代理之后，并加 --tls",
        "Plain http, for this machine only: cookies without Secure. For real use put a TLS proxy before it, with --tls",
    ),
    "serve setting": ("设置有误：{name}：{detail}", "A setting is wrong: {name}: {detail}"),
    "key issued": ("密钥 {id}，只显示这一次：\n{secret}", "Key {id}, shown this once:\n{secret}"),
    "key revoked": ("已撤销密钥 {id}", "Key {id} revoked"),
    "keys none": ("还没有密钥", "There is no key yet"),
}
