"""A browser, driven over the W3C WebDriver protocol with nothing but the standard library.

https://www.w3.org/TR/webdriver2/. Everything waits for a condition in the page and for nothing else.
"""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Down": "\ue015", "Up": "\ue013"}
# What chromedriver says of a script that met a page being left, and of an element that was replaced or is not yet there.
LEFT = ("by navigation", "loader has changed", "context was destroyed", "context with specified id", "frame was detached")
MOVED = (
    "stale", "intercepted", "not interactable", "does not belong to the document", "no such element",
    "invalid element state")


class Missing(AssertionError):
    """Something that was awaited did not come."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Driver:
    """chromedriver, and the sessions it runs."""

    def __init__(self):
        self.port = free_port()
        self.home = tempfile.mkdtemp(prefix="roost-browser-")
        self.log = open(f"{self.home}/chromedriver.log", "wb")
        self.process = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"], stdout=self.log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                if self.call("GET", "/status")["ready"]:
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Missing("chromedriver did not start")
            time.sleep(0.05)

    def call(self, method, path, body=None, timeout=90):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise Missing(f"{method} {path}: {value.get('error')}: {value.get('message', '').splitlines()[0]}") from None

    def page(self, width=1280, height=800, dark=False):
        return Page(self, width, height, dark)

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


class Page:
    """One browser window of its own, with a profile of its own."""

    def __init__(self, driver, width, height, dark):
        self.driver = driver
        arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--force-color-profile=srgb", "--lang=en-US", f"--window-size={width},{height}"]
        if dark:
            arguments.append("--blink-settings=preferredColorScheme=0")
        # Told of every message of the console: a blocked script or style is one.
        wanted = {
            "pageLoadStrategy": "none", "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}
        made = driver.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.base = f"/session/{made['sessionId']}"
        self.size(width, height)

    def call(self, method, path, body=None):
        return self.driver.call(method, self.base + path, body)

    def size(self, width, height):
        """The size of the page itself, smaller than what a window may have."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def cdp(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """What a script returns; in the next page when this one is just being left."""
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})
            except Missing as error:
                if not any(word in str(error) for word in LEFT) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def until(self, what, script, *arguments, seconds=30):
        """Waits until a script returns something that is true, and returns that."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value, refused = self.run(script, *arguments), ""
            except Missing as error:
                # The script met something of the page that was not there yet, or no more.
                value, refused = None, f"; last: {error}"
            if value:
                return value
            if time.monotonic() > deadline:
                text = self.run("return document.body ? document.body.innerText.slice(0, 3000) : '(no page)'")
                raise Missing(
                    f"waited {seconds} s for {what}{refused}; the page says:\n{text}\nconsole: {self.messages()}")
            time.sleep(0.05)

    def text(self, selector="main"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def says(self, text, selector="main", seconds=30):
        self.until(
            f"{selector} to say {text!r}",
            "return document.querySelector(arguments[0])?.innerText.includes(arguments[1])", selector, text,
            seconds=seconds)

    def gone(self, text, selector="main", seconds=30):
        self.until(
            f"{selector} not to say {text!r}",
            "const found = document.querySelector(arguments[0]); return found && !found.innerText.includes(arguments[1])",
            selector, text, seconds=seconds)

    def find(self, selector, text=None, seconds=30):
        """An element that is shown; the first whose text is `text`, where that is given."""
        found = self.until(
            f"{selector} {text or ''}",
            "return [...document.querySelectorAll(arguments[0])].find((element) => element.checkVisibility() "
            "&& (arguments[1] === null || element.innerText.trim() === arguments[1]))",
            selector, text, seconds=seconds)
        return found[ELEMENT]

    def click(self, selector, text=None, seconds=30):
        """A real click; what stands over the element, or comes anew in its place meanwhile, is tried again."""
        self.on(selector, text, "click", {}, seconds)

    def on(self, selector, text, command, body, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.call("POST", f"/element/{self.find(selector, text, seconds)}/{command}", body)
            except Missing as error:
                if not any(word in str(error) for word in MOVED) or time.monotonic() > deadline:
                    raise
                if "intercepted" in str(error):
                    # chromedriver scrolls to what is outside the window, not to what the page's bar lies over.
                    self.run("document.querySelector(arguments[0])?.scrollIntoView({ block: 'center' })", selector)
                time.sleep(0.05)

    def type(self, selector, text, clear=True):
        if clear:
            self.on(selector, None, "clear", {})
        self.on(selector, None, "value", {"text": text})

    def press(self, *keys):
        """Keys, one after the other, where the focus is."""
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def alert(self):
        """The text of a dialog of the browser's own; None when there is none."""
        try:
            return self.call("GET", "/alert/text")
        except Missing:
            return None

    def messages(self):
        """What the browser complained of since the last time."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def picture(self, file):
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        with contextlib.suppress(Missing):
            self.call("DELETE", "")
