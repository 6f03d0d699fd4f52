"""Hands of a person at a browser: what the stories of the pages are made of."""

from __future__ import annotations

from typing import Any

# Far more than a busy machine needs; what is wrong is not waited for by the clock.
PATIENCE_MS = 60_000


def expect(found: Any) -> Any:
    """Return what waits until something holds of a part of a page."""
    from playwright.sync_api import expect as expects

    expects.set_options(timeout=PATIENCE_MS)
    return expects(found)


def signs_in(page: Any, name: str, password: str) -> None:
    """Sign in by the form."""
    page.goto("/sign-in/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your exercises")).to_be_visible()


def makes_a_code(page: Any, seat: str) -> str:
    """Make a code for a desk, as the trainer on the page of the seats; return it."""
    choice = page.get_by_label("Seat", exact=True)
    choice.select_option(seat)
    desk = choice.locator("option:checked").inner_text()
    page.get_by_role("button", name="Make a code").click()
    expect(page.locator(".code").get_by_text(desk)).to_be_visible()
    return str(page.locator(".code__word").inner_text())


def joins(page: Any, code: str, name: str, password: str) -> None:
    """Make an account by a code, and come to the desk that it opens."""
    page.goto("/join/")
    page.get_by_label("Code").fill(code)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Your exercises")).to_be_visible()
    page.locator("main table").get_by_role("link").click()


def comes_to(page: Any, link: str) -> None:
    """Follow a link of the exercise's navigation."""
    page.get_by_role("navigation", name="Exercise").get_by_role("link", name=link, exact=True).click()
    expect(page.locator("nav [aria-current=page]", has_text=link)).to_be_visible()


def drafts(page: Any, type_name: str, to: str, **fields: str) -> None:
    """Begin a draft from the desk, and fill it in; do not send it."""
    page.get_by_role("link", name="Write a request").first.click()
    page.get_by_role("link", name=type_name, exact=True).click()
    page.get_by_label("To whom?").select_option(to)
    page.get_by_role("button", name="Begin the draft").click()
    page.locator("#draft").wait_for()
    page.wait_for_load_state()  # the form can be read before what saves it as one types has come
    for name, text in fields.items():
        page.fill(f"#id_say-{name}", text)


def opens_act(page: Any, act: str) -> Any:
    """Open the form of an act on the page of a request; return it."""
    form = page.locator("details.act", has=page.locator(".act__name").get_by_text(act, exact=True))
    form.locator("summary").click()
    return form


def does(page: Any, act: str) -> None:
    """Do an act that needs no more words."""
    opens_act(page, act).get_by_role("button", name=act, exact=True).click()
    expect(page.get_by_text(f"Done: {act}.")).to_be_visible()


def mark(page: Any) -> None:
    """Mark the page that is shown now, so that one can tell whether it was loaded anew."""
    page.evaluate("window.isTheSame = true")


def was_not_loaded_anew(page: Any) -> bool:
    """Return whether the marked page is still there."""
    return bool(page.evaluate("window.isTheSame === true"))
