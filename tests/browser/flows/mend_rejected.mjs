// A case file was rejected: its preparer opens it as a form, with each fault beside its field and in the summary above.
export default async function mendRejected(world) {
  const person = await world.person("preparer");
  const { page } = person;
  await person.open("/rejected");
  const files = await page.locator("main a[href^='/rejected/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  await person.open(files.at(-1));
  await person.press("Mend it");
  await person.sees("There is a problem");
  const summed = await page.locator(".govuk-error-summary a").count();
  const beside = await page.locator("main .govuk-error-message").count();
  if (beside < 10 || summed < beside) world.fault(page.url(), `${summed} faults are summed up, and ${beside} stand beside their fields`);
  // What is mended is not told any more, and the rest is.
  await page.locator("[name=home_office_reference]").fill("T9000907");
  await person.press("Continue to what this makes");
  await person.sees("There is a problem");
  const left = await page.locator(".govuk-error-summary a").count();
  if (left >= summed) world.fault(page.url(), `${left} of ${summed} faults are left after one was mended`);
}
