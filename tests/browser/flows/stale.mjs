// A page stays open while the message becomes another one: what it showed is not approved, and the page says so.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export default async function stale(world, asked) {
  const person = await world.person("reviewer");
  const { page } = person;
  await person.open(`/review/${asked.message}`);
  await person.press(/documents/);
  await person.press("Everything about this message");
  for (const box of await page.locator("input[name=confirm]").all()) await box.check();
  for (const [program, ...words] of asked.meanwhile) await promisify(execFile)(program, words);
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await person.press(/^Approve: send/);
  const status = (await answer).status();
  if (status !== 409) world.fault(page.url(), `a stale page is answered with ${status}`);
  if (await page.locator(".govuk-notification-banner--success").count()) world.fault(page.url(), "a stale page approved something newer");
  await person.sees(/(another|other|changed|newer)/i);
}
