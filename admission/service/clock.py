"""What time it is: the one place of the service that reads the clock."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

__all__ = ["BEIJING", "Clock"]

BEIJING = timezone(timedelta(hours=8), "UTC+8")
"""The day of the law is the day in Beijing, wherever the server stands."""


class Clock:
    """The clock of this machine; tests give another one."""

    def moment(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def day(self) -> date:
        """The day in Beijing."""
        return self.moment().astimezone(BEIJING).date()

    def stamp(self) -> str:
        """The moment as the store keeps it: ISO 8601, UTC, to the microsecond."""
        return self.moment().isoformat(timespec="microseconds")

    def seconds(self) -> float:
        """Seconds that never go back, for measuring how long something took."""
        return time.perf_counter()
