// Watches the timeouts that are set, and changes what the browser does with them.

const { setTimeout, clearTimeout } = globalThis;
const { random } = Math;
const now = performance.now.bind(performance);

let open = new Set();
let spans = [];

// From here on timeouts are watched, and end after this part of their time.
export function watch(part) {
    open = new Set();
    spans = [];
    globalThis.setTimeout = (call, millis, ...rest) => {
        const timeout = setTimeout((...given) => {
            open.delete(timeout);
            call(...given);
        }, millis * part, ...rest);
        open.add(timeout);
        spans.push(millis);
        return timeout;
    };
    globalThis.clearTimeout = (timeout) => {
        open.delete(timeout);
        clearTimeout(timeout);
    };
}

// How many are set and have not ended.
export const openTimeouts = () => open.size;

// How long those were to be that were set since the last call.
export const takeSpans = () => spans.splice(0);

// The clock goes by steps of so many milliseconds.
export function coarsen(step) {
    performance.now = () => Math.floor(now() / step) * step;
}

// Chance is no more: every number is this one.
export function fix(number) {
    Math.random = () => number;
}

// Everything is as it was.
export function restore() {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Math.random = random;
    delete performance.now;
}
