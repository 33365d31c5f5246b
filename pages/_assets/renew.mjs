// Makes govuk-frontend.min.css, govuk-frontend.min.js and moj-frontend.css here from the packages of npm, and the table
// of README.md. Run it in this folder:
//   npm install --prefix FOLDER govuk-frontend@6.6.0 @ministryofjustice/frontend@11.1.0
//   node renew.mjs FOLDER
// Never: changes a rule, but for the name of the font and what stands in README.md.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (!folder) throw new Error("say in which folder npm installed the packages");
const packages = join(folder, "node_modules");
const govuk = join(packages, "govuk-frontend");
const moj = join(packages, "@ministryofjustice/frontend");
const version = (of) => JSON.parse(readFileSync(join(of, "package.json"), "utf8")).version;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// The crown, the crest and the logotype are for GOV.UK alone, and so is the header that carries them.
const FOREIGN = /crown|crest|logotype|logo-dot|copyright-logo|\.govuk-header(?![a-z])/;
// What our pages use of the Ministry of Justice's patterns.
const WANTED = /\.moj-(badge|filter|filter-tags|identity-bar|notification-badge|side-navigation|sub-navigation|timeline)(?![a-z]|-[a-z])/;
const UNWANTED = /moj-(timeline__document|button-menu|scrollable|action-bar|filter__legend|filter__close|filter__tag:(after|hover:after)|filter--)/;

// The rules of a style sheet, each with its head and its body, as they stand.
function rules(css) {
  const found = [];
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    const end = css.indexOf(";", at);
    if (open < 0 || (end >= 0 && end < open)) {
      if (end < 0) break;
      found.push({ head: css.slice(at, end + 1) });
      at = end + 1;
      continue;
    }
    let depth = 1;
    let close = open + 1;
    for (; depth > 0; close += 1) {
      if (css[close] === "{") depth += 1;
      if (css[close] === "}") depth -= 1;
    }
    found.push({ head: css.slice(at, open).trim(), body: css.slice(open + 1, close - 1) });
    at = close;
  }
  return found;
}

// Keeps what `keeps` says of a list of selectors; a group that keeps nothing goes too.
function sift(css, keeps) {
  let kept = "";
  for (const { head, body } of rules(css)) {
    if (body === undefined) kept += head;
    else if (/^@font-face/.test(head)) continue;
    else if (/^@(media|supports)/.test(head)) {
      const inner = sift(body, keeps);
      if (inner) kept += `${head}{${inner}}`;
    } else {
      const selectors = head.split(",").filter(keeps);
      if (selectors.length) kept += `${selectors.join(",")}{${body}}`;
    }
  }
  return kept;
}

const plain = (css) => css.replace(/\/\*[^]*?\*\//g, "");
const font = (css) => css.replaceAll("GDS Transport,arial,sans-serif", "arial,helvetica,sans-serif");

const sources = {
  "govuk-frontend.min.css": join(govuk, "dist/govuk/govuk-frontend.min.css"),
  "govuk-frontend.min.js": join(govuk, "dist/govuk/govuk-frontend.min.js"),
  "moj-frontend.css": join(moj, "moj/moj-frontend.min.css"),
};
const originals = Object.fromEntries(Object.entries(sources).map(([name, path]) => [name, readFileSync(path)]));
const text = (name) => plain(originals[name].toString("utf8"));
const map = /\n?\/\/# sourceMappingURL=.*\n?$/;
const ours = {
  "govuk-frontend.min.css": font(sift(text("govuk-frontend.min.css"), (selector) => !FOREIGN.test(selector))),
  "govuk-frontend.min.js": originals["govuk-frontend.min.js"].toString("utf8").replace(map, "\n"),
  "moj-frontend.css": font(
    sift(text("moj-frontend.css"), (selector) => WANTED.test(selector) && !UNWANTED.test(selector)),
  ),
};
const packageOf = (name) =>
  name.startsWith("moj") ? `@ministryofjustice/frontend ${version(moj)}` : `govuk-frontend ${version(govuk)}`;
let table = "| file | package | SHA-256 of the original | SHA-256 of ours |\n|---|---|---|---|\n";
for (const [name, css] of Object.entries(ours)) {
  const left = css.match(/.{0,80}(GDS Transport|url\().{0,80}/);
  if (left) throw new Error(`${name} still names a font or a picture: ${left[0]}`);
  writeFileSync(name, css.endsWith("\n") ? css : `${css}\n`);
  table += `| \`${name}\` | ${packageOf(name)} | \`${sha256(originals[name])}\` | \`${sha256(readFileSync(name))}\` |\n`;
}
const readme = readFileSync("README.md", "utf8");
writeFileSync("README.md", readme.replace(/\| file \| package [^]*?\n(?=\n|$)/, table));
