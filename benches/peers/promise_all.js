// n random waits at once in Node, awaited by Promise.all: what one writes by hand.
//
// usage: promise_all.js N MAX_DELAY SEED
"use strict";

const fs = require("node:fs");

async function waitN(n, maxDelay, random) {
  const ended = [];
  const wait = (delay) =>
    new Promise((resolve) => setTimeout(resolve, delay * 1000)).then(() => ended.push(delay));
  const waits = [];
  for (let i = 0; i < n; i++) waits.push(wait(random() * maxDelay));
  await Promise.all(waits);
  return ended;
}

async function main() {
  const [n, maxDelay, seed] = process.argv.slice(2).map(Number);
  const random = mulberry32(seed);

  const memory = status("VmRSS:");
  let cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  const ended = await waitN(n, maxDelay, random);
  const total = Number(process.hrtime.bigint() - start) / 1e9;
  cpu = process.cpuUsage(cpu);
  const peak = status("VmHWM:");

  let longest = 0;
  let outOfOrder = 0;
  ended.forEach((delay, i) => {
    longest = Math.max(longest, delay);
    if (i > 0 && ended[i - 1] > delay) outOfOrder++;
  });
  const figures = {
    n: ended.length,
    total_s: total,
    longest_s: longest,
    cpu_s: (cpu.user + cpu.system) / 1e6,
    memory_bytes: peak - memory,
    out_of_order: outOfOrder,
  };
  console.log(JSON.stringify(figures));
}

// Node's own Math.random takes no seed.
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function status(field) {
  const line = fs.readFileSync("/proc/self/status", "utf8").split("\n").find((l) => l.startsWith(field));
  return Number(line.split(/\s+/)[1]) * 1024;
}

main();
