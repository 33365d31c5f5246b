// A check of a document could not be made by the program: the page names the document and asks its reviewer to look. An
// approval without that is refused beside the question; with it the message goes.
export default async function confirm(world, asked) {
  const person = await world.person("reviewer");
  const { page } = person;
  await person.open(`/review/${asked.asking}`);
  await person.press("Open the documents");
  await person.press("Everything about this message");
  await person.sees("The program could not tell. Look, and confirm each");
  const asks = page.locator("main .govuk-checkboxes__item", { has: page.locator("input[name=confirm]") });
  const words = (await asks.allInnerTexts()).join(" ");
  for (const part of ["I have checked:", "document 2"]) {
    if (!words.includes(part)) world.fault(page.url(), `what is asked has no ${part}: ${words}`);
  }
  await person.press(/^Approve: send/);
  await person.sees("There is a problem");
  if (!(await page.locator(".govuk-form-group--error input[name=confirm]").count())) {
    world.fault(page.url(), "the fault does not stand beside what is to be confirmed");
  }
  for (const box of await page.locator("input[name=confirm]").all()) await box.check();
  await person.press(/^Approve: send/);
  await person.saysItWasDone(/approved/);
}
