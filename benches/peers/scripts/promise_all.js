// n random waits at once in Node, awaited by Promise.all, as people write them by hand.
//
// usage: promise_all.js N MAX_DELAY SEED
"use strict";

const fs = require("node:fs");

const late = [];

async function waitN(n, maxDelay, random) {
  const start = performance.now();
  const ended = [];
  const wait = (delay) =>
    new Promise((resolve) => setTimeout(resolve, delay * 1000)).then(() => {
      late.push(performance.now() - start - delay * 1000);
      ended.push(delay);
    });
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

  const figures = {
    n: ended.length,
    total_s: total,
    longest_s: ended.reduce((a, b) => Math.max(a, b), 0),
    sum_s: ended.reduce((a, b) => a + b, 0),
    cpu_user_s: cpu.user / 1e6,
    cpu_system_s: cpu.system / 1e6,
    base_rss_bytes: memory,
    peak_rss_bytes: peak,
    out_of_order: ended.filter((delay, i) => i > 0 && ended[i - 1] > delay).length,
    early: late.filter((millis) => millis < 0).length,
    lateness_ns: histogram(late.filter((millis) => millis >= 0)),
  };
  console.log(JSON.stringify(figures));
}

// JavaScript's Math.random takes no seed.
function mulberry32(seed) {
  let state = seed % 4294967296;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function histogram(late) {
  const counts = new Map();
  for (const millis of late) {
    const nanos = Math.round(millis * 1e6);
    const width = 2 ** Math.max(0, Math.floor(Math.log2(nanos || 1)) - 6);
    const value = Math.floor(nanos / width) * width + Math.floor(width / 2);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => a[0] - b[0]);
}

function status(field) {
  const line = fs.readFileSync("/proc/self/status", "utf8").split("\n").find((l) => l.startsWith(field));
  return Number(line.split(/\s+/)[1]) * 1024;
}

main();
