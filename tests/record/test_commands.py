from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from admission import Rulebook, load_rulebook
from admission.cli import user as user_commands
from admission.cli.app import app
from admission.record import Store, check_password, open_store, users
from admission.record.chain import digest, sha256_of
from tests.record import small
from tests.record.small import NOON, entry

EXAMPLES = Path(__file__).parents[2] / "examples"
RECEIPT = EXAMPLES / "receipts" / "valve-plant.json"
PASSWORD = "a long enough password"
Cli = Callable[..., Any]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(cache=False)


@pytest.fixture
def cli(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr("admission.rulebook.load_rulebook", lambda *paths, cache=True: rulebook)
    monkeypatch.delenv("ADMISSION_STORE", raising=False)

    def run(*arguments: object, input: str | None = None) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)

    return run


@pytest.fixture
def place(store: Store) -> str:
    """What `--store` says of the store of the test."""
    return store.engine.url.render_as_string(hide_password=False)


# --- replay ------------------------------------------------------------------------------------------------------


def test_a_receipt_replays(cli: Cli) -> None:
    result = cli("replay", RECEIPT)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["年产12万台工业阀门项目：复现一致", "  规则：与当时相同的规则文件"]
    english = cli("replay", RECEIPT, "--lang", "en")
    assert "replays equal" in english.stdout


