// Enters: the names of flows, and on standard input what they need as one line of JSON. Leaves: what the flows answer, and
// the code 0 if they went as they should, else what was wrong. Never: knows how the service was started, or lets a flow that
// fails keep the others from being tried.
//
// Between the two, a line that asks whoever started it to change the office is answered by a line once that is done.
import { createInterface } from "node:readline";
import { start } from "./browser.mjs";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => (await lines.next()).value;
const asked = JSON.parse(await read());
const world = await start(asked);
world.change = async (what) => {
  process.stdout.write(`change ${what}\n`);
  await read();
};
const answers = {};
for (const name of process.argv.slice(2)) {
  const began = Date.now();
  try {
    const { default: flow } = await import(`./flows/${name}.mjs`);
    answers[name] = await flow(world, asked);
  } catch (error) {
    world.fault(name, error.stack);
  }
  if (process.env.DESPATCH_TIMES) process.stderr.write(`${name}: ${Date.now() - began} ms\n`);
}
const faults = await world.end();
if (faults.length) {
  process.stderr.write(`${faults.length} faults:\n${[...new Set(faults)].join("\n")}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
process.stdin.destroy();
