"""A cluster of processes on Redis: members come and die, Redis goes and comes back, and watching costs the same always."""

import contextlib
import http.client
import os
import re
import signal
import threading
import unittest

from case import Case
from cluster import API, Redis, eventually

JOBS = int(os.environ.get("ROOST_CONSOLE_JOBS", "100000"))


class Watcher:
    """A console that is open elsewhere: its stream, and what the overview asks for beside it."""

    def __init__(self, console):
        self.address = console.removeprefix("http://")
        self.snapshots, self.is_open = 0, True
        self.connection = http.client.HTTPConnection(self.address, timeout=60)
        self.connection.request("GET", "/events")
        self.reply = self.connection.getresponse()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        with contextlib.closing(http.client.HTTPConnection(self.address, timeout=60)) as asker:
            while self.is_open and (line := self.reply.readline()):
                if line.startswith(b"event: snapshot"):
                    self.snapshots += 1
                    for path in ("/times", "/links"):
                        asker.request("GET", path)
                        asker.getresponse().read()

    def close(self):
        self.is_open = False
        self.thread.join(60)
        self.reply.close()
        self.connection.close()


class Cluster(Case):
    @classmethod
    def begin(cls):
        cls.place.redis = cls.redis = Redis(cls.place.directory)
        store = ["--store", cls.redis.url]
        cls.node = ["node", "--demo", *store, "--concurrency", "4"]
        api = cls.place.start("api", *store)
        cls.sysmon = cls.place.start("sysmon", *store, "--plain")
        cls.place.start(*cls.node)
        cls.console, cls.api = cls.sysmon.ready()["console"], API(api.ready()["http"])

    def row(self, name):
        return self.page.run("return document.querySelector(`tr[data-key='${arguments[0]}']`)?.innerText ?? ''", name)

    def test_a_node_that_joins_and_dies_is_seen_without_a_reload(self):
        self.go("nodes")
        self.live()
        self.page.run("window.loadedOnce = true")
        program = self.place.start(*self.node)
        name = program.ready()["member"]
        self.page.until("the new node", "return document.querySelector(`tr[data-key='${arguments[0]}']`)?.innerText.includes('up')", name)
        self.page.until("its place in the picture", "return [...document.querySelectorAll('#topology title')].some((each) => each.textContent.startsWith(arguments[0]))", name)
        self.page.until("its connections", "return document.querySelectorAll('#topology .link').length >= 4")
        program.kill()
        self.page.until("the loss", "return document.querySelector(`tr[data-key='${arguments[0]}']`)?.innerText.includes('LOST')", name, seconds=60)
        self.page.says("1 lost", "#pill-nodes")
        self.assertTrue(self.page.run("return window.loadedOnce"))
        self.go()
        self.page.says("lost", ".log")
        self.go(f"nodes/{name}")
        self.page.says("LOST")

    def test_redis_stopped_and_started_again(self):
        job = self.api.enqueue("noop")
        self.api.reaches(job, "done")
        self.go("jobs")
        self.live()
        self.page.says("noop")
        self.redis.stop()
        self.page.says("Stale since", "#banners", seconds=60)
        self.page.says("away", "#pill-store")
        self.page.says("noop")
        self.go(f"jobs/{job}")
        self.page.says("not reachable", "main", seconds=60)
        self.redis.start()
        self.page.gone("Stale since", "#banners", seconds=60)
        self.page.says("Done", ".timeline", seconds=60)
        self.go()
        self.page.says("ok", "#pill-store")

    def test_the_console_itself_stopped_and_started_again(self):
        port = self.console.rsplit(":", 1)[1]
        self.go("queues")
        self.live()
        self.sysmon.kill()
        self.page.says("No connection to this console", "#banners", seconds=60)
        self.page.says("Stale since", "#banners")
        def start():
            type(self).sysmon = self.place.start("sysmon", "--store", self.redis.url, "--plain", "--console-port", port)
            self.sysmon.ready()
            self.live()
            self.page.gone("No connection", "#banners", seconds=60)
        start()
        # Told to stop it does, although somebody watches: streams never end by themselves.
        self.sysmon.kill(signal.SIGTERM)
        self.assertEqual(self.sysmon.process.returncode, 0, self.sysmon.printed[-2000:])
        self.page.says("Reconnecting", "#live")
        start()

    def test_a_node_is_drained_and_takes_work_again(self):
        name = eventually("a worker", lambda: next((node["name"] for node in self.api.get("/nodes") if node["role"] == "worker" and node["state"] == "up"), None))
        self.go(f"nodes/{name}")
        self.page.click(".actions .button", "Drain")
        self.page.click("dialog .button", "Drain 1 node")
        self.page.says("draining", ".facts", seconds=60)
        self.page.click(".actions .button", "Take work again", seconds=60)
        self.page.says("up", ".facts", seconds=60)
        self.page.find(".actions .button", "Drain", seconds=60)

    def cost(self, seconds=4):
        """Commands of Redis for a snapshot, all consoles together, by name; what the workers do apart."""
        def commands():
            found = re.findall(r"cmdstat_([\w|]+):calls=(\d+)", self.redis.run("INFO", "commandstats"))
            return {name: int(calls) for name, calls in found}
        def sequence():
            return self.page.run("return fetch('snapshot').then((reply) => reply.json()).then((each) => each.sequence)")
        first, before = sequence(), commands()
        last = eventually("some snapshots", lambda: (now := sequence()) >= first + seconds and now)
        after = commands()
        return sum(after.values()) - sum(before.values()), last - first

    def test_twenty_consoles_over_many_jobs_cost_what_one_over_few_does(self):
        self.api.call("POST", "/queues/waiting/pause")
        def fill(count):
            for _ in range(0, count, 5000):
                rows = [{"type": "noop", "payload": {}, "queue": "waiting"}] * min(5000, count)
                self.assertEqual(self.api.call("POST", "/jobs/bulk", rows)[0], 202)
        fill(1000)
        self.go()
        self.live()
        one, snapshots = self.cost()
        few = one / snapshots
        fill(JOBS)
        # As nineteen browsers on other machines: one has but six connections to an origin.
        others = [Watcher(self.console) for _ in range(19)]
        for watcher in others:
            self.addCleanup(watcher.close)
        eventually("everybody to be told", lambda: all(watcher.snapshots > 1 for watcher in others))
        twenty, snapshots = self.cost()
        many = twenty / snapshots
        print(f"CONSOLE {few:.1f} commands a snapshot with 1,000 jobs and one console, {many:.1f} with {JOBS} and twenty")
        # Heartbeats and claims of the members are in both, and vary a little.
        self.assertLess(many, few * 1.5 + 10)


if __name__ == "__main__":
    unittest.main()
