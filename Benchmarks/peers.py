#!/usr/bin/env python3
"""Roost beside other job systems on Redis servers of the same settings, in interleaved rounds, and redis-benchmark.

    Benchmarks/peers.py [--rounds 3] [--seconds 1] [--durability none|everysec|always] [--json FILE] [NAME...]

PEERS names a folder whose `bench.py` says in `P` how each system's client and worker are started; without it, or for
those of its systems that are not installed, says what was skipped and why, and measures the rest. ROOST names the
program (.build/release/roost). Prints medians, the ratios of each round's pair, and what each figure is worth: the
guarantee and the durability behind it. Names: any of P's, roost, roost-4 (nodes), roost-everysec, roost-always,
roost-sqlite, roost-memory, ceiling.
"""
import argparse
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from harness import System  # noqa: E402
from report import CEILING, SPEED, cell, get, report  # noqa: E402
from servers import DURABILITY, Fail, Redis  # noqa: E402

ROOST = os.path.abspath(os.environ.get("ROOST", ".build/release/roost"))
PEERS = os.environ.get("PEERS", "")
DEFAULT = ["roost", "sidekiq6", "saq", "taskiq-stream", "bullmq-py", "roost-sqlite", "raw-sqlite-full", "roost-memory",
           "roost-everysec", "roost-always", "roost-4", "ceiling"]
GUARANTEE = "at-least-once (lease, fencing)"
LEAST, MOST = 1000, 400_000  # Jobs of a run.
# What SQLite's setting means for a job that was accepted.
SYNCHRONOUS = {"FULL": "WAL, fsync each commit", "NORMAL": "WAL, fsync at checkpoints", "OFF": "WAL, no fsync"}


def roost(name, kind, store, durability=None):
    def worker(concurrency):
        return [ROOST, "bench", "worker", "--store", store, "--slot", "$BENCH_SLOT", "--latencies", "$BENCH_LAT",
                "--concurrency", concurrency]
    return dict(
        name=name, kind=kind, client=[ROOST, "bench", "client", "--store", store], worker=worker, cwd=None, env={},
        worker_env={}, prefill="bulk", concurrencies=["300", "800", "1500"], guarantee=GUARANTEE, results="yes",
        version="this tree", durability=durability, gap=10)


