// Everybody opens every page that they have a link to, after some work was begun. Answers with the routes that somebody
// reached, and draws a picture of each where a folder is given.
import { join } from "node:path";
import { walk } from "../walk.mjs";

export default async function everyPage(world, asked) {
  const all = new Set();
  const draw = (person) => async (route) => {
    if (!asked.pictures || all.has(route)) return;
    all.add(route);
    await person.page.screenshot({ path: join(asked.pictures, fileOf(route)), fullPage: true, clip: await size(person.page) });
  };
  const stranger = await world.window();
  await stranger.open("/sign-in");
  await draw(stranger)("/sign-in");
  all.add("/sign-in");
  for (const who of Object.keys(asked.people)) {
    const person = await world.person(who);
    const reached = new Map();
    const from = ["/", ...(await begin[who](person, asked))];
    await walk(person, asked.routes, reached, { from, most: asked.pictures ? 1 : 3, each: draw(person) });
    for (const route of reached.keys()) all.add(route);
    await person.page.context().close();
  }
  return [...all];
}

// What somebody has begun before they look around; the pages that it leads to.
const begin = {
  preparer: async () => [],
  reviewer: async (person, asked) => {
    await person.open(`/review/${asked.message}`);
    await person.press(/documents/);
    return [new URL(person.page.url()).pathname];
  },
  another: async () => [],
};

// `/review/:id/changes` is in `review-id-changes.png`.
function fileOf(route) {
  return `${route.slice(1).replace(/:/g, "").replace(/\//g, "-") || "home"}.png`;
}

// As much of a page as one looks at: its width, and no more than two screens of it.
async function size(page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  return { x: 0, y: 0, width: 1280, height: Math.min(height, 1800) };
}
