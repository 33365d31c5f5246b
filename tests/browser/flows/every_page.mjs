// Everybody opens every page that they have a link to, and some that only an address leads to, after much was done in the
// office. Answers with the routes that somebody has seen.
import { walk } from "../walk.mjs";

export default async function everyPage(world, asked) {
  const { reviewer } = asked.people;
  world.command(reviewer.name, "send", "--once");
  world.command(reviewer.name, "incident", asked.message, "--what", "It went to an address that is not theirs");
  const stranger = await world.window();
  await stranger.open("/sign-in");
  for (const who of Object.keys(asked.people)) {
    const person = await world.person(who);
    const from = ["/", ...asked.from[who], ...(await begin[who](person, asked))];
    // Without scripts a page has nothing that it has not with them: one of a kind is enough.
    await walk(person, asked.routes, new Map(), { from, most: asked.javaScript ? 2 : 1 });
  }
  return [...world.checked];
}

// What somebody has begun before they look around; the pages that it leads to.
const begin = {
  preparer: async (person, asked) => {
    await person.open("/start/died");
    await person.fill("The number of the case", "TEST-00904");
    await person.page.locator("input[name=way][value=one]").check();
    await person.press("Continue");
    const question = new URL(person.page.url()).pathname;
    await person.open("/config");
    await person.page.locator("summary", { hasText: "Propose what a file is to hold" }).click();
    await person.page.locator("[name=path]").fill("policy/bank-holidays.json");
    await person.page.locator("[name=text]").fill(asked.holidays);
    await person.press(/^Propose it/);
    await person.open("/batches/new");
    const rows = Buffer.from("case_id,Surname\nTEST-00904,Nobody\n");
    const sheet = { name: "transfers.csv", mimeType: "text/csv", buffer: rows };
    await person.page.locator("[name=sheet]").setInputFiles(sheet);
    await person.page.locator("select[name=event]").selectOption("transferred");
    await person.press("Continue");
    return [question, "/batches/new/columns", "/batches/new/look"];
  },
  reviewer: async (person, asked) => {
    await person.open(`/review/${asked.looked}`);
    await person.press(/documents/);
    return [new URL(person.page.url()).pathname];
  },
  another: async () => [],
};