def known():
    systems = {
        "roost": roost("roost", "redis", "redis://127.0.0.1:$BENCH_PORT"),
        # Four nodes on one queue.
        "roost-4": dict(roost("roost-4", "redis", "redis://127.0.0.1:$BENCH_PORT"), workers=4),
        "roost-everysec": roost("roost-everysec", "redis", "redis://127.0.0.1:$BENCH_PORT", "everysec"),
        "roost-always": roost("roost-always", "redis", "redis://127.0.0.1:$BENCH_PORT", "always"),
        "roost-sqlite": roost("roost-sqlite", "sqlite", "sqlite:$BENCH_DB"),
        "roost-memory": roost("roost-memory", "memory", "memory:"),
    }
    path = os.path.join(PEERS, "bench.py")
    if not os.path.exists(path):
        return systems, "PEERS names no folder with bench.py"
    spec = importlib.util.spec_from_file_location("peers_bench", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, p in module.P.items():
        synchronous = re.search(r"synchronous=(\w+)", p["meta"]["version"])
        systems[name] = dict(
            name=name, kind=p["server"].kind, client=p["client"], worker=p["worker"], cwd=p["cwd"], env=p["env"],
            worker_env=p["wenv"], prefill=p["prefill"], concurrencies=p["concs"], guarantee=p["meta"]["guarantee"],
            results=p["meta"]["results"], version=p["meta"]["version"],
            durability=None, file=SYNCHRONOUS.get(synchronous and synchronous[1]), gap=p["gap"])
    return systems, None


def missing(what):
    """Why a system cannot be measured here; nothing if it can."""
    if what["kind"] not in ("redis", "sqlite", "memory"):
        return f"needs {what['kind']}"
    programs = [what["client"][0], what["worker"](what["concurrencies"][0])[0]]
    programs += ["redis-server", "redis-cli"] if what["kind"] == "redis" else []
    absent = [program for program in programs if not shutil.which(program)]
    return f"not installed: {', '.join(dict.fromkeys(absent))}" if absent else None


def in_one_process(store, jobs, scenarios, concurrency="300"):
    """`roost bench run`: the store, who gives jobs and who runs them in one process, as `roost up` is."""
    run = subprocess.run(
        [ROOST, "bench", "run", "--store", store, "--json", "--jobs", str(jobs), "--latencies", "300", "--concurrency",
         concurrency, *scenarios], capture_output=True, text=True, timeout=180)
    if run.returncode:
        raise Fail(run.stderr.strip()[-300:])
    names = {"enqueue": "single", "enqueue-64": "concurrent", "enqueue-bulk": "bulk"}
    row = {}
    for figure in map(json.loads, run.stdout.splitlines()):
        values = {key: figure[key] for key in ("p50_ms", "p99_ms", "max_ms") if key in figure}
        if "jobs/s" in figure:
            values = dict(rate=figure["jobs/s"], worker_us=figure["cpu_us/job"])
            if figure["scenario"] != "drain":
                values = dict(rate=figure["jobs/s"], client_us=figure["cpu_us/job"])
        row[names.get(figure["scenario"], figure["scenario"])] = values
    return row


def measure(what, best, options, scratch):
    """One round of one system: a row. `best` keeps the concurrency that drained fastest."""
    if what["kind"] == "memory":
        row = in_one_process("memory:", int(100_000 * options.seconds), [])
        return dict(row, durability="this process's life")
    system = System(what["name"], what, scratch, options.seconds, what["durability"] or options.durability)
    try:
        row, is_whole = dict(durability=what.get("file") or system.server.durability), what.get("workers", 1) == 1
        if is_whole:
            row.update(single=system.give("enqueue", 300, MOST), concurrent=system.give("concurrent", 1000, MOST),
                       bulk=system.give("bulk", LEAST, MOST))
        # Without a bulk call, some give many at once one by one.
        if row.get("bulk") and "concurrent" in (row["bulk"]["note"] or ""):
            row["concurrent"], row["bulk"] = row["bulk"], None
        rates = best.setdefault("rates", {})
        for concurrency in what["concurrencies"] if not rates else []:
            first = system.drain(concurrency, 1500)["rate"]
            # Longer, as the first is over before a fast one is warm.
            rates[concurrency] = system.drain(concurrency, min(100_000, int(first)))["rate"] if first > 3000 else first
        concurrency = max(rates, key=rates.get)  # Found in the first round.
        jobs = int(max(LEAST, min(MOST, rates[concurrency] * options.seconds)))
        row["drain"] = system.drain(concurrency, jobs)
        rates[concurrency] = row["drain"]["rate"]
        if what["name"] == "roost-sqlite":
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                row.update(in_one_process(f"sqlite:{folder}/jobs.db", 1000, ["latency"]))
        elif is_whole:
            row["latency"] = system.latency(concurrency, gap=what["gap"])
        return row
    finally:
        system.stop()


def ceiling(options, scratch):
    """What the server itself does, by redis-benchmark, with commands as large as a job."""
    if not shutil.which("redis-benchmark"):
        raise Fail("not installed: redis-benchmark")
    payload = "x" * 100
    server, row = Redis(scratch, options.durability), {}
    try:
        for key, clients, depth, guess in CEILING:
            count = int(guess * options.seconds)
            before = server.reading()
            run = subprocess.run(
                ["redis-benchmark", "-p", str(server.port), "-c", str(clients), "-P", str(depth), "-n", str(count),
                 "-r", "1000000", "--csv", "SET", "job:__rand_int__", payload],
                capture_output=True, text=True, timeout=120)
            rate = float(run.stdout.strip().splitlines()[-1].split('","')[1])
            row[key] = dict(rate=rate, server_us=(server.reading()["cpu"] - before["cpu"]) / count * 1e6)
            server.clear()
        return dict(row, durability=server.durability)
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", 3)))
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SECONDS_EACH", 1)))
    parser.add_argument(
        "--durability", choices=list(DURABILITY), default=os.environ.get("DURABILITY", "none"))
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured to it")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    if not shutil.which(ROOST):
        sys.exit(f"{ROOST} is not there: swift build -c release --product roost, or ROOST=PROGRAM")
    systems, nothing = known()
    begin, names, skipped = time.monotonic(), [], {}
    for name in options.names or DEFAULT:
        why = missing(systems[name]) if name in systems else nothing or "not one of PEERS"
        if why and name != "ceiling":
            skipped[name] = why
            print(f"skipped {name}: {why}", file=sys.stderr)
        else:
            names.append(name)
    rows, best, errors = {name: [] for name in names}, {}, []
    with tempfile.TemporaryDirectory(prefix="roost-peers-") as scratch:
        for number in range(options.rounds):
            # Who is first changes, and that which is compared stays near.
            for name in names[number % len(names):] + names[:number % len(names)]:
                start = time.monotonic()
                try:
                    row = ceiling(options, scratch) if name == "ceiling" else measure(
                        systems[name], best.setdefault(name, {}), options, scratch)
                    paths = [*SPEED, "drain.rate", "latency.p50_ms", "latency.p99_ms"]
                    text = " ".join(f"{path} {cell(get(row, path))}" for path in paths)
                except (Fail, subprocess.TimeoutExpired, OSError, KeyError, IndexError, ValueError) as error:
                    # One system that does not run here says nothing about the others.
                    row, text = None, f"failed: {error}"
                    errors.append(dict(round=number + 1, system=name, error=str(error)[:500]))
                rows[name].append(row)
                took = time.monotonic() - start
                print(f"round {number + 1} {name}: {text} ({took:.0f} s)", file=sys.stderr, flush=True)
    took = time.monotonic() - begin
    print(f"{options.rounds} rounds on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, in {took:.0f} s; medians")
    found = report(rows, systems)
    for name, why in skipped.items():
        print(f"\nskipped {name}: {why}")
    if options.json:
        everything = dict(
            when=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), machine=platform.platform(), cores=os.cpu_count(),
            rounds=options.rounds, seconds=options.seconds, durability=options.durability, took=took,
            systems={name: {key: systems[name][key] for key in ("version", "guarantee", "results", "kind")}
                     for name in names if name in systems},
            rows=rows, ratios=found, skipped=skipped, errors=errors)
        with open(options.json, "w") as f:
            json.dump(everything, f, indent=1)


main()
