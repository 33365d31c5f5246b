// A check that could not tell asks the reviewer: without their word nothing is approved, and with it the message is.
export default async function confirm(world, asked) {
  const person = await world.person("reviewer");
  const { page } = person;
  await person.open(`/review/${asked.message}`);
  await person.press(/documents/);
  await person.press("Everything about this message");
  if (!(await page.locator("input[name=confirm]").count())) throw new Error(`${asked.message} asks nothing: ${await person.text()}`);
  await person.press(/^Approve: send/);
  await person.sees(/confirm/i);
  if (!(await page.locator(".govuk-error-summary a[href='#confirm']").count())) world.fault(page.url(), "the fault does not lead to what is asked");
  if (!(await page.locator(".govuk-form-group--error input[name=confirm]").count())) world.fault(page.url(), "the fault does not stand beside what is asked");
  for (const box of await page.locator("input[name=confirm]").all()) await box.check();
  await person.press(/^Approve: send/);
  await person.saysItWasDone(/approved/);
}
