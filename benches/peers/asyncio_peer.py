"""n random waits at once on asyncio, or on uvloop: what one writes by hand.

usage: asyncio_peer.py asyncio|uvloop N MAX_DELAY SEED
"""

import asyncio
import json
import random
import resource
import sys
import time


async def wait(delay):
    await asyncio.sleep(delay)
    return delay


async def wait_n(n, max_delay):
    ended = []
    for task in asyncio.as_completed([wait(random.uniform(0, max_delay)) for _ in range(n)]):
        ended.append(await task)
    return ended


def main():
    loop, n, max_delay, seed = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    random.seed(seed)
    run = asyncio.run
    if loop == "uvloop":
        import uvloop

        run = uvloop.run

    memory = status("VmRSS:")
    cpu = cpu_time()
    start = time.perf_counter()
    ended = run(wait_n(n, max_delay))
    total = time.perf_counter() - start
    cpu = cpu_time() - cpu
    memory = status("VmHWM:") - memory

    figures = {
        "n": len(ended),
        "total_s": total,
        "longest_s": max(ended, default=0.0),
        "cpu_s": cpu,
        "memory_bytes": memory,
        "out_of_order": sum(a > b for a, b in zip(ended, ended[1:])),
    }
    print(json.dumps(figures))


def cpu_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


main()
