// Everybody opens every page that they have a link to. Answers with the routes that somebody reached.
import { walk } from "../walk.mjs";

export default async function everyPage(world, asked) {
  const all = new Set();
  const stranger = await world.window();
  await stranger.open("/sign-in");
  for (const who of Object.keys(asked.people)) {
    const person = await world.person(who);
    const reached = new Map();
    await walk(person, asked.routes, reached);
    for (const route of reached.keys()) all.add(route);
    await person.page.context().close();
  }
  return [...all];
}
