// Enters: a person and the table of routes. Leaves: every page that they reach by links, looked at once for each kind;
// the routes that nobody reached. Never: presses a button.

// Follows every link from these addresses on; at most `most` pages of a route. `each` gets the route of each page.
export async function walk(person, routes, reached, { from = ["/"], most = 3, each = async () => {} } = {}) {
  const left = [...from];
  const known = new Set(left);
  while (left.length) {
    const address = left.shift();
    const route = routes.find((route) => fits(route, new URL(address, person.world.asked.base).pathname));
    if (!route) {
      person.world.fault(address, "no route has this link");
      continue;
    }
    const times = reached.get(route) ?? 0;
    if (times >= most) continue;
    reached.set(route, times + 1);
    const status = await person.open(address);
    if (status >= 400) person.world.fault(address, `a link leads to status ${status}`);
    if (status === undefined) continue;
    await each(route);
    const links = await person.page.evaluate(() =>
      [...document.querySelectorAll("a[href]")]
        .filter((link) => !link.hasAttribute("download") && new URL(link.href).origin === location.origin)
        .map((link) => new URL(link.href).pathname + new URL(link.href).search),
    );
    for (const link of links) {
      if (known.has(link)) continue;
      known.add(link);
      left.push(link);
    }
  }
}

// Whether a path is one of a route: `/review/:id` has `/review/17-3`.
export function fits(route, path) {
  const [own, given] = [route.split("/"), path.split("/")];
  return own.length === given.length && own.every((step, at) => (step.startsWith(":") ? given[at] !== "" : step === given[at]));
}
