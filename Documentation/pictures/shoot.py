"""Takes a picture of a page in headless Chromium, over WebDriver: `shoot.py FILE URL WIDTH HEIGHT [SECONDS]`.

The page is given some seconds: one that keeps a stream open never finishes loading.
"""

import base64
import json
import subprocess
import sys
import time
import urllib.request

PORT = 19515


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data, {"Content-Type": "application/json"})
    request.get_method = lambda: method
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)["value"]


def main():
    file, url, width, height = sys.argv[1:5]
    seconds = float(sys.argv[5]) if len(sys.argv) > 5 else 4
    driver = subprocess.Popen(["chromedriver", f"--port={PORT}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                call("GET", "/status")
                break
            except OSError:
                time.sleep(0.1)
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", f"--window-size={width},{height}"]}
        wanted = {"alwaysMatch": {"pageLoadStrategy": "none", "goog:chromeOptions": options}}
        session = call("POST", "/session", {"capabilities": wanted})["sessionId"]
        call("POST", f"/session/{session}/url", {"url": url})
        time.sleep(seconds)
        picture = call("GET", f"/session/{session}/screenshot")
        with open(file, "wb") as out:
            out.write(base64.b64decode(picture))
        call("DELETE", f"/session/{session}")
    finally:
        driver.terminate()
        driver.wait(10)


main()
