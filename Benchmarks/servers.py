"""The servers that job systems are measured on, and processes to run them in."""
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

DURABILITY = {  # What an acknowledged job of a Redis store survives.
    "none": ("no AOF, no RDB", ["--appendonly", "no"]),
    "everysec": ("AOF, fsync each second", ["--appendonly", "yes", "--appendfsync", "everysec"]),
    "always": ("AOF, fsync before each reply", ["--appendonly", "yes", "--appendfsync", "always"]),
}


class Fail(Exception):
    """One system could not be measured; the others go on."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """In a session of its own, which ends with it."""

    def __init__(self, argv, env, log, cwd=None):
        self.log = open(log, "ab")
        self.popen = subprocess.Popen(
            argv, env=dict(os.environ, **env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            start_new_session=True)
        self.pid = self.popen.pid

    def stop(self, grace=1):
        for number, wait in ((signal.SIGTERM, grace), (signal.SIGKILL, 10)):
            try:
                os.killpg(self.pid, number)
                self.popen.wait(wait)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
        self.log.close()


class Redis:
    """A private server on loopback with an empty folder."""

    kind = "redis"

    def __init__(self, scratch, durability="none"):
        self.durability, options = DURABILITY[durability]
        self.folder = tempfile.mkdtemp(dir=scratch)
        self.port = free_port()
        self.process = Process(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
             *options], {}, f"{scratch}/redis.log")
        self.env = {"BENCH_PORT": str(self.port)}
        deadline = time.monotonic() + 10
        while self.cli("PING") != "PONG":
            if time.monotonic() > deadline:
                self.stop()
                raise Fail("redis-server does not answer")
            time.sleep(0.02)

    def cli(self, *words):
        run = subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, timeout=60)
        return run.stdout.strip()

    def clear(self):
        self.cli("FLUSHALL")

    def reading(self):
        lines = [line.partition(":")[::2] for line in self.cli("INFO", "everything").splitlines()]
        info = {key: value.strip() for key, value in lines}
        return dict(
            cpu=float(info["used_cpu_user"]) + float(info["used_cpu_sys"]), bytes=int(info["used_memory"]),
            # Those that scripts call as well.
            calls=int(info["total_commands_processed"]), reads=int(info["total_reads_processed"]))

    def stop(self):
        self.process.stop(2)
        shutil.rmtree(self.folder, ignore_errors=True)


class File:
    """A database file: it costs its client and its worker, and no server."""

    kind = "sqlite"
    durability = "WAL, fsync each commit"

    def __init__(self, scratch, durability="none"):
        self.folder = tempfile.mkdtemp(dir=scratch)
        self.clear()

    def clear(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.env = {"BENCH_DB": f"{self.folder}/jobs.db"}

    def reading(self):
        sizes = [os.path.getsize(path) for path in glob.glob(f"{self.folder}/*")]
        return dict(cpu=0.0, bytes=sum(sizes), calls=0, reads=0)

    def stop(self):
        shutil.rmtree(self.folder, ignore_errors=True)
