"""Takes pictures of pages in headless Chromium, over WebDriver: `shoot.py FILE URL WIDTH HEIGHT [light|dark] …`.

Each page is given until its console is live, or, for any other page, until it is loaded.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../Tests/Browser"))

from webdriver import Driver  # noqa: E402

READY = """
const live = document.querySelector('#live');
if (!live) return document.readyState === 'complete';
const charts = [...document.querySelectorAll('.chart, .picture')];
return live.innerText.includes('Live') && document.querySelector('main tr.row, main .facts') !== null
  && charts.every((chart) => chart.querySelector('svg'))
  && (!document.querySelector('#topology') || document.querySelector('#topology .link') !== null);
"""


def main():
    words = sys.argv[1:]
    driver = Driver()
    try:
        while words:
            file, url, width, height, theme, *words = words
            page = driver.page(int(width), int(height), dark=theme == "dark")
            page.open(url)
            page.until("the page", READY)
            page.picture(file)
            page.close()
    finally:
        driver.close()


main()
