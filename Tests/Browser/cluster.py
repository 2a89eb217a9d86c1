"""Real Roost processes, a real Redis, and a proxy, all on loopback, for the tests of the console."""

import contextlib
import http.client
import http.server
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from webdriver import Missing, free_port

BINARY = os.environ.get("ROOST_BINARY", ".build/debug/roost")


def eventually(what, ask, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Missing(f"waited {seconds} s for {what}")
        time.sleep(0.05)


class Program:
    """A running `roost`."""

    def __init__(self, *arguments, directory, **environment):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        self.output = f"{directory}/{arguments[0]}-{time.monotonic_ns()}.log"
        with open(self.output, "wb") as log:
            self.process = subprocess.Popen(
                [BINARY, *arguments, "--mesh-port", "0"], stdout=log, stderr=log, cwd=directory,
                env={"SWIFT_BACKTRACE": "enable=no", **kept, **environment})

    @property
    def printed(self):
        with open(self.output, errors="replace") as log:
            return log.read()

    def ready(self):
        """The parts of the line that says so: `member`, `http`, `console`."""
        def line():
            if self.process.poll() is not None:
                raise Missing(f"roost ended early:\n{self.printed}")
            return next((line for line in self.printed.splitlines() if " ready " in line), None)
        words = eventually(f"a ready line of {self.output}", line).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def kill(self, number=signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        self.process.wait(40)


class Redis:
    def __init__(self, directory):
        self.port, self.directory = free_port(), directory
        self.url = f"redis://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.directory, "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"], stdout=subprocess.DEVNULL)
        eventually("Redis", lambda: self.run("PING").strip() == "PONG")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def run(self, *command):
        return subprocess.run(
            ["redis-cli", "-p", str(self.port), *command], capture_output=True, text=True, check=False).stdout


def connections(address):
    """How many connections a server on this machine has."""
    port = int(address.rsplit(":", 1)[1])
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(1 for row in rows if int(row[1].split(":")[1], 16) == port and row[3] == "01")


class API:
    """What a program would do over HTTP."""

    def __init__(self, base, token=None):
        self.base, self.token = base, token

    def call(self, method, path, body=None, **headers):
        """The status and the reply, parsed where it is JSON."""
        data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                status, text = reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def get(self, path):
        return self.call("GET", path)[1]

    def enqueue(self, type, payload=None, **more):
        status, reply = self.call("POST", "/jobs", {"type": type, "payload": payload or {}, **more})
        if status != 202:
            raise Missing(f"POST /jobs: {status} {reply}")
        return reply["job_id"]

    def reaches(self, job, state):
        return eventually(f"job {job} to be {state}", lambda: self.get(f"/jobs/{job}")["status"] == state)


class Proxy:
    """A reverse proxy that has something under a prefix, as people put consoles on a site they have."""

    def __init__(self, target, prefix):
        host, port = target.removeprefix("http://").split(":")

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def pass_on(self):
                self.close_connection = True
                if not self.path.startswith(prefix):
                    return self.send_error(404)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                connection = http.client.HTTPConnection(host, int(port), timeout=120)
                try:
                    headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                    connection.request(self.command, "/" + self.path.removeprefix(prefix), body or None, headers)
                    reply = connection.getresponse()
                    self.send_response(reply.status)
                    for name, value in reply.getheaders():
                        if name.lower() not in ("transfer-encoding", "connection"):
                            self.send_header(name, value)
                    self.send_header("Connection", "close")
                    self.end_headers()
                    while piece := reply.read1(65536):
                        self.wfile.write(piece)
                        self.wfile.flush()
                except OSError:
                    pass
                finally:
                    connection.close()

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}{prefix}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Place:
    """A directory, and everything that runs in it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="roost-console-")
        self.programs, self.redis = [], None

    def start(self, role, *arguments, **environment):
        ports = {"up": ["--port", "0", "--console-port", "0"], "api": ["--port", "0"], "sysmon": ["--console-port", "0"]}
        program = Program(role, *ports.get(role, []), *arguments, directory=self.directory, **environment)
        self.programs.append(program)
        return program

    def close(self):
        for program in self.programs:
            program.process.terminate()
        for program in self.programs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.process.wait(20)
            program.kill()
        if self.redis:
            self.redis.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
