// A message is made anew while its page is open: that page approves nothing, says why, and shows the new message, which is
// opened and approved like any other.
export default async function stalePage(world, asked) {
  const person = await world.person("reviewer");
  const { page } = person;
  await person.open(`/review/${asked.stale}`);
  await person.press("Open the documents");
  await person.press("Everything about this message");
  const confirm = async () => {
    for (const box of await page.locator("input[name=confirm]").all()) await box.check();
  };
  await confirm();
  const shown = await page.locator("form[action$='/approve'] input[name=message]").inputValue();
  await world.change("stale");
  await person.press(/^Approve: send/);
  await person.sees("There is a problem");
  await person.sees(/not the one that you looked at/);
  await person.sees("You have not opened this version yet");
  await person.press("Open the documents");
  await person.press("Everything about this message");
  const anew = await page.locator("form[action$='/approve'] input[name=message]").inputValue();
  if (anew === shown) world.fault(page.url(), "the page shows the message that it showed before");
  await confirm();
  await person.press(/^Approve: send/);
  await person.saysItWasDone(/approved/);
}
