"""Measures job systems from outside, all in one way.

A system is two commands. A client (`enqueue N`, `bulk N`, `concurrent N`, `latency COUNT GAP_MS`) prints
`RESULT {"n","secs"}`. A worker counts each handler's start in the file BENCH_SLOT.PID (three 64-bit numbers: count,
first, last start in ns) and appends latencies in µs to the file BENCH_LAT. Processor time is the kernel's, of whole
process trees, without what it takes to start them.
"""
import glob
import json
import os
import re
import signal
import struct
import subprocess
import tempfile
import time

from servers import Fail, File, Process, Redis

TICKS = os.sysconf("SC_CLK_TCK")


def processes():
    """pid → (parent, seconds of processor time with that of ended children)."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                text = f.read()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2:].split()
        found[int(pid)] = int(fields[1]), sum(map(int, fields[11:15])) / TICKS
    return found


def family(root):
    found, members, size = processes(), [root], 0
    while size < len(members):
        size = len(members)
        members += [pid for pid, (parent, _) in found.items() if parent in members and pid not in members]
    return {pid: found[pid][1] for pid in members if pid in found}


def cpu_of(root):
    return sum(family(root).values())


def rss_of(root):
    """MB."""
    total = 0
    for pid in family(root):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("Rss:"))
        except OSError:
            pass
    return total / 1024


def filled(argv, env):
    """With `$BENCH_…` (and `$PORT`, the server's) replaced."""
    names = dict(env, PORT=env.get("BENCH_PORT", ""))
    return [re.sub(r"\$(BENCH_\w+|PORT)", lambda m: names.get(m[1], ""), word) for word in argv]


class System:
    """One system on one fresh server."""

    def __init__(self, name, description, scratch, seconds, durability):
        self.name, self.what, self.scratch, self.seconds = name, description, scratch, seconds
        self.server = (File if description["kind"] == "sqlite" else Redis)(scratch, durability)
        self.slot = f"{scratch}/slot-{name}"

    def stop(self):
        self.server.stop()
        self._forget()

    def _forget(self):
        for path in glob.glob(glob.escape(self.slot) + "*"):
            os.unlink(path)

    # -- giving jobs ----------------------------------------------------------------------------------------------

    def client(self, *words, timeout=120):
        """What it printed, with `cpu`: the seconds of processor time it took, starting included."""
        env = dict(os.environ, **self.what["env"], **self.server.env, BENCH_SLOT=self.slot + "-client")
        argv = filled(self.what["client"], env)
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(
                [*argv, *map(str, words)], env=env, cwd=self.what["cwd"], stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
            deadline = time.monotonic() + timeout
            while True:
                pid, _, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > deadline:
                    os.killpg(process.pid, signal.SIGKILL)
                    deadline += 60
                time.sleep(0.002)
            process.returncode = 0  # Awaited above.
            out.seek(0)
            text = out.read().decode(errors="replace")
        found = re.search(r"RESULT (\{.*\})", text)
        if not found:
            raise Fail(f"client {' '.join(map(str, words))}: {text.strip()[-300:] or 'no result'}")
        return dict(json.loads(found.group(1)), cpu=usage.ru_utime + usage.ru_stime, rss=usage.ru_maxrss / 1024)

    def give(self, mode, least, most):
        """Jobs of about the seconds aimed at; None where the system has no such mode."""
        self.server.clear()
        try:
            first = self.client(mode, least)
        except Fail:
            if mode == "concurrent":
                return None
            raise
        if first.get("unsupported"):
            return None
        rate = first["n"] / max(first["secs"], 1e-3)
        count = int(min(most, max(2 * least, rate * self.seconds))) // 1000 * 1000 or 1000
        self.server.clear()
        before = self.server.reading()
        run = self.client(mode, count)
        after = self.server.reading()
        return dict(
            jobs=count, rate=count / run["secs"], note=run.get("note"), client_rss=run["rss"],
            # What starting the program takes cancels out.
            client_us=max(0, run["cpu"] - first["cpu"]) / (count - first["n"]) * 1e6,
            **self._each(before, after, count))

    @staticmethod
    def _each(before, after, jobs):
        return dict(
            server_us=(after["cpu"] - before["cpu"]) / jobs * 1e6, calls=(after["calls"] - before["calls"]) / jobs,
            reads=(after["reads"] - before["reads"]) / jobs, bytes=(after["bytes"] - before["bytes"]) / jobs)

    # -- having them done -----------------------------------------------------------------------------------------

    def started(self):
        """How many handlers, the first and the last start in ns."""
        count, first, last = 0, None, None
        for path in glob.glob(glob.escape(self.slot) + ".*"):
            with open(path, "rb") as f:
                data = f.read(24)
            if len(data) == 24 and data[:8] != bytes(8):
                n, a, z = struct.unpack("<QQQ", data)
                count, first, last = count + n, min(a, first or a), max(z, last or z)
        return count, first, last

    def worker(self, concurrency, jobs, latencies=""):
        env = dict(self.what["env"], **self.what["worker_env"], **self.server.env)
        env.update(BENCH_SLOT=self.slot, BENCH_CONC=concurrency.split(":")[-1], BENCH_N=str(jobs), BENCH_LAT=latencies)
        argv = filled(self.what["worker"](concurrency), env)
        return Process(argv, env, f"{self.scratch}/{self.name}.log", self.what["cwd"])

    def log(self):
        with open(f"{self.scratch}/{self.name}.log", "rb") as f:
            return f.read()[-300:].decode(errors="replace").strip()

    def drain(self, concurrency, jobs, limit=60):
        """All of these jobs by its workers, from the first handler's start to the last one's."""
        self.server.clear()
        for mode in (self.what["prefill"], "enqueue"):
            if not self.client(mode, jobs).get("unsupported"):
                break
        begin, seen, count, deadline = None, 0, 0, time.monotonic() + limit
        self._forget()
        before = self.server.reading()
        workers = [self.worker(concurrency, jobs) for _ in range(self.what.get("workers", 1))]
        try:
            while count < jobs:
                time.sleep(0.02)
                if time.monotonic() > deadline:
                    raise Fail(f"{count} of {jobs} jobs within {limit} s at a concurrency of {concurrency}")
                if any(worker.popen.poll() is not None for worker in workers):
                    raise Fail(f"a worker ended: {self.log()}")
                count = self.started()[0]
                if count and begin is None:
                    # What starting the program takes is not the jobs'.
                    seen, begin = count, sum(cpu_of(worker.pid) for worker in workers)
            # The last ones are started, not yet settled.
            time.sleep(0.3)
            cpu = sum(cpu_of(worker.pid) for worker in workers)
            after, rss = self.server.reading(), sum(rss_of(worker.pid) for worker in workers)
            count, first, last = self.started()
        finally:
            for worker in workers:
                worker.stop()
        return dict(
            jobs=jobs, rate=(count - 1) / max(1e-9, (last - first) / 1e9), concurrency=concurrency, rss=rss,
            worker_us=(cpu - begin) / max(1, count - seen) * 1e6,
            **self._each(before, after, jobs))

    def latency(self, concurrency, count=300, gap=10):
        """One job at a time to an idle worker, from the call to the handler's start."""
        self.server.clear()
        path = self.slot + "-latencies"
        self._forget()
        worker = self.worker(concurrency, 10 ** 9, path)
        try:
            deadline = time.monotonic() + 30
            warm = self.client("enqueue", 50)["n"]
            while self.started()[0] < warm * 0.6:  # Some count every 32nd only.
                if time.monotonic() > deadline:
                    raise Fail(f"an idle worker does not start jobs: {self.log()}")
                time.sleep(0.05)
            time.sleep(1)
            idle, begin = cpu_of(worker.pid), time.monotonic()
            time.sleep(1)
            idle = (cpu_of(worker.pid) - idle) / (time.monotonic() - begin)
            rss = rss_of(worker.pid)
            self.client("latency", count, gap)
            values, deadline = [], time.monotonic() + 10
            while len(values) < count and time.monotonic() < deadline:
                time.sleep(0.05)
                if os.path.exists(path):
                    with open(path) as f:
                        values = sorted(float(line) / 1000 for line in f.read().split("\n")[:-1])
        finally:
            worker.stop()
        if not values:
            raise Fail("no latency was written down")
        at = lambda share: values[min(len(values) - 1, int(len(values) * share))]  # noqa: E731
        return dict(jobs=len(values), p50_ms=at(0.5), p99_ms=at(0.99), max_ms=values[-1], idle_cores=idle, idle_rss=rss)
