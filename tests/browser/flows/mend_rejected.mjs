// Case files were rejected: their preparer opens each as the form that made it, with each fault beside its field and in the
// summary above. What is mended is told no more; once nothing is wrong, one button drops it, and its messages wait.
export default async function mendRejected(world) {
  const person = await world.person("preparer");
  const { page } = person;
  const open = async (file) => {
    await person.open("/rejected");
    const row = page.locator("main tr", { hasText: file });
    await person.open(await row.locator("a[href^='/rejected/']").first().getAttribute("href"));
    await person.press("Mend it");
    await person.sees("There is a problem");
  };
  await open("08-many-faults");
  const summed = await page.locator(".govuk-error-summary a").count();
  const beside = await page.locator("main .govuk-error-message").count();
  if (beside < 10 || summed < beside) world.fault(page.url(), `${summed} faults are summed up, and ${beside} stand beside their fields`);
  await page.locator("[name=home_office_reference]").fill("T9000907");
  await person.press("Continue to what this makes");
  await person.sees("There is a problem");
  const left = await page.locator(".govuk-error-summary a").count();
  if (left >= summed) world.fault(page.url(), `${left} of ${summed} faults are left after one was mended`);

  await open("06-appointment-too-soon");
  await person.typesDate("event.date", "1 12 2026");
  await person.press("Continue to what this makes");
  await person.sees("Nothing has been made yet");
  await person.press("Drop this case");
  await person.sees("DEMO-0906");
  const reviewer = await world.person("reviewer");
  await reviewer.until("/review?case=DEMO-0906", async () => (await reviewer.messages()).length > 3);
  await person.open("/rejected");
  if ((await person.text()).includes("06-appointment-too-soon")) world.fault(page.url(), "what was mended is still listed");
}
