"""The file that `admission ask` fills in: read, changed in place, saved after every answer.

Comments, order and spelling of a YAML file stay; a new answer is followed by its Chinese label.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from admission.cli.streams import Failures, read, replace_file

if TYPE_CHECKING:
    from admission.rulebook import Rulebook
    from admission.screening import Project
    from admission.screening.draft import Draft
    from admission.screening.interview import Asked
    from admission.vocabulary import Value

__all__ = ["AskedFile"]

_WIDEST = 4096


class AskedFile:
    """One project document on disk; `draft` is its content, `project` what it says now."""

    def __init__(self, name: str, rulebook: Rulebook, lang: str) -> None:
        from admission.screening.draft import Draft

        self.name = name
        self._rulebook = rulebook
        self._failures = Failures(lang)
        self._json = name.lower().endswith(".json")
        self.is_new = not Path(name).exists()
        self.draft: Draft = Draft(self._new() if self.is_new else self._load(), rulebook.vocabulary)

    def project(self) -> Project:
        """What the document says now; raises `InputError`."""
        from admission.screening import read_projects

        return read_projects(self._text().encode(), self.name, self._rulebook)[0]

    def set(self, key: str, value: str) -> None:
        """One of the document's own keys (name, park)."""
        self.draft.content[key] = value

    def put(self, key: Asked, value: Value | None) -> None:
        """An answer, with the label of the fact beside it in YAML."""
        table, name = self.draft.put(key, value)
        comment = getattr(table, "yaml_add_eol_comment", None)
        if comment is not None and name == key.fact and name not in table.ca.items:  # type: ignore[attr-defined]  # ruamel's own mapping
            flow = table.fa.flow_style()  # type: ignore[attr-defined]  # ruamel's own mapping
            if not flow:
                comment(self._rulebook.vocabulary.facts[key.fact].label.zh, name)

    def save(self) -> None:
        """Write the whole file or nothing; raises `OSError`."""
        replace_file(Path(self.name), self._text().encode())

    def _new(self) -> MutableMapping[str, Any]:
        if self._json:
            return {}
        from ruamel.yaml.comments import CommentedMap

        found: MutableMapping[str, Any] = CommentedMap()
        return found

    def _load(self) -> MutableMapping[str, Any]:
        """The content of the one project of the file; all its mistakes end the run."""
        from admission.errors import InputError
        from admission.screening import read_projects

        found = read(self.name, self._failures)
        self._failures.stop_if_any()
        assert found is not None  # a failure has stopped the run
        try:
            projects = read_projects(found[1], self.name, self._rulebook)
            if len(projects) != 1:
                self._failures.add(self.name, "ask one project", count=len(projects))
        except InputError as error:
            self._failures.add_problems(error)
        self._failures.stop_if_any()
        content = self._parse(found[1].decode("utf-8-sig"))
        only: MutableMapping[str, Any] = content[0] if isinstance(content, list) else content
        return only

    def _parse(self, text: str) -> Any:
        if text.lstrip()[:1] in {"{", "["}:
            try:
                content = json.loads(text)
            except ValueError:  # YAML in flow style
                return _yaml().load(text)
            self._json = True
            return content
        return next(document for document in _yaml().load_all(text) if document is not None)

    def _text(self) -> str:
        if self._json:
            return json.dumps(self.draft.content, ensure_ascii=False, indent=2, default=str) + "\n"
        out = StringIO()
        _yaml().dump(self.draft.content, out)
        return out.getvalue()


def _yaml() -> Any:
    """Round-trip YAML as this project writes it."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
