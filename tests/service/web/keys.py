"""Using a page with the keyboard alone: Tab, Enter, Space, arrows, typing; every focus on the way must be visible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from admission.vocabulary import Value

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST = 400

# what has the focus is drawn with an outline that can be told from its ground, on the screen
VISIBLE = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const holder = e.closest('label, summary, .scroll, .w-scroll') || e, around = getComputedStyle(holder);
  const drawn = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none';
  const shown = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  return e === document.body || (shown && (drawn(style) || drawn(around)))
    ? '' : `${e.tagName} ${e.name || e.textContent.trim().slice(0, 20)}`;
}"""
MATCHES = "selector => document.activeElement.matches(selector)"
SAYS = "text => ['A', 'BUTTON', 'SUMMARY'].includes(document.activeElement.tagName)" + (
    " && document.activeElement.textContent.trim().includes(text)"
)


class Keys:
    """The keyboard of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, selector: str) -> None:
        """Tab until something that matches has the focus."""
        self._tab(MATCHES, selector)

    def follow(self, text: str) -> None:
        """Tab to the link, button or summary that says `text`, and press Enter."""
        self._tab(SAYS, text)
        self.press("Enter")

    def choose(self, selector: str, value: str) -> None:
        """Tab to a list and go down to a value."""
        self.reach(selector)
        for _ in range(MOST):
            if self.page.evaluate("() => document.activeElement.value") == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{selector} has no {value}")

    def pick(self, name: str, value: str) -> None:
        """One of several radio buttons."""
        self.reach(f"input[name='{name}']")
        for _ in range(MOST):
            if self.page.evaluate("() => document.activeElement.value") == value:
                self.press("Space")
                return
            self.press("ArrowDown")
        raise AssertionError(f"{name} has no {value}")

    def _tab(self, holds: str, wanted: str) -> None:
        passed: list[str] = []
        for _ in range(MOST):
            if self.page.evaluate(holds, wanted):
                return
            self.press("Tab")
            hidden = self.page.evaluate(VISIBLE)
            assert not hidden, hidden
            passed.append(self.page.evaluate("() => document.activeElement.textContent.trim().slice(0, 12)"))
        raise AssertionError(f"Tab does not come to {wanted}; on the way: {passed[-40:]}")

    def answer(self, number: int, key: str, kind: str, known: Mapping[str, Value | None]) -> None:
        """Answer the question that stands as `number` on the page; `kind` is the type of its fields."""
        value, name = known.get(key.partition("|")[0]), f"value-{number}"
        if kind == "radio":
            self.pick(name, "不清楚" if value is None else {True: "是", False: "否"}.get(value, str(value)))  # type: ignore[call-overload]  # a value that is no bool finds nothing
        elif value is None:
            self.reach(f"input[name='{name}'][value='不清楚']")
            self.press("Space")
        elif isinstance(value, frozenset):
            for member in sorted(value, key=self._place(name)) or ["无"]:
                self.reach(f"input[name='{name}'][value='{member}']")
                self.press("Space")
        else:
            self.reach(f"input[name='{name}'][type=text]")
            self.page.keyboard.type(f"{value:g}")

    def _place(self, name: str):  # type: ignore[no-untyped-def]  # a key to sort by
        values = self.page.locator(f"input[name='{name}']").evaluate_all("all => all.map(one => one.value)")
        return values.index

    def walk(self, known: Mapping[str, Value | None]) -> int:
        """Answer until nothing of this phase is asked; gives the number of pages."""
        for number in range(MOST):
            asked = self.page.locator("fieldset.question").evaluate_all(
                "all => all.map(one => [one.querySelector('input[name=key]').value,"
                " one.querySelector('input:not([type=hidden])').type])"
            )
            if not asked:
                return number
            for place, (key, kind) in enumerate(asked, 1):
                self.answer(place, key, kind, known)
            self.press("Enter")
            self.page.wait_for_function(
                "first => document.querySelector('input[name=key]')?.value !== first", arg=asked[0][0]
            )
        raise AssertionError("the interview does not end")
