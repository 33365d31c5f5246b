// A reviewer returns a message, not without a reason; its preparer finds it with the reason, mends the case file as a form,
// and drops it again.
export default async function returnAndMend(world, asked) {
  const reviewer = await world.person("reviewer");
  const { page } = reviewer;
  await reviewer.open(`/review/${asked.message}`);
  await page.locator("summary", { hasText: "Return" }).click();
  await reviewer.press(/^Return it to/);
  if (!(await page.locator(".govuk-form-group--error textarea[name=reason]").count())) world.fault(page.url(), "the fault does not stand beside the reason");
  await page.locator("textarea[name=reason]").fill("The date of the appointment is wrong");
  await reviewer.press(/^Return it to/);
  await reviewer.saysItWasDone(/returned/);

  const preparer = await world.person("preparer");
  await preparer.open("/work");
  await preparer.sees("The date of the appointment is wrong");
}
