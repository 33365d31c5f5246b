// A caseworker records by form that somebody was detained and, once it is due, that their detention was reviewed: mistakes
// stand beside their fields, the plan says what is made, for whom and by when, and that it waits for an authority. Another
// person gives it on the page of the message and lets it go on, a second one approves it. The page of the case shows what
// runs, the nearest first and what is over in red.
const CASE = "TEST-00910";

export default async function reviewOfDetention(world) {
  const person = await world.person("preparer");
  await begins(world, person);
  const before = await clocks(person);
  const red = before.filter((clock) => clock.late);
  if (!red.length || !red[0].what.includes("monthly review 1")) world.fault(CASE, `the review that was missed is not red: ${JSON.stringify(before)}`);

  await isReviewed(world, person);
  const another = await world.person("another");
  await another.until(`/review?state=held&case=${CASE}`, async () => (await another.messages()).length === 1);
  await another.sees("Waits for an authority");
  const [message] = await another.messages();
  await person.open(`/review/${message}`);
  await person.sees("Tomasz Achebe, SEO or Inspector");
  if (await person.page.getByRole("button", { name: /^Authorise it/ }).count()) world.fault(message, "who may not sign has the button");

  await another.open(`/review/${message}`);
  await another.sees("It waits for an authority");
  await another.sees(/By when Sunday 15 November 2026, 8 days past/);
  await another.press("Open the documents");
  await another.press("Everything about this message");
  await another.press(/^Authorise it as SEO or Inspector/);
  await another.saysItWasDone(/is authorised, by you as SEO or Inspector/);
  if (new URL(another.page.url()).pathname !== `/review/${message}`) world.fault(message, "whoever authorised it is led elsewhere");
  await another.sees("It is authorised");
  await another.press(/^Release it/);
  await another.saysItWasDone(/released/);

  const reviewer = await world.person("reviewer");
  await reviewer.open(`/review/${message}`);
  await reviewer.sees("by tomasz-achebe as SEO or Inspector");
  await reviewer.press("Open the documents");
  await reviewer.press("Everything about this message");
  for (const box of await reviewer.page.locator("input[name=confirm]").all()) await box.check();
  await reviewer.press(/^Approve: send/);
  await reviewer.saysItWasDone(/approved/);

  const after = await clocks(person);
  const what = after.map((clock) => clock.what).join(" | ");
  if (what.includes("monthly review 1,") || !what.includes("monthly review 2")) world.fault(CASE, `the next review does not run: ${what}`);
}

// Starts a case file of the case by what happened; of what is known of the person, if anything is.
async function starts(person, happened, { known }) {
  await person.press("Start a case");
  await person.press(happened);
  await person.fill("The number of the case", CASE);
  if (known) await person.page.locator("input[name=from_last]").check();
  await person.page.locator("input[name=way][value=all]").check();
  await person.press("Continue");
}

async function begins(world, person) {
  const { page } = person;
  await starts(person, "A detention began", { known: false });
  for (const [name, value] of Object.entries({
    home_office_reference: "X7000910",
    "person.name": "Selamawit Quartermaine",
    "person.nationality": "Nowhere",
    "event.power": "UK Borders Act 2007, section 36(1)",
  })) {
    await page.locator(`[name="${name}"]`).fill(value);
  }
  for (const [name, date] of Object.entries({
    "detention.since": "18 10 2026",
    "person.date_of_birth": "17 5 1990",
    "event.reasons_served_on": "18 10 2026",
  })) {
    await person.typesDate(name, date);
  }
  await person.typesMoment("event.detained_at", "18 10 2026", "25.00");
  for (const [name, value] of Object.entries({
    "person.interpreter_needed": "no",
    "detention.place": "brook-house",
    "caseworker.entry": "caseworker-marisol",
    "event.origin": "prison",
    "event.team": "fno_rc",
    "event.age": "adult",
    manager: "no",
    decision_maker: "no",
    representative: "no",
  })) {
    await person.answer(name, value);
  }
  await person.press("Continue to what this makes");
  await person.sees("There is a problem");
  const wrong = await person.wrongBeside("event.detained_at");
  if (!wrong.includes("a day and a time")) world.fault(page.url(), `an hour that there is not is told as: ${wrong}`);
  await person.typesMoment("event.detained_at", "18 10 2026", "2.30pm");
  await planned(person);
  await person.sees("Nothing has been made yet");
  await person.press("Drop this case");
  await person.until(`/cases/${CASE}`, async (page) => (await page.locator("h1").innerText()).includes(CASE));
}

async function isReviewed(world, person) {
  const { page } = person;
  await starts(person, "Detention was reviewed", { known: true });
  await page.locator("[name='event.removability']").fill("A travel document was asked for.");
  await person.answer("event.stage", "24h");
  await person.typesDate("event.done_on", "1 12 2026");
  await person.answer("event.level", "none");
  await person.answer("event.outcome", "maintain");
  await person.answer("event.authorised", "no");
  await person.press(/^Add/);
  await person.answer("event.factors.0.factor", "removal_likelihood_and_time");
  await page.locator("[name='event.factors.0.considered']").fill("A flight is booked.");
  await person.press("Continue to what this makes");
  // What is asked because of an answer, with its bound.
  const unsaid = await person.wrongBeside("event.reasons");
  if (!unsaid) world.fault(page.url(), "the reasons for the person are not asked for");
  await page.locator("[name='event.reasons']").fill("You stay in detention because your removal is set for next week.");
  const bound = await page.locator(".govuk-form-group", { has: page.locator("[name='event.reasons']") }).first().innerText();
  if (!/characters/.test(bound)) world.fault(page.url(), `no bound is said of the reasons: ${bound}`);
  // Each fault that the office alone can see stands beside its answer.
  await person.press("Continue to what this makes");
  await person.sees("There is a problem");
  const future = await person.wrongBeside("event.done_on");
  if (!future) world.fault(page.url(), "a review that is yet to come has no fault beside its day");
  const stage = await person.wrongBeside("event.stage");
  if (!/has no 24-hour review/.test(stage)) world.fault(page.url(), `a stage that the timetable does not have is told as: ${stage}`);
  await person.typesDate("event.done_on", "23 11 2026");
  await person.answer("event.stage", "m1");
  await planned(person);
  await person.sees("1 message would be held");
  await person.sees("needs the authority of an SEO or Inspector");
  await person.press("Drop this case");
}

// Goes on to the plan; nothing is wrong any more.
async function planned(person) {
  await person.press("Continue to what this makes");
  const wrong = person.page.locator(".govuk-error-summary");
  if (await wrong.count()) throw new Error(`there is a problem: ${await wrong.innerText()}`);
}

// What runs in the case, from the top: each with its day, and whether it is marked as over.
async function clocks(person) {
  await person.open(`/cases/${CASE}`);
  const table = person.page.locator("h2", { hasText: "What runs" }).locator("xpath=following::table[1]");
  const rows = await table.locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => ({
      day: row.cells[0].innerText,
      late: Boolean(row.querySelector(".govuk-tag--red")),
      what: row.cells[2].innerText,
    })),
  );
  const days = rows.map((row) => Date.parse(row.day.replace(/^\w+ /, "")));
  if (!rows.length || days.some((day, at) => at && day < days[at - 1])) person.world.fault(person.page.url(), `what runs is not in order: ${rows.map((row) => row.day)}`);
  if (rows.some((row, at) => at && row.late && !rows[at - 1].late)) person.world.fault(person.page.url(), "what is over does not come first");
  return rows;
}
