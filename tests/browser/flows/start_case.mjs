// A preparer starts a case: chooses what happened, answers, adds the report, sees what it makes, and drops it.
export default async function startCase(world) {
  const person = await world.person("preparer");
  const { page } = person;
  await person.press("Start a case");
  await person.press("An external medical report came in");
  await person.fill("The number of the case", "TEST-00901");
  await page.locator("input[name=way][value=all]").check();
  await person.press("Continue");

  const typed = {
    home_office_reference: "T9000901",
    "person.name": "Selamawit Quartermaine",
    "person.nationality": "Nowhere",
    "event.report.author": "Dr Invented",
    "event.report.profession": "consultant psychiatrist",
  };
  for (const [name, value] of Object.entries(typed)) await page.locator(`[name="${name}"]`).fill(value);
  for (const [name, date] of Object.entries({
    "detention.since": "1 9 2026",
    "person.date_of_birth": "17 5 1990",
    "event.received_on": "23 11 2026",
    "event.report.report_date": "16 11 2026",
    "event.report.assessed_on": "9 11 2026",
  })) {
    await person.typesDate(name, date);
  }
  await page.locator("[name='detention.place']").selectOption({ label: "Brook House (immigration removal centre)" });
  await page.locator("[name='caseworker.entry']").selectOption({ index: 1 });
  await page.locator("[name='manager.entry']").selectOption({ index: 1 });
  const answer = (name, words) => {
    const label = page.locator("label", { hasText: new RegExp(`^\\s*${words}\\s*$`, "i") });
    return label.locator(`xpath=../input[@name="${name}"]`).first().check();
  };
  for (const [name, words] of [
    ["person.interpreter_needed", "No"],
    ["manager.grade", "HEO"],
    ["decision_maker", "No"],
    ["representative", "No"],
    ["event.report.author_regulated", "No"],
    ["event.report.method", "in person"],
  ]) {
    await answer(name, words);
  }
  // Without the report there is a fault, beside the field for it.
  await person.press("Continue to what this makes");
  await person.sees("There is a problem");
  await person.fill(/^The register in which the author was looked for/, "General Medical Council");
  await page.locator("input[type=file]").setInputFiles({ name: "report.pdf", mimeType: "application/pdf", buffer: Buffer.from(world.asked.report) });
  await person.press("Continue to what this makes");
  // The file is there now, and has to be described.
  await page.locator("[name='attachments.0.kind'][value=external_medical_report]").check();
  await page.locator("[name='attachments.0.title']").fill("External medical report");
  await person.press("Continue to what this makes");
  if (await page.locator(".govuk-error-summary").count()) throw new Error(`there is a problem: ${await page.locator(".govuk-error-summary").innerText()}`);
  await person.sees("Nothing has been made yet");
  await person.press("Drop this case");
  await person.sees("TEST-00901");
}
