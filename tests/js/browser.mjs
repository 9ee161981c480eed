// Browsers for tests: one process, one JSON line for a question and one for its answer, as in server.mjs.
// {call, window?, args} → {ok: value} | {error: stack}.  Chromium is driven by its own protocol, Firefox by WebDriver
// BiDi; the calls are the same, so that one story runs in both.
import { createInterface } from "node:readline";
import puppeteer from "../../node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js";

const FEELING = 1000; // Milliseconds within which a touch is felt, on a machine that is busy with other things.
const STEP = 50; // Milliseconds between two looks at first; who looks all the time keeps from working what is waited for.
const LONGEST = 250;

// Nothing but the page under test speaks to anybody.
const CHROMIUM = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-features=WebUIOmniboxAimPopup,WebUIOmniboxPopup", // Pages behind an address bar that nobody sees.
  "--lang=en-US",
];
const FIREFOX = {
  "intl.accept_languages": "en-US",
  "app.update.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  // As for everybody: what a tab holds is written down, so that it can come back after a crash.
  "browser.sessionstore.resume_from_crash": true,
};

/** One person's browser: a profile of its own, one tab. */
class Window {
  /** @param {any} browser @param {any} tab */
  constructor(browser, tab) {
    Object.assign(this, { browser, said: [] });
    this.#watch(tab);
  }

