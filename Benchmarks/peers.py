#!/usr/bin/env python3
"""Roost beside other job systems on the same Redis, measured by one harness, in interleaved rounds.

    PEERS=DIR Benchmarks/peers.py [ROUNDS [NAME...]]

DIR holds `bench.py`, which starts the servers, gives the jobs and watches the workers from outside; each system is a
client and a worker command. Prints medians and, for each system, how many times as fast Roost was in the same rounds.
ROOST names the program (.build/release/roost). SECONDS_EACH bounds a run (3).
"""
import json
import os
import statistics
import sys

peers = os.environ.get("PEERS", "")
if not os.path.exists(os.path.join(peers, "bench.py")):
    sys.exit("PEERS names no directory with bench.py: nothing to compare with")
os.environ.setdefault("BENCH_SECS", os.environ.get("SECONDS_EACH", "3"))
sys.path.insert(0, peers)
import bench  # noqa: E402

roost = os.path.abspath(os.environ.get("ROOST", ".build/release/roost"))
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
names = sys.argv[2:] or ["sidekiq6", "saq", "taskiq-stream", "bullmq-py", "raw-sqlite-full"]


def command(text):
    return ["sh", "-c", f"exec {roost} bench {text}", "roost"]


def system(store, **more):
    worker = f'worker --store {store} --slot "$BENCH_SLOT" --latencies "$BENCH_LAT" --concurrency "$BENCH_CONC"'
    return bench.peer(
        command(f'client --store {store} "$@"'), lambda c: command(worker), ["200"], lang="Swift 6",
        version="this tree", guarantee="at-least-once (lease, fencing)", results="yes", poll="pub/sub, no polling", **more)


bench.P["roost"] = system('"redis://127.0.0.1:$BENCH_PORT"')
bench.P["roost-sqlite"] = system('"sqlite:$BENCH_DB"', server=bench.NoServer)

COLUMNS = ["enqueue", "bulk", "drain", "p50", "p99", "rss", "worker_us", "redis_us", "calls", "bytes"]


def best(name, p, server):
    """The concurrency that drains fastest; found once."""
    rates = {c: bench.drain(p, server, c, 1500, 30)["jobs_per_s"] for c in p["concs"]}
    return max(rates, key=rates.get)


def once(name, conc):
    p = bench.P[name]
    p["name"] = name
    server = p["server"](p["server_args"])
    row = {}
    try:
        conc = conc or best(name, p, server)
        single, bulk = bench.enqueue(p, server, "enqueue"), bench.enqueue(p, server, "bulk")
        first = bench.drain(p, server, conc, 3000, 30)
        count = int(max(3000, min(p["drain_max"], first["jobs_per_s"] * bench.TARGET)))
        drain = bench.drain(p, server, conc, count)
        row = dict(
            enqueue=single["jobs_per_s"], bulk=bulk and bulk["jobs_per_s"], drain=drain["jobs_per_s"],
            rss=drain["rss_mb"], worker_us=drain["worker_cpu_s_per_1k"] * 1000,
            redis_us=drain["server_cpu_s_per_1k"] * 1000, calls=drain["redis_calls_per_job"],
            bytes=single["bytes_per_job"])
        if server.kind == "redis":
            late = bench.latency(p, server, conc, gap=p["gap"])
            row.update(p50=late["p50_ms"], p99=late["p99_ms"])
    finally:
        server.stop()
    return conc, row


def main():
    found, rows = {}, {}
    for turn in range(rounds):
        for name in ["roost", *names, "roost-sqlite"]:
            try:
                found[name], row = once(name, found.get(name))
                rows.setdefault(name, []).append(row)
                print(json.dumps(dict(round=turn, system=name, concurrency=found[name], **row)), flush=True)
            except Exception as error:  # One system that does not run here says nothing about the others.
                print(json.dumps(dict(round=turn, system=name, error=str(error)[:300])), flush=True)

    def median(name, column):
        values = [row[column] for row in rows[name] if row.get(column) is not None]
        return statistics.median(values) if values else None

    print("\n| system | " + " | ".join(COLUMNS) + " |\n|---|" + "--:|" * len(COLUMNS))
    for name in rows:
        cells = [median(name, column) for column in COLUMNS]
        print(f"| {name} | " + " | ".join("–" if cell is None else f"{cell:,.6g}" for cell in cells) + " |")
    print("\n| Roost is so many times as fast as | enqueue | bulk | drain |\n|---|--:|--:|--:|")
    for name in rows:
        mine = "roost-sqlite" if "sqlite" in name else "roost"
        if name == mine or mine not in rows:
            continue
        cells = []
        for column in ["enqueue", "bulk", "drain"]:
            ratios = [a[column] / b[column] for a, b in zip(rows[mine], rows[name]) if a.get(column) and b.get(column)]
            cells.append(f"{statistics.median(ratios):.1f}" if ratios else "–")
        print(f"| {name} | " + " | ".join(cells) + " |")


main()
