// Somebody signs in: not with a wrong passphrase or as nobody, and both are told the same; and out again.
export default async function signIn(world, asked) {
  const { name, passphrase } = asked.people.reviewer;
  const person = await world.window();
  const { page } = person;
  const at = () => new URL(page.url()).pathname;
  const must = (holds, words) => holds || world.fault(page.url(), words);

  await person.open("/review");
  must(at() === "/sign-in", "a page is shown to a stranger");
  const told = [];
  for (const [who, what] of [
    [name, "not the passphrase"],
    ["nobody-at-all", passphrase],
    ["", ""],
  ]) {
    await page.locator("input[name=name]").fill(who);
    await page.locator("input[name=passphrase]").fill(what);
    await person.press("Sign in");
    must(at() === "/sign-in", "a wrong passphrase lets somebody in");
    told.push(await page.locator(".govuk-error-summary").innerText());
    must((await page.locator("input[name=passphrase]").inputValue()) === "", "the passphrase stands in the page");
  }
  must(new Set(told.slice(0, 2)).size === 1, `a wrong name is told otherwise: ${told.join(" | ")}`);

  await person.signIn("reviewer");
  must(at() === "/review", "a reviewer does not begin where messages wait");
  await person.press("Sign out", { exact: true });
  must(at() === "/sign-in", "somebody is still signed in");
  await person.open("/review");
  must(at() === "/sign-in", "the session is not over");
}
