"""dashboard_shot.py URL CREDENTIALS SLUG PICTURE

Opens a dashboard in headless Chromium, waits until every chart is drawn, takes a picture, and prints what it saw as
JSON: how many charts, error boxes and so on there are, and what the page asked Superset for. Selenium comes with
Superset; Chromium and its driver with Debian.
"""

import http.cookiejar
import json
import os
import re
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

PATIENCE_SECONDS = 180

COUNT = """
const count = (selector) => document.querySelectorAll(selector).length;
return {
  places: count(".dashboard-component-chart-holder"),
  drawn: count(".slice_container"),
  pictures: count(".slice_container canvas"),
  tables: count(".slice_container table"),
  loading: count("[data-test='loading-indicator'], .loading"),
  errors: count(".ant-alert-error"),
  missing: count(".missing-chart-container"),
  text: document.body.innerText,
}
"""
HEIGHT = """
const charts = [...document.querySelectorAll(".dashboard-component-chart-holder")];
return Math.ceil(Math.max(...charts.map((chart) => chart.getBoundingClientRect().bottom), 400)) + 40
  + window.outerHeight - window.innerHeight;
"""


def session_cookie(url, user, password):
    """The login form by plain HTTP: there is nothing to click."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(url + "/login/").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page) or re.search(
        r'csrf_token&#34;: ?&#34;([^&]+)&#34;', page
    )
    form = {"username": user, "password": password}
    if token:
        form["csrf_token"] = token.group(1)
    request = urllib.request.Request(
        url + "/login/", urllib.parse.urlencode(form).encode(), headers={"Referer": url + "/login/"}
    )
    answer = opener.open(request)
    if "/login" in answer.url:
        sys.exit("Superset refused the login")
    return {cookie.name: cookie.value for cookie in jar}["session"]


def make_browser():
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-first-run",
        "--lang=en-US",
        "--force-device-scale-factor=1",
        # Tall enough that no chart waits for being scrolled to.
        "--window-size=1500,2600",
        # Superset's pages ask for a picture from elsewhere; nothing leaves this machine.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def wait_until_drawn(browser):
    """Four looks in a row, since a chart that is drawn can begin to load again."""
    end = time.time() + PATIENCE_SECONDS
    quiet = 0
    while time.time() < end and quiet < 4:
        seen = browser.execute_script(COUNT)
        places = seen["drawn"] + seen["errors"] + seen["missing"]
        quiet = quiet + 1 if seen["places"] and places >= seen["places"] and not seen["loading"] else 0
        time.sleep(0.25)
    # The charts move into their places.
    time.sleep(1)
    return quiet >= 4


def chart_requests(browser):
    asked = {}
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        parameters = message["params"]
        if message["method"] == "Network.requestWillBeSent":
            if "/api/v1/chart/data" in parameters["request"]["url"]:
                asked[parameters["requestId"]] = {
                    "isFilter": "NATIVE_FILTER" in (parameters["request"].get("postData") or "")
                }
        elif message["method"] == "Network.responseReceived" and parameters["requestId"] in asked:
            asked[parameters["requestId"]]["status"] = parameters["response"]["status"]
    for number, request in asked.items():
        body = browser.execute_cdp_cmd("Network.getResponseBody", {"requestId": number})["body"]
        result = json.loads(body).get("result", [{}])[0]
        request["isCached"] = result.get("is_cached") is True
        request["rows"] = result.get("rowcount")
    return list(asked.values())


def main():
    url, credentials, slug, picture = sys.argv[1:5]
    with open(credentials) as file:
        user, password = file.readline().rstrip("\n").split(":", 1)
    browser = make_browser()
    try:
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd(
            "Network.setCookie",
            {"name": "session", "value": session_cookie(url, user, password), "url": url + "/", "httpOnly": True},
        )
        browser.set_page_load_timeout(PATIENCE_SECONDS)
        browser.get(f"{url}/superset/dashboard/{slug}/?standalone=2")
        is_drawn = wait_until_drawn(browser)
        seen = browser.execute_script(COUNT)
        browser.set_window_size(1500, browser.execute_script(HEIGHT))
        time.sleep(1)
        browser.save_screenshot(picture)
        print(json.dumps({"isDrawn": is_drawn, **seen, "requests": chart_requests(browser)}))
    finally:
        browser.quit()


# Chromium leaves files in the folder for temporary files when its driver ends it.
with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
    os.environ["TMPDIR"] = temporary
    main()
