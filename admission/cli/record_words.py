"""Phrases of the commands around the store, Chinese and English; part of `words.PHRASES`."""

from __future__ import annotations

__all__ = ["RECORD_PHRASES"]

RECORD_PHRASES: dict[str, tuple[str, str]] = {
    "replay equal": ("{name}：复现一致", "{name}: replays equal"),
    "replay same result": (
        "{name}：复现一致（结果相同，凭证中程序写的部分不同）",
        "{name}: same result (what the program writes of itself differs)",
    ),
    "replay differs": ("{name}：复现不一致，{count} 处", "{name}: replay differs in {count} places"),
    "replay failed": ("{name}：无法复现：{error}", "{name}: cannot be replayed: {error}"),
    "replay rules store": ("规则：取自存储中保留的规则文件", "Rules: the files kept in the store"),
    "replay rules given": ("规则：与当时相同的规则文件", "Rules: those given, the same as then"),
    "replay rules missing": (
        "规则：找不到当时的规则，用现有规则重算（用 --store 或 --rules 指定当时的规则）",
        "Rules: those of then are not to be found, computed with others (name them by --store or --rules)",
    ),
    "replay engine": (
        "程序版本不同：当时 {then}，现在 {now}",
        "Another version of the program: then {then}, now {now}",
    ),
    "replay field": ("{path}：当时 {before}，现在 {after}", "{path}: then {before}, now {after}"),
    "replay more": ("……另有 {count} 处，用 --format json 查看", "… {count} more, see --format json"),
    "store fine": (
        "存储完好：{entries} 条记录，{documents} 份文件",
        "The store is as it was written: {entries} entries, {documents} documents",
    ),
    "store flaws": ("存储有 {count} 处不符：", "The store has {count} flaws:"),
    "store head": ("链头：{seq}:{sha256}", "Head: {seq}:{sha256}"),
    "store keep head": (
        "请把链头另记一处，以后用 --head 核对；没有它，整体重写看不出来。",
        "Write the head down elsewhere and verify with --head: without it a complete forgery cannot be told.",
    ),
    "store exported": (
        "已导出 {entries} 条记录、{documents} 份文件到 {file}",
        "{entries} entries and {documents} documents exported to {file}",
    ),
    "report one": (
        "报告一次只写一个项目；请分别研判",
        "a report is about one project; screen them one by one",
    ),
    "receipt one": ("--receipt 只能用于一个项目", "--receipt goes with one project"),
    "password": ("密码", "Password"),
    "password again": ("再输一遍密码", "Password again"),
    "password differs": ("两次输入的密码不同", "the two passwords differ"),
    "password none": (
        "没有输入密码；请在终端输入，或从标准输入给出一行",
        "no password; type it on the terminal or give one line on standard input",
    ),
    "user added": ("已添加用户 {name}（{role}）", "User {name} added ({role})"),
    "user disabled": ("已停用用户 {name}", "User {name} disabled"),
    "user changed": ("已更改用户 {name} 的密码", "Password of user {name} changed"),
    "users none": ("还没有用户", "There is no user yet"),
    "user active": ("启用", "active"),
    "user inactive": ("停用", "disabled"),
    "role clerk": ("经办人", "clerk"),
    "role reviewer": ("部门审查人", "reviewer"),
    "role administrator": ("管理员", "administrator"),
    "role machine": ("系统接口", "machine"),
}
