"""How often somebody may ask; counted in each worker, which has its share of what is allowed.

Connections are spread evenly over the workers: all of them together allow what is set, one long connection its share.
"""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import Role, User
from admission.service.settings import Settings

__all__ = ["Rates"]

_RETRY = {"Retry-After": "60"}


class Rates:
    """Raises a 429 problem for a request too many."""

    def __init__(self, settings: Settings) -> None:
        self._plain, self._exact = FixedWindowRateLimiter(MemoryStorage()), MovingWindowRateLimiter(MemoryStorage())
        shares = settings.workers
        self._person = RateLimitItemPerMinute(-(-settings.rate_per_minute // shares))
        self._machine = RateLimitItemPerMinute(-(-settings.machine_rate_per_minute // shares))
        self._login = RateLimitItemPerMinute(-(-settings.login_per_minute // shares))

    def request(self, user: User | None, address: str) -> None:
        """One request, of somebody known or of an address."""
        item = self._machine if user is not None and user.role is Role.MACHINE else self._person
        self._hit(self._plain, item, "address" if user is None else user.role, address if user is None else user.name)

    def login(self, name: str, address: str) -> None:
        """One attempt to log in as `name`."""
        self._hit(self._exact, self._login, "login from", address)
        self._hit(self._exact, self._login, "login as", name)

    def _hit(self, limiter: RateLimiter, item: RateLimitItemPerMinute, *who: str) -> None:
        if not limiter.hit(item, *who):
            raise ProblemError(Kind.TOO_MANY, headers=_RETRY)
