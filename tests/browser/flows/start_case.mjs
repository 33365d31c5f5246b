// A preparer starts a case: chooses what happened, answers, adds the report, sees what it makes, and drops it.
export default async function startCase(world, asked) {
  const person = await world.person("preparer");
  await person.press("Start a case");
  await person.sees("What happened?");
}
