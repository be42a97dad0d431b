"""A long list, page by page, with links that keep the filters."""

from __future__ import annotations

from starlette.requests import Request

__all__ = ["Paging"]


class Paging:
    """Which part of `total` lines is shown; the page asked for is brought into what there is."""

    def __init__(self, request: Request, total: int, number: int, size: int, name: str = "p") -> None:
        self._request, self._name = request, name
        self.total, self.size = total, size
        self.pages = max(1, -(-total // size))
        self.number = min(number, self.pages)

    @property
    def start(self) -> int:
        """The first line shown, from 0."""
        return (self.number - 1) * self.size

    @property
    def end(self) -> int:
        """The line after the last one shown."""
        return min(self.start + self.size, self.total)

    def link(self, number: int) -> str:
        """The address of another page of the same list."""
        return "?" + str(self._request.url.include_query_params(**{self._name: number}).query)
