"""What time it is: the one place of the service that reads the clock."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from admission.record.times import local_day

__all__ = ["Clock"]


class Clock:
    """The clock of this machine; tests give another one."""

    def moment(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def day(self) -> date:
        """The day in China, wherever the server stands."""
        return local_day(self.moment())

    def seconds(self) -> float:
        """Seconds that never go back, for measuring how long something took."""
        return time.perf_counter()
