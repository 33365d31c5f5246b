// Enters: what a test asks for: an address, people, files. Leaves: a browser with a person in each window, who reads,
// types and clicks as people do, and whatever is wrong with a page that they see. Never: reaches another host, or waits
// for a fixed time.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fits } from "./walk.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };
// A window of 1280 pixels at 200 per cent.
export const ZOOMED = { width: 640, height: 450 };

// What takes the checker longest; a narrow window has the colours of a wide one.
const CONTRAST = "color-contrast";
// In what a page is looked at: the window, the colours, and what the checker looks for. At 200 per cent the layout is
// that of a narrow window, so that the width is all that is new.
const LOOKS = [
  ["1280 pixels", WIDE, "none", { runOnly: RULES }],
  ["390 pixels", NARROW, "none", { runOnly: RULES, rules: { [CONTRAST]: { enabled: false } } }],
  ["200 per cent", ZOOMED, "none", null],
  ["forced colours", WIDE, "active", { runOnly: { type: "rule", values: [CONTRAST] } }],
];

// Starts the browser of the machine.
export async function start(asked) {
  const require = createRequire(join(asked.npm, "/"));
  const { chromium } = require("playwright-core");
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const browser = await chromium.launch({ executablePath: asked.chromium, args: FLAGS, headless: true });
  return new World(asked, browser, axe);
}

class World {
  constructor(asked, browser, axe) {
    Object.assign(this, { asked, browser, axe, faults: [], seen: new Set(), checked: new Set(), drawn: new Map(), people: new Map() });
  }

  // A window of somebody who has not signed in.
  async window({ javaScript = this.asked.javaScript, viewport = WIDE } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.asked.base,
      javaScriptEnabled: javaScript,
      viewport,
      locale: "en-GB",
      timezoneId: "Europe/London",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    return new Person(this, page, javaScript);
  }

  // The window of a member of staff, who signs in once.
  async person(who) {
    if (!this.people.has(who)) {
      const person = await this.window();
      await person.signIn(who);
      this.people.set(who, person);
    }
    return this.people.get(who);
  }

  // Gives a command of the office, as a colleague does at a terminal while the pages are open.
  command(who, ...words) {
    const { program, office, today, state } = this.asked;
    const all = ["--office", office, "--today", today, "--as", who, ...words];
    return execFileSync(program, all, { encoding: "utf8", env: { ...process.env, ...state } });
  }

  // A page in a window that runs scripts, without the page's own: the checker is one. All pages share the window.
  async copy(page) {
    const [url, body] = [page.url().split("#")[0], await page.content()];
    if (!this.mirror) {
      const context = await this.browser.newContext({ viewport: WIDE, locale: "en-GB" });
      this.mirror = await context.newPage();
      await this.mirror.route("**/*.js", (route) => route.abort());
      await this.mirror.route(
        (url) => url.href === this.mirrored?.url,
        (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: this.mirrored.body }),
      );
    }
    this.mirrored = { url, body };
    await this.mirror.context().clearCookies();
    await this.mirror.context().addCookies(await page.context().cookies());
    await this.mirror.goto(url);
    return this.mirror;
  }

  fault(where, words) {
    this.faults.push(`${where}: ${words}`);
  }

  async end() {
    await this.browser.close();
    return this.faults;
  }
}

