// A case file was rejected: its preparer opens it as a form with each fault beside its field, mends it, and drops it.
export default async function mendRejected(world, asked) {
  const person = await world.person("preparer");
  const { page } = person;
  await person.open("/rejected");
  await page.locator("main a[href^='/rejected/']").first().click();
  await person.check();
  await person.press("Mend it");
  await person.sees("There is a problem");
}
