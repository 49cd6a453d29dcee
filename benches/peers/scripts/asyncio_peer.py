"""n random waits at once on asyncio or uvloop, as people write them by hand.

usage: asyncio_peer.py asyncio|uvloop N MAX_DELAY SEED
"""

import asyncio
import collections
import json
import random
import resource
import sys
import time
from array import array

late = array("d")


async def wait(delay, start):
    await asyncio.sleep(delay)
    late.append(time.perf_counter() - start - delay)
    return delay


async def wait_n(n, max_delay):
    start = time.perf_counter()
    ended = []
    waits = [wait(random.uniform(0, max_delay), start) for _ in range(n)]
    for task in asyncio.as_completed(waits):
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
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    ended = run(wait_n(n, max_delay))
    total = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)

    figures = {
        "n": len(ended),
        "total_s": total,
        "longest_s": max(ended, default=0.0),
        "sum_s": sum(ended),
        "cpu_user_s": after.ru_utime - before.ru_utime,
        "cpu_system_s": after.ru_stime - before.ru_stime,
        "base_rss_bytes": memory,
        "peak_rss_bytes": status("VmHWM:"),
        "out_of_order": sum(a > b for a, b in zip(ended, ended[1:])),
        "early": sum(seconds < 0 for seconds in late),
        "lateness_ns": sorted(collections.Counter(bucket(s) for s in late if s >= 0).items()),
    }
    print(json.dumps(figures))


def bucket(seconds):
    nanos = round(seconds * 1e9)
    width = 1 << max(0, nanos.bit_length() - 7)
    return nanos // width * width + width // 2


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


main()
