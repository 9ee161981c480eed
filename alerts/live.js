// Keeps an open page true without moving it: asks its own address again and takes in what has changed.  Without a
// script the page is whole too; it then says as of when it speaks, and has a link to look again.
{
  const EVERY = 20; // Seconds; sooner where the clock alone will change what is said.
  const PATIENCE = 3; // So often the answer may stay away before the page says that it may be out of date.
  const part = (/** @type {string} */ id) => document.getElementById(id);
  const LONGEST = 10_000; // Milliseconds: a release that nobody tells of must not keep the page from what is new.
  let missed = 0;
  let pressed = 0; // Until when something is, or was a moment ago: drawn anew meanwhile, it would never hear of the touch.

  /** @returns {number} milliseconds until the next look */
  const pause = () => {
    const until = Number(part("live")?.dataset.until ?? 0) * 1000 - Date.now();
    return Math.min(EVERY * 1000, until > 0 ? until + 1000 : EVERY * 1000);
  };

  /** @param {Document} page @returns {string} what it says of alerts, its own time apart */
  const said = (page) => [...page.querySelectorAll("#told .word")].map((one) => one.textContent).join(" · ");

  /** @param {Document} page a newer one */
  const take = (page) => {
    const [old, fresh] = [part("told"), page.getElementById("told")];
    if (old === null || fresh === null) return;
    const news = part("news");
    if (news !== null && said(page) !== said(document)) news.textContent = said(page);
    const held = old.contains(document.activeElement) || old.contains(getSelection()?.anchorNode ?? null);
    if (held && said(page) === said(document)) return; // Nobody loses their place for a minute that has passed.
    document.title = page.title;
    old.replaceChildren(...fresh.childNodes);
    listen();
  };

  const look = async () => {
    try {
      const answer = await fetch(location.pathname, { cache: "no-store", headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      while (performance.now() < pressed) await new Promise((resume) => setTimeout(resume, 100));
      take(page);
      missed = 0;
    } catch {
      missed += 1;
    }
    const over = Number(part("live")?.dataset.until ?? 0) * 1000;
    const stale = part("stale");
    if (stale !== null) stale.hidden = missed < PATIENCE && !(missed > 0 && over > 0 && Date.now() > over);
    setTimeout(look, pause());
  };

  const listen = () => {
    const [copy, text] = [part("copy"), part("forward")];
    if (copy === null || text === null || !navigator.clipboard) return;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent ?? "");
      const label = copy.querySelector("span");
      if (label !== null) label.textContent = copy.dataset.done ?? "";
    });
  };

  addEventListener("pointerdown", () => (pressed = performance.now() + LONGEST), true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (pressed = performance.now() + 100), true);
  listen();
  setTimeout(look, pause());
}
