"""Many enterprises against one ruleset (批量审计).

`audit` and `audit_tables` take frames, `audit_files` tables in files of any size. Conditions run as programs on
bit planes (`program`, `lowering`, `machine`); their answers are those of `screening`, row by row.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from admission.audit.files import Request, Summary, audit_files
from admission.audit.frames import Audit, audit, audit_tables
from admission.audit.impact import impact
from admission.audit.spark_files import audit_on_spark

__all__ = ["Audit", "Request", "Summary", "audit", "audit_files", "audit_on_spark", "audit_tables", "impact"]


class _Room(ModuleType):
    """This package can be called: `from admission import audit` gives it, and calling it calls the function."""

    def __call__(self, *args: Any, **named: Any) -> Any:
        return audit(*args, **named)


sys.modules[__name__].__class__ = _Room
