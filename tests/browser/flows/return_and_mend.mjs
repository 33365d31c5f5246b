// A reviewer returns a message, not without a reason; its preparer finds it with the reason, mends the case file in its
// form, says what changes and drops it; the new messages come up for review in the place of the old ones.
export default async function returnAndMend(world, asked) {
  const { message, case: caseId } = asked.returned;
  const reviewer = await world.person("reviewer");
  const { page } = reviewer;
  await reviewer.open(`/review/${message}`);
  await page.locator("summary", { hasText: "Return" }).click();
  await reviewer.press(/^Return it to/);
  if (!(await page.locator(".govuk-form-group--error textarea[name=reason]").count())) world.fault(page.url(), "the fault does not stand beside the reason");
  await page.locator("textarea[name=reason]").fill("The room of the appointment is wrong");
  await reviewer.press(/^Return it to/);
  await reviewer.saysItWasDone(/returned/);

  const preparer = await world.person("preparer");
  await preparer.open("/work");
  await preparer.sees("The room of the appointment is wrong");
  await preparer.open(`/mend/${message}`);
  await preparer.press("Open the case file");
  await preparer.sees("This corrects case file");
  await preparer.page.locator("[name='event.location']").fill("the second interview room");
  await preparer.page.locator("[name=correction]").fill("The room is another one.");
  await preparer.press("Continue to what this makes");
  await preparer.sees("Nothing has been made yet");
  await preparer.press("Drop this case");
  await preparer.sees(caseId);

  const [file] = message.split("-").map(Number);
  const isNew = (id) => Number(id.split("-")[0]) > file;
  await reviewer.until(`/review?case=${caseId}`, async () => {
    const listed = await reviewer.messages();
    return listed.length > 0 && listed.every(isNew);
  });
  const anew = (await reviewer.messages())[0];
  await reviewer.open(`/review/${anew}`);
  await reviewer.press("What changed since the version before");
  await reviewer.sees(`Now: ${anew}`);
}
