// A message that takes two approvals: the first reviewer cannot give the second, the other can.
export default async function twoReviewers(world, asked) {
  const approve = async (person) => {
    await person.open(`/review/${asked.two}`);
    await person.press(/documents/);
    await person.press("Everything about this message");
    for (const box of await person.page.locator("input[name=confirm]").all()) await box.check();
    await person.press(/^Approve: send/);
  };
  const first = await world.person("reviewer");
  await approve(first);
  await first.saysItWasDone(/another reviewer/);
  await first.open(`/review/${asked.two}`);
  await first.sees("You have approved it");
  if (await first.page.getByRole("button", { name: /^Approve: send/ }).count()) world.fault(first.page.url(), "one person can approve twice");
  const other = await world.person("another");
  await approve(other);
  await other.saysItWasDone(/approved: it goes/);
}
