"""Tips with photos: told in a browser, and opened from the store."""

from __future__ import annotations

from sqlalchemy import select

from protocol.tip import Tip
from store.engine import reading
from store.envelopes import envelopes, read_body
from tests.browser.form_states import answer, give_photos, send
from tests.browser.form_visit import Visit
from tests.browser.intake_site import IntakeSite


def ids(site: IntakeSite) -> set[str]:
    """Return the ids of all that came."""
    with reading(site.engine) as conn:
        return set(conn.execute(select(envelopes.c.id)).scalars())


def told(site: IntakeSite, before: set[str]) -> Tip:
    """Return the one tip that came since."""
    (id,) = ids(site) - before
    with reading(site.engine) as conn:
        name = conn.execute(select(envelopes.c.set_name).where(envelopes.c.id == id)).scalar_one()
        body = read_body(conn, id)
    return site.open(body, name)


def sent(visit: Visit, *photos: tuple[str, bytes]) -> Tip:
    """Tell with photos and return what came."""
    before = ids(visit.site)
    answer(visit.tab)
    give_photos(visit.tab, *photos)
    send(visit.tab)
    visit.tab.wait_for_selector("#sent:visible")
    assert visit.tab.evaluate("violations") == []
    return told(visit.site, before)