  #watch(tab) {
    this.tab = tab;
    tab.on("console", (one) => ["error", "warn", "warning", "assert"].includes(one.type()) && this.said.push(`${one.type()}: ${one.text()}`));
    tab.on("pageerror", (error) => this.said.push(`page: ${error.message}`));
  }

  async open(url) {
    await this.problems();
    await this.tab.goto(url, { waitUntil: "load" });
  }

  /** A second tab beside the first; from now on it is the one that is looked at and touched. */
  async beside(url) {
    this.#watch(await this.browser.newPage());
    await this.size(this.width, this.height);
    await this.tab.goto(url, { waitUntil: "load" });
  }

  async size(width, height) {
    Object.assign(this, { width, height });
    try {
      await this.tab.setViewport({ width, height });
    } catch (error) {
      // Older ones (Firefox 140) can't be told how a screen is turned; the size that was asked for with it they take.
      if (!/unknown command emulation\.setScreenOrientationOverride/.test(error.message)) throw error;
      await this.tab.waitForFunction((...both) => [innerWidth, innerHeight].join() === both.join(), {}, width, height);
    }
  }

  /**
   * Touch what `selector` finds, with a mouse: where it is seen, if nothing lies over it.  (A finger that is lifted late, on a
   * machine that is busy, has held instead of touched; fingers are tried where a phone's form is tested by itself.)
   */
  async tap(selector, name, patience) {
    let before = { x: -1, y: -1 };
    await this.#until(patience, `${selector} ${name} to be there to touch`, async () => {
      const found = await this.tab.evaluate(reach, selector, name);
      if (found.not !== undefined) return found;
      const still = found.yes.x === before.x && found.yes.y === before.y; // As people wait until a page stands still.
      before = found.yes;
      if (!still) return { not: "it moves" };
      await this.tab.mouse.click(found.yes.x, found.yes.y);
      // What was drawn anew under the finger has felt nothing: people touch it again.  A page that is gone has felt it.
      for (const end = Date.now() + FEELING; Date.now() < end; await new Promise((resume) => setTimeout(resume, STEP))) {
        if (await this.tab.evaluate(() => globalThis.felt ?? true).catch(() => true)) return found;
      }
      return { not: "it felt nothing" };
    });
  }

  async type(selector, words, patience) {
    await this.tap(selector, "", patience);
    await this.tab.keyboard.type(words);
  }

  async pick(selector, value) {
    const found = await this.tab.select(selector, value);
    if (found[0] !== value) throw new Error(`${selector} has no choice ${value}.`);
  }

  async give(selector, files) {
    const field = await this.tab.$(selector);
    await field.uploadFile(...files);
  }

  /** Wait until what `selector` finds is seen and says `words`; return all that it says. */
  wait(selector, words, patience) {
    return this.#until(patience, `${selector} to say ${JSON.stringify(words)}`, () => this.tab.evaluate(say, selector, words));
  }

  run(code) {
    return this.tab.evaluate(code);
  }

  async shot(path, whole) {
    await this.tab.screenshot({ path, fullPage: whole });
  }

  /** What the page complained of so far, and what its policy stopped. */
  async problems() {
    const stopped = await this.tab.evaluate(() => (globalThis.violations ?? []).splice(0));
    this.said.push(...stopped.map((one) => `policy: ${one}`));
    return this.said;
  }

  async kept() {
    const cookies = await this.browser.cookies();
    const stored = await this.tab.evaluate(async () => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      ...(await caches.keys()),
      ...(await indexedDB.databases()).map(({ name }) => name),
      ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
    ]);
    return [...cookies.map(({ name }) => name), ...stored];
  }

  async close() {
    await this.browser.close();
  }

  /** As when the battery is pulled out: nothing is tidied up. */
  async kill() {
    const process = this.browser.process();
    const gone = new Promise((resolve) => process.once("exit", resolve));
    process.kill("SIGKILL");
    await gone;
  }

  /** What else may tell why: what the page says aloud, and what it complained of. */
  async #news() {
    const aloud = () => [...document.querySelectorAll("[role=status], [role=alert]")].map((one) => one.innerText);
    const heard = await this.tab.evaluate(aloud).catch((error) => [String(error)]);
    return `aloud: ${JSON.stringify(heard)}; complaints: ${JSON.stringify(this.said)}`;
  }

  async #until(patience, what, look) {
    const end = Date.now() + patience * 1000;
    let last = "";
    for (let pause = STEP; ; pause = Math.min(pause * 1.2, LONGEST)) {
      const found = await look().catch((error) => ({ not: String(error) })); // The page may be between two documents.
      if (found.not === undefined) return found.yes;
      last = found.not;
      if (Date.now() > end) throw new Error(`Waited ${patience} s for ${what}: ${last}; ${await this.#news()}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

// The next two run in the page.

/** @param {string} selector @param {string} name what its words begin with */
function reach(selector, name) {
  const named = (node) => (node.getAttribute("aria-label") ?? node.textContent).trim().startsWith(name);
  const seen = [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility() && named(node));
  if (seen.length !== 1) return { not: `${seen.length} such are seen` };
  const [node] = seen;
  if (node.matches(":disabled")) return { not: "it is disabled" };
  globalThis.felt = false;
  // Whatever stands there by then, drawn anew or not: it is the same thing to who touches it.
  const feel = ({ target }) => (globalThis.felt ||= target.closest(selector) !== null);
  document.addEventListener("click", feel, { capture: true, once: true });
  node.scrollIntoView({ block: "center", behavior: "instant" });
  const box = node.getBoundingClientRect();
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  const hit = document.elementFromPoint(x, y);
  const over = hit === null ? "the screen's edge" : `<${hit.localName} id="${hit.id}" class="${hit.className}">`;
  return node.contains(hit) ? { yes: { x, y } } : { not: `${over} lies over it` };
}

/** @param {string} selector @param {string} words */
function say(selector, words) {
  const seen = [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
  const texts = seen.map((node) => node.innerText.replaceAll(/\s+/g, " ").trim());
  const found = texts.find((text) => text.includes(words));
  return found === undefined ? { not: `seen: ${JSON.stringify(texts).slice(0, 2000)}` } : { yes: found };
}

/** @type {Map<number, Window>} */
const windows = new Map();

/** @typedef {{kind: "chrome" | "firefox", program: string, profile: string, saved: string, prefs: object}} Asked */

/** @param {Asked[]} asked browsers to be started together @returns {Promise<number[]>} the windows' numbers */
async function launch(asked) {
  const opened = await Promise.all(asked.map(one));
  return opened.map((window) => windows.set(windows.size + 1, window).size);
}

/** @param {Asked} asked @returns {Promise<Window>} */
async function one({ kind, program, profile, saved, prefs }) {
  const browser = await puppeteer.launch({
    ...{ browser: kind, executablePath: program, headless: true, userDataDir: profile, timeout: 60_000, protocolTimeout: 120_000 },
    downloadBehavior: { policy: "allow", downloadPath: saved },
    args: kind === "chrome" ? CHROMIUM : [],
    extraPrefsFirefox: { ...FIREFOX, "browser.download.folderList": 2, "browser.download.dir": saved, ...prefs },
  });
  const tab = (await browser.pages())[0] ?? (await browser.newPage());
  await tab.evaluateOnNewDocument(() => {
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  return new Window(browser, tab);
}

/** @param {{call: string, window?: number, args: any[]}} question */
function answer({ call, window, args }) {
  if (window === undefined) return launch(args[0]);
  return windows.get(window)[call](...args);
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = { ok: (await answer(JSON.parse(line))) ?? null };
  } catch (error) {
    reply = { error: error?.stack ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
await Promise.all([...windows.values()].map((one) => one.browser.close().catch(() => undefined)));
