"""What the tests of the console have in common: one browser, one cluster, and what must hold of every page."""

import unittest

from cluster import API, Place
from webdriver import Driver


# What the one process serves; the tests give jobs to queues of their own.
QUEUES = "default,bad,err,valve,ticks,search,many,keys,behind,hostile,hostile-errors,live"


class Case(unittest.TestCase):
    """Starts the browser and the processes once for its tests; each test has a window of its own."""

    longMessage = True

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.driver = Driver()
        cls.addClassCleanup(cls.driver.close)
        cls.begin()

    @classmethod
    def begin(cls):
        """One process with demonstration handlers, unless a test wants another cluster."""
        cls.up = cls.place.start("up", "--demo", "--store", "memory:", "--concurrency", "8", "--queues", QUEUES)
        parts = cls.up.ready()
        cls.console, cls.api = parts["console"], API(parts["http"])

    def setUp(self):
        self.page = self.driver.page()
        self.addCleanup(self.page.close)

    def tearDown(self):
        # The policy of the page forbids every script that is not a file of it: one that was tried shows here.
        refused = [text for text in self.page.messages() if "Content Security Policy" in text or "Uncaught" in text]
        self.assertEqual(refused, [])
        self.assertIsNone(self.page.run("return window.__xss ?? null"))

    def go(self, address="", base=None):
        """Opens a page of the console and waits until it is there."""
        self.page.open(f"{base or self.console}/#/{address}")
        self.page.until("the page", "return document.querySelector('#h-page') !== null")

    def live(self):
        self.page.says("Live", "#live")

    def path(self):
        return self.page.run("return location.hash")
