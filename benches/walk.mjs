// Enters: the program, the folder into which tests/run installs the browser's driver, and Chromium. Leaves: what twenty
// messages cost a reviewer from sign-in to approved, in clicks, keys and seconds, in the pages by mouse, in the pages by
// keyboard, and with commands: of the same office, the same messages, each time.
//
//   node benches/walk.mjs target/release/despatch ~/.cache/despatch/tools/npm [/usr/bin/chromium]
//
// The seconds are the machine's: how long a person looks is the same either way, and is not among them.
// Never: another machine, or a real person.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createRequire } from "node:module";

const [given, npm, chromium = "/usr/bin/chromium"] = process.argv.slice(2);
const PROGRAM = resolve(given);
const TODAY = "2026-11-23";
const MESSAGES = 20;
const REVIEWER = "beatrix-lund";

const folder = mkdtempSync(join(tmpdir(), "despatch-walk-"));
const run = (office, words) => execFileSync(PROGRAM, ["--office", office, "--today", TODAY, ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const listed = (office) => JSON.parse(run(office, ["--json", "--as", REVIEWER, "outbox", "list", "--limit", "1000"])).despatches;
const waiting = (office) => listed(office).filter((one) => one.state === "awaiting_review");
const approved = (office) => listed(office).filter((one) => one.state === "approved").length;

// A report of a made-up person, as a PDF of one page.
function paper() {
  return Buffer.from(
    "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n" +
      "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>\nendobj\n" +
      "4 0 obj\n<< /Length 1 >>\nstream\nBT /F 12 Tf 60 760 Td 16 TL (Selamawit Quartermaine, date of birth 17 May 1990) Tj T* (a made-up report) Tj ET\nendstream\nendobj\n" +
      "5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\ntrailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n",
  );
}

// An office in which more than twenty messages wait.
function prepare() {
  const office = join(folder, "office");
  execFileSync(PROGRAM, ["demo", "--dir", office, "--once", "--today", TODAY], { stdio: "ignore" });
  const report = paper();
  for (let number = 1; waiting(office).length < MESSAGES + 5; number += 1) {
    const name = `walk-${number}`;
    const file = {
      schema: "despatch-case/1",
      case_id: `WALK-${String(number).padStart(4, "0")}`,
      home_office_reference: "X0000001",
      event_id: name,
      prepared_by: "imran-castellan",
      person: { name: "Selamawit Quartermaine", date_of_birth: "1990-05-17", nationality: "Eritrea", interpreter_needed: false },
      detention: { place: "brook-house", since: "2026-10-05" },
      caseworker: { entry: "caseworker-marisol" },
      manager: { entry: "manager-ayesha", grade: "HEO" },
      event: {
        type: "external_report_received",
        received_on: TODAY,
        report: {
          author: "Dr Ottilie Marchetti-Bell",
          profession: "psychiatrist",
          author_regulated: true,
          regulator: "General Medical Council",
          registration: "0000000",
          assessed_on: "2026-11-10",
          report_date: "2026-11-16",
          method: "in_person",
        },
      },
      attachments: [
        { file: "report.pdf", kind: "external_medical_report", title: "External medical report", size: report.length, sha256: createHash("sha256").update(report).digest("hex") },
      ],
    };
    const inbox = join(office, "inbox");
    mkdirSync(join(inbox, name));
    writeFileSync(join(inbox, name, "report.pdf"), report);
    writeFileSync(join(inbox, `${name}.part`), JSON.stringify(file));
    renameSync(join(inbox, `${name}.part`), join(inbox, `${name}.json`));
    // It says by its code that a case of the demo waits for a file.
    spawnSync(PROGRAM, ["--office", office, "--today", TODAY, "run", "--once"], { stdio: "ignore" });
    if (number > 20) throw new Error("the cases make no messages");
  }
  return office;
}

function copy(office, name) {
  const other = join(folder, name);
  cpSync(office, other, { recursive: true, preserveTimestamps: true });
  return other;
}

// Serves the pages of an office; returns their address and how to end that.
async function serve(office) {
  appendFileSync(join(office, "despatch.toml"), '\n[pages]\nlisten = "127.0.0.1:0"\n');
  const service = spawn(PROGRAM, ["--office", office, "--today", TODAY, "run"], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  const address = await new Promise((found, failed) => {
    service.stderr.on("data", (bytes) => {
      log += bytes;
      const at = /http:\/\/127\.0\.0\.1:\d+/.exec(log);
      if (at) found(at[0]);
    });
    service.on("exit", () => failed(new Error(log)));
  });
  return { address, end: () => service.kill() };
}

// One reviewer at a browser, whose clicks and keys are counted.
class Reviewer {
  constructor(page) {
    Object.assign(this, { page, clicks: 0, keys: 0 });
  }
  async go(act) {
    await Promise.all([this.page.waitForNavigation(), act()]);
  }
  async click(target) {
    this.clicks += 1;
    await target.click();
  }
  async press(key) {
    this.keys += 1;
    await this.page.keyboard.press(key);
  }
  async type(words) {
    this.keys += words.length;
    await this.page.keyboard.type(words);
  }
}

async function inPages(office, byKeyboard) {
  const { chromium: browsers } = createRequire(join(resolve(npm), "/"))("playwright-core");
  const { address, end } = await serve(office);
  const browser = await browsers.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"], headless: true });
  try {
    const page = await (await browser.newContext({ baseURL: address, viewport: { width: 1280, height: 900 } })).newPage();
    const person = new Reviewer(page);
    await page.goto("/sign-in");
    const began = performance.now();
    await person.click(page.locator("input[name=name]"));
    await person.type(REVIEWER);
    await person.press("Tab");
    await person.type("made up for the demonstration");
    await person.go(() => person.press("Enter"));
    const on = (letter, target) => person.go(() => (byKeyboard ? person.press(letter) : person.click(target.first())));
    for (let left = MESSAGES; left > 0; left -= 1) {
      // The next message of a case opens by itself; the first of each is chosen in the list.
      if (new URL(page.url()).pathname === "/review") await person.go(() => person.click(page.locator("main a[href^='/review/']").first()));
      await on("o", page.getByRole("button", { name: "Open the documents" }));
      for (const box of await page.locator("input[name=confirm]").all()) await person.click(box);
      await on("a", page.getByRole("button", { name: /^Approve: send/ }));
    }
    const seconds = (performance.now() - began) / 1000;
    return { clicks: person.clicks, keys: person.keys, seconds, done: approved(office) };
  } finally {
    await browser.close();
    end();
  }
}

// The same with commands, each typed whole, as a shell without a history takes them.
function withCommands(office) {
  let [commands, characters] = [0, 0];
  const began = performance.now();
  const give = (...words) => {
    commands += 1;
    characters += ["despatch", ...words].map((word) => (/[^\w./-]/.test(word) ? `"${word}"` : word)).join(" ").length + 1;
    return run(office, ["--as", REVIEWER, ...words]);
  };
  give("outbox", "list", "--state", "awaiting review");
  for (const one of waiting(office).slice(0, MESSAGES)) {
    give("outbox", "show", one.id);
    give("outbox", "open", one.id);
    const asks = one.checks.filter((check) => check.outcome === "confirm").flatMap((check) => ["--confirm", check.guard]);
    give("outbox", "approve", one.id, ...asks);
  }
  const seconds = (performance.now() - began) / 1000;
  return { commands, characters, seconds, done: approved(office) };
}

const office = prepare();
const before = approved(office);
const mouse = await inPages(copy(office, "mouse"), false);
const keyboard = await inPages(copy(office, "keyboard"), true);
const commands = withCommands(copy(office, "commands"));
for (const { done } of [mouse, keyboard, commands]) {
  if (done - before !== MESSAGES) throw new Error(`${done - before} messages were approved, not ${MESSAGES}`);
}
const pages = ({ clicks, keys, seconds }) => `${clicks} clicks, ${keys} keys, ${seconds.toFixed(1)} s`;
console.log(`${MESSAGES} messages from sign-in to approved`);
console.log(`pages, by mouse:    ${pages(mouse)}`);
console.log(`pages, by keyboard: ${pages(keyboard)}`);
console.log(`commands:           ${commands.commands} commands, ${commands.characters} characters, ${commands.seconds.toFixed(1)} s`);
rmSync(folder, { recursive: true });