def test_every_shipped_receipt_in_one_go(cli: Cli) -> None:
    result = cli("replay", *sorted((EXAMPLES / "receipts").glob("*.json")), "--format", "json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert len(rows) == 10
    assert all(row["equal"] and row["differences"] == [] for row in rows)


def test_what_differs_is_told(cli: Cli, tmp_path: Path) -> None:
    receipt = json.loads(RECEIPT.read_text(encoding="utf-8"))
    receipt["project"]["facts"]["is_chemical_project"] = True
    receipt["receipt"]["engine"] = "admission 0.0.1"
    (tmp_path / "r.json").write_text(json.dumps(receipt), encoding="utf-8")
    result = cli("replay", tmp_path / "r.json")
    assert result.exit_code == 1
    assert "复现不一致" in result.stdout
    assert "程序版本不同：当时 admission 0.0.1" in result.stdout
    assert "receipt.facts_sha256：当时" in result.stdout
    rows = json.loads(cli("replay", tmp_path / "r.json", "--format", "json").stdout)
    assert {"receipt.facts_sha256", "receipt.engine"} <= {row["path"] for row in rows["differences"]}


def test_a_recorded_decision_replays_from_its_store(cli: Cli, store: Store, place: str) -> None:
    record = small.recorded(store, small.rules())
    result = cli("replay", record.id, "--store", place)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [f"{record.id}：复现一致", "  规则：取自存储中保留的规则文件"]
    missing = cli("replay", "D0", "--store", place)
    assert (missing.exit_code, missing.stderr.strip()) == (1, "没有记录 decision D0 (no such decision is recorded)")


def test_files_that_are_no_receipts_are_told_all_at_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    result = cli("replay", tmp_path / "a.json", tmp_path / "b.json")
    assert result.exit_code == 1
    assert "b.json: 找不到文件" in result.stderr
    assert "a.json" in result.stderr
    assert "Traceback" not in result.output


def test_screen_writes_a_receipt(cli: Cli, tmp_path: Path) -> None:
    project, out = EXAMPLES / "projects" / "valve-plant.yaml", tmp_path / "r.json"
    assert cli("screen", project, "--receipt", out).exit_code == 0
    assert out.read_bytes() == RECEIPT.read_bytes()
    two = cli("screen", project, project, "--receipt", tmp_path / "two.json")
    assert two.exit_code == 2
    assert "一个项目" in two.stderr


# --- store -------------------------------------------------------------------------------------------------------


def test_verify_head_and_back(cli: Cli, store: Store, place: str) -> None:
    store.append([entry()], actor="a", at=NOON)
    head = cli("store", "head", "--store", place).stdout.strip()
    assert head == f"1:{store.head().sha256}"
    store.append([entry()], actor="a", at=NOON)
    result = cli("store", "verify", "--store", place, "--head", head)
    assert result.exit_code == 0
    assert result.stdout.startswith("存储完好：2 条记录，0 份文件")
    wrong = cli("store", "verify", "--store", place, "--head", f"1:{'0' * 64}", "--lang", "en")
    assert wrong.exit_code == 1
    assert "cut off or rewritten" in wrong.stdout.replace("\n ", "")
    usage = cli("store", "verify", "--store", place, "--head", "nonsense")
    assert usage.exit_code == 2


def test_verify_tells_what_was_changed(cli: Cli, sqlite: Store) -> None:
    sqlite.append([entry()], actor="a", at=NOON)
    place = sqlite.engine.url.render_as_string()
    with sqlite.transaction() as connection:
        connection.execute(text("DROP TRIGGER entries_no_update"))
        connection.execute(text("UPDATE entries SET actor = 'b'"))
    result = cli("store", "verify", "--store", place)
    assert result.exit_code == 1
    assert "entry 1: 内容与哈希不符，已被改动" in result.stdout
    answer = json.loads(cli("store", "verify", "--store", place, "--format", "json", "--lang", "en").stdout)
    assert not answer["ok"]
    assert [one["place"] for one in answer["problems"]] == ["entry 1", "trigger entries_no_update"]


def test_an_export_can_be_verified_without_this_program(cli: Cli, store: Store, place: str, tmp_path: Path) -> None:
    record = small.recorded(store, small.rules())
    result = cli("store", "export", "--store", place, "-o", tmp_path / "all.zip")
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        rows = [json.loads(line) for line in archive.read("entries.jsonl").splitlines()]
        names = [name for name in archive.namelist() if name.startswith("documents/")]
        assert all(sha256_of(archive.read(name)) == name.removeprefix("documents/") for name in names)
    assert f"documents/{record.decision_sha256}" in names
    previous = "0" * 64
    for number, row in enumerate(rows, 1):
        parts = [row[key] for key in ("at", "actor", "kind", "subject", "body", "previous_sha256")]
        assert (row["seq"], row["previous_sha256"], row["sha256"]) == (number, previous, digest(number, *parts))
        previous = row["sha256"]
    assert previous == store.head().sha256
    assert [path.name for path in tmp_path.glob("all*")] == ["all.zip"]
    assert cli("store", "export", "--store", place, "-o", tmp_path / "no" / "x.zip").exit_code == 1


@pytest.mark.parametrize(
    "command",
    [("store", "verify"), ("store", "head"), ("user", "list"), ("user", "disable", "x"), ("replay", "D1")],
)
def test_a_store_that_is_not_there(cli: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    result = cli(*command, "--store", f"sqlite:///{tmp_path / 'x.db'}")
    assert result.exit_code == 1
    assert "没有存储" in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_store_may_come_from_the_environment(cli: Cli, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("store", "head").exit_code == 2
    monkeypatch.setenv("ADMISSION_STORE", place)
    assert cli("store", "head").exit_code == 0


# --- users -------------------------------------------------------------------------------------------------------


def test_users_by_command(cli: Cli, store: Store, place: str) -> None:
    at = ("--store", place)
    assert cli("user", "list", *at).stdout == "还没有用户\n"
    assert cli("user", "add", "zhang", "--role", "administrator", *at, input=f"{PASSWORD}\n").exit_code == 0
    made = cli("user", "add", "li", "--role", "reviewer", "--department", "生态环境", *at, input=f"{PASSWORD}\n")
    assert made.stdout == "已添加用户 li（部门审查人）\n"
    assert cli("user", "add", "oa", "--role", "machine", *at).exit_code == 0
    assert cli("user", "list", *at).stdout.splitlines() == [
        "zhang  管理员  启用",
        "li  部门审查人 生态环境  启用",
        "oa  系统接口  启用",
    ]
    assert check_password(store, "zhang", PASSWORD) is not None
    assert cli("user", "password", "zhang", *at, input="another long password\n").exit_code == 0
    assert check_password(store, "zhang", PASSWORD) is None
    assert cli("user", "disable", "li", *at).exit_code == 0
    rows = [json.loads(line) for line in cli("user", "list", *at, "--format", "json").stdout.splitlines()]
    assert [row["active"] for row in rows] == [True, False, True]
    assert store.entries(kind="user.added")[0].actor.startswith("cli")


def test_mistakes_with_users_are_told(cli: Cli, store: Store, place: str) -> None:
    at = ("--store", place)
    wrong = cli("user", "add", "zhang", "--role", "reviewer", *at, input="short\n")
    assert wrong.exit_code == 1
    assert len(wrong.stderr.splitlines()) == 2
    assert cli("user", "add", "zhang", "--role", "king", *at).exit_code == 2
    assert "没有输入密码" in cli("user", "add", "zhang", "--role", "clerk", *at, input="").stderr
    assert cli("user", "password", "nobody", *at, input=f"{PASSWORD}\n").exit_code == 1
    assert users(store) == []
    no_option = cli("user", "add", "zhang", "--role", "clerk", "--password", PASSWORD, *at)
    assert no_option.exit_code == 2, "a password never stands on the command line"


def test_on_a_terminal_the_password_is_asked_for_twice(
    cli: Cli, store: Store, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    answers = iter([PASSWORD, PASSWORD, PASSWORD, "else"])
    monkeypatch.setattr(user_commands.sys, "stdin", Terminal)
    monkeypatch.setattr(user_commands.typer, "prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(user_commands, "sys", type("sys", (), {"stdin": Terminal}))
    assert cli("user", "add", "zhang", "--role", "clerk", "--store", place).exit_code == 0
    differs = cli("user", "add", "li", "--role", "clerk", "--store", place)
    assert (differs.exit_code, differs.stderr) == (1, "两次输入的密码不同\n")
    assert check_password(store, "zhang", PASSWORD) is not None


def test_without_the_extra_the_command_says_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    real = __import__("importlib.util", fromlist=["find_spec"]).find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "sqlalchemy" else real(name))
    for name in [name for name in sys.modules if name.startswith("admission.record")]:
        monkeypatch.delitem(sys.modules, name)
    result = cli("store", "head", "--store", "sqlite:///x.db")
    assert result.exit_code == 1
    assert "pip install 'admission[store]'" in result.stderr


def test_a_new_store_is_made_by_adding_the_first_user(cli: Cli, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert cli("user", "add", "zhang", "--role", "administrator", "--store", url, input=f"{PASSWORD}\n").exit_code == 0
    with open_store(url, create=False) as store:
        assert [one.name for one in users(store)] == ["zhang"]