class Person {
  constructor(world, page, javaScript) {
    Object.assign(this, { world, page, javaScript });
    const origin = new URL(world.asked.base).origin;
    page.on("pageerror", (error) => world.fault(page.url(), `a script failed: ${error.message}`));
    page.on("console", (message) => {
      // A status of 4xx is told by the page itself.
      const status = message.text().startsWith("Failed to load resource: the server responded with a status of 4");
      if (message.type() === "error" && !status) world.fault(page.url(), `the browser says: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin) world.fault(page.url(), `it asks ${url.origin}`);
    });
  }

  async signIn(who) {
    const { name, passphrase } = this.world.asked.people[who];
    await this.open("/sign-in");
    await this.page.getByLabel("Name", { exact: false }).first().fill(name);
    await this.page.locator("input[type=password]").fill(passphrase);
    await this.press("Sign in");
  }

  // Opens an address, checks the page, and returns its status.
  async open(address) {
    const answer = await this.page.goto(address).catch((error) => {
      // What is saved is no page.
      if (!error.message.includes("Download is starting")) throw error;
    });
    if (answer) await this.check();
    return answer?.status();
  }

  // Presses a button or a link by its words, and checks the page that comes.
  async press(words, { exact = false } = {}) {
    const button = this.page.getByRole("button", { name: words, exact });
    const target = (await button.count()) ? button.first() : this.page.getByRole("link", { name: words, exact }).first();
    await Promise.all([this.page.waitForNavigation(), target.click()]);
    await this.check();
  }

  // Presses keys until another page comes.
  async keys(...keys) {
    const came = this.page.waitForNavigation();
    for (const key of keys) await this.page.keyboard.press(key);
    await came;
    await this.check();
  }

  // Presses Tab until the focus is on what the selector names, as somebody without a mouse does.
  async tabTo(selector) {
    const { page } = this;
    const names = new Set();
    for (let times = 0; times < 400; times += 1) {
      await page.keyboard.press("Tab");
      const [reached, name] = await page.evaluate((selector) => {
        const { activeElement: at } = document;
        return [Boolean(at?.matches(selector)), at?.outerHTML.slice(0, 60)];
      }, selector);
      if (reached) return;
      names.add(name);
    }
    throw new Error(`${page.url()}: Tab never comes to ${selector}, but to ${[...names].join(" ")}`);
  }

  async fill(label, value) {
    await this.page.getByLabel(label).first().fill(value);
  }

  // Types a day into its three fields.
  async typesDate(name, date) {
    const parts = date.split(" ");
    for (const [at, part] of ["day", "month", "year"].entries()) await this.page.locator(`[name="${name}-${part}"]`).fill(parts[at]);
  }

  // Types a moment: its day, and its time of day.
  async typesMoment(name, date, time) {
    await this.typesDate(name, date);
    await this.page.locator(`[name="${name}-time"]`).fill(time);
  }

  // Answers by the value that is sent: one of a few, or one of a list.
  async answer(name, value) {
    const radio = this.page.locator(`input[name="${name}"][value="${value}"]`);
    if (await radio.count()) await radio.check();
    else await this.page.locator(`select[name="${name}"]`).selectOption(value);
  }

  // What stands as wrong beside the field of this name; empty if nothing does.
  async wrongBeside(name) {
    const group = this.page.locator(".govuk-form-group--error", { has: this.page.locator(`[name^="${name}"]`) });
    return (await group.count()) ? group.first().locator(".govuk-error-message").first().innerText() : "";
  }

  async choose(label) {
    await this.page.getByLabel(label).first().check();
  }

  // Opens an address again and again until it says something, for what the service does by itself.
  async until(address, holds) {
    const until = Date.now() + 120_000;
    do {
      await this.page.goto(address);
      if (await holds(this.page)) return this.check();
    } while (Date.now() < until);
    throw new Error(`${address} never says what it should; it says: ${(await this.text()).slice(0, 1500)}`);
  }

  // The messages that a page links to.
  messages() {
    return this.page
      .locator("main a[href^='/review/']")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href").slice("/review/".length)));
  }

  text() {
    return this.page.locator("main").innerText();
  }

  // The words stand on the page, or the flow ends here.
  async sees(words) {
    const text = (await this.text()).replace(/\s+/g, " ");
    const found = words instanceof RegExp ? words.test(text) : text.includes(words);
    if (!found) throw new Error(`${this.page.url()} does not say ${words}; it says: ${text.slice(0, 1500)}`);
  }

  // The banner that is shown once says so.
  async saysItWasDone(words) {
    const banner = this.page.locator(".govuk-notification-banner");
    const said = (await banner.count()) ? (await banner.first().innerText()).replace(/\s+/g, " ") : "nothing";
    if (!words.test(said)) throw new Error(`${this.page.url()} says ${said}, not ${words}: ${(await this.text()).slice(0, 800)}`);
  }

  async heading() {
    return (await this.page.locator("h1").first().innerText()).trim();
  }

  // Everything that must hold on any page in any state. What was found on a page like it is not looked for again.
  async check() {
    const page = this.page;
    const where = `${new URL(page.url()).pathname} (${this.javaScript ? "with" : "without"} scripts)`;
    for (const words of await page.evaluate(shape, this.javaScript)) this.world.fault(where, words);
    await this.note();
    const state = await page.evaluate(outline);
    const key = `${this.javaScript} ${state}`;
    if (this.world.seen.has(key)) return;
    this.world.seen.add(key);
    const looked = this.javaScript ? page : await this.world.copy(page);
    const before = looked.viewportSize();
    for (const [name, viewport, forcedColors, rules] of this.javaScript ? LOOKS : LOOKS.slice(0, 2)) {
      await looked.setViewportSize(viewport);
      await looked.emulateMedia({ forcedColors });
      for (const words of await accessibility(looked, this.world.axe, rules)) {
        this.world.fault(`${where} at ${name}`, words);
      }
    }
    await looked.emulateMedia({ forcedColors: "none" });
    await looked.setViewportSize(before);
  }

  // Notes of which route the page is, and draws a picture of the first one that says nothing of an error.
  async note() {
    const { page, world } = this;
    const path = new URL(page.url()).pathname;
    const route = world.asked.routes.find((route) => fits(route, path));
    const [status, wrong, said] = await page.evaluate(() => [
      performance.getEntriesByType("navigation")[0]?.responseStatus,
      Boolean(document.querySelector(".govuk-error-summary")),
      Boolean(document.querySelector(".govuk-notification-banner")),
    ]);
    if (!route || status >= 400) return;
    world.checked.add(route);
    const picture = world.asked.pictures?.[route];
    // A page that says what was just done gives way to one that does not.
    const before = world.drawn.get(route);
    if (!picture || wrong || (before && (before === "as it is" || said))) return;
    world.drawn.set(route, said ? "with a banner" : "as it is");
    // Pictures that are drawn only once somebody comes to them.
    await page.evaluate(async () => {
      for (const picture of document.querySelectorAll("main img")) {
        picture.loading = "eager";
        await picture.decode().catch(() => {});
      }
    });
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    // As much of a page as one looks at: its width, and no more than two screens of it.
    const clip = { x: 0, y: 0, width: WIDE.width, height: Math.min(height, 2 * WIDE.height) };
    await page.screenshot({ path: picture, fullPage: true, clip });
  }
}

async function accessibility(page, axe, looked) {
  if (!(await page.evaluate(() => Boolean(window.axe)))) await page.evaluate(axe);
  return page.evaluate(async (looked) => {
    const found = [];
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide > 1) {
      const outside = [...document.querySelectorAll("main *, header *")].find(
        (element) =>
          element.getBoundingClientRect().right > window.innerWidth + 1 &&
          !element.closest(".despatch-scroll, .despatch-viewer__pages"),
      );
      found.push(`it is ${wide} pixels wider than the window: ${outside?.outerHTML.slice(0, 200)}`);
    }
    if (!looked) return found;
    const results = await window.axe.run(document, { ...looked, resultTypes: ["violations"] });
    for (const { id, help, nodes } of results.violations) {
      found.push(`${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
    }
    return found;
  }, looked);
}

// What a page is made of, without its texts: two pages of the same kind in the same state are alike. Runs in the page.
function outline() {
  const names = new Map();
  for (const element of document.querySelectorAll("main, main *, header section")) {
    const name = `${element.localName}.${[...element.classList].sort().join(".")}`;
    names.set(name, true);
  }
  const place = location.pathname.replace(/[0-9][^/]*/g, "*");
  return `${place} ${[...names.keys()].sort().join(" ")}`;
}

// What the patterns of GOV.UK ask of headings, titles, fields and error summaries. Runs in the page.
function shape(javaScript) {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (all("h1").length !== 1) found.push(`it has ${all("h1").length} first headings`);
  if (!document.title.endsWith(" – despatch")) found.push(`its title is ${document.title}`);
  const summary = document.querySelector(".govuk-error-summary");
  if (document.title.startsWith("Error: ") !== Boolean(summary)) found.push(`its title is ${document.title}, and its summary of errors ${summary ? "is there" : "is not"}`);
  if (summary) {
    for (const link of summary.querySelectorAll("a[href^='#']")) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) found.push(`its summary of errors links to ${link.hash}, which is not there`);
      else if (!target.matches("input, select, textarea, button, a, [tabindex]")) found.push(`its summary of errors links to ${link.hash}, which takes no focus`);
    }
    if (javaScript && document.activeElement !== summary) found.push("its summary of errors has not the focus");
  }
  for (const field of all("main input:not([type=hidden]), main select, main textarea")) {
    if (!field.labels?.length && !field.getAttribute("aria-label")) found.push(`a field has no label: ${field.outerHTML.slice(0, 150)}`);
  }
  for (const wrong of all(".govuk-error-message")) {
    const group = wrong.closest(".govuk-form-group");
    if (!group?.classList.contains("govuk-form-group--error")) found.push(`an error message stands alone: ${wrong.textContent}`);
  }
  for (const form of all("form[method=post]")) {
    const strangers = form.getAttribute("action") === "/sign-in";
    if (!strangers && !form.querySelector("input[type=hidden][name=token]")) found.push(`a form has no token: ${form.getAttribute("action")}`);
  }
  if (!javaScript && all("[style]").length) found.push("it has a style of its own");
  if (all("script:not([src])").length) found.push("it has a script of its own");
  return found;
}
