// A reviewer without a mouse finds a message, opens it, makes its pages larger and approves it; with scripts by the
// shortcuts, without by Tab, Space and Enter.
export default async function reviewByKeyboard(world, asked) {
  const person = await world.window();
  const { page } = person;
  const enter = async (selector) => {
    await person.tabTo(selector);
    await person.keys("Enter");
  };
  const key = (letter, selector) => (person.javaScript ? person.keys(letter) : enter(selector));

  await person.open("/sign-in");
  await person.tabTo("input[name=name]");
  await page.keyboard.type(asked.people.reviewer.name);
  await person.tabTo("input[name=passphrase]");
  await page.keyboard.type(asked.people.reviewer.passphrase);
  await person.keys("Enter");

  await enter(`main a[href^='/review/${asked.message ?? ""}']`);
  await key("o", "form[action$='/open'] button, a.govuk-button[href*='/documents/']");
  const viewer = page.locator("[data-viewer]");
  if ((await viewer.getAttribute("data-zoomed")) !== "100") world.fault(page.url(), "the pages do not begin as wide as the page");
  const narrow = await page.locator(".despatch-page img").first().boundingBox();
  if (person.javaScript) await page.keyboard.press("+");
  else await enter("[data-zoom=in]");
  const wide = await page.locator(".despatch-page img").first().boundingBox();
  if (!(wide.width > narrow.width * 1.3)) world.fault(page.url(), "the pages do not become larger");
  const drawn = await page.locator(".despatch-page img").first().evaluate(async (picture) => {
    await picture.decode();
    return picture.naturalWidth;
  });
  if (!(drawn > 300)) world.fault(page.url(), `the picture of a page is ${drawn} pixels wide`);

  if (person.javaScript) {
    await page.keyboard.press("?");
    const listed = await page.locator("dialog[open]").innerText();
    for (const words of ["Approve", "Larger"]) {
      if (!listed.includes(words)) world.fault(page.url(), `the list of shortcuts has no ${words}: ${listed}`);
    }
    await person.check();
    await page.keyboard.press("Escape");
  }
  await confirmAll(person);
  await key("a", "form[action$='/approve'] button");
  await person.saysItWasDone(/approved/);
}

// Confirms what the program could not tell.
async function confirmAll(person) {
  const { page } = person;
  for (let left = await page.locator("input[name=confirm]:not(:checked)").count(); left > 0; left -= 1) {
    await person.tabTo("input[name=confirm]:not(:checked)");
    await page.keyboard.press("Space");
  }
}
