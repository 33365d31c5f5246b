// Enters: the name of a flow, and on standard input what it needs as JSON. Leaves: nothing and the code 0 if it went as
// it should, else what was wrong. Never: knows how the service was started.
import { text } from "node:stream/consumers";
import { start } from "./browser.mjs";

const asked = JSON.parse(await text(process.stdin));
const { default: flow } = await import(`./flows/${process.argv[2]}.mjs`);
const world = await start(asked);
let answer;
try {
  answer = await flow(world, asked);
} catch (error) {
  world.fault(process.argv[2], error.stack);
}
const faults = await world.end();
if (faults.length) {
  process.stderr.write(`${faults.length} faults:\n${[...new Set(faults)].join("\n")}\n`);
  process.exitCode = 1;
} else if (answer !== undefined) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
