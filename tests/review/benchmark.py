# ruff: noqa: T201 - a script that prints
"""How fast the review page is with many calls: python tests/review/benchmark.py FOLDER [CALLS]

Makes an archive of random calls in FOLDER if there is none, serves it in a process of its own, and prints milliseconds to
the first byte, to a page that can be used (Chromium, if installed), and the server's memory.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx
from archives import large_archive

PAGES = {
    "queue, open": "/calls?decision=open",
    "queue, all": "/calls",
    "queue, page 900": "/calls?page=900",
    "queue, five filters": "/calls?verdict=violation&rule=card_number_recorded&state=US-CA&queue=claims&since=2026-04-01",
    "queue, one agent": "/calls?agent=agent-010",
}
TIMES = 15


def milliseconds(client, path):
    """Median and worst time to the first byte."""
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        with client.stream("GET", path) as answer:
            chunks = answer.iter_raw()
            next(chunks)
            taken.append((time.perf_counter() - start) * 1000)
            list(chunks)
        assert answer.status_code == 200, path
    return f"{statistics.median(taken):7.0f} median {max(taken):7.0f} worst"


def memory_mb(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return {name: int(re.search(rf"{name}:\s+(\d+)", text)[1]) // 1024 for name in ("VmRSS", "VmHWM")}


def in_browser(base, cookies, pages):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": n, "value": v, "url": base} for n, v in cookies.items()])
        page = context.new_page()
        for name, path in pages.items():
            taken = []
            for _ in range(5):
                page.goto(base + path)
                page.wait_for_load_state("load")
                taken.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
            print(f"{name:24} interactive {statistics.median(taken):7.0f} ms")
        browser.close()


def main(folder, calls):
    out = Path(folder)
    if not out.exists():
        start = time.perf_counter()
        large_archive(out, calls)
        print(f"archive of {calls:,} calls made in {time.perf_counter() - start:.0f} s")
    environment = {**os.environ, "SCANNER_HMAC_KEY": "a key for benchmarks only"}
    start = time.perf_counter()
    program = "from scanner.cli.review import review; review()"
    command = [sys.executable, "-c", program, str(out), "--port", "0"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        link = ""
        while not link:
            link = re.search(r"http://\S+token=\S+|$", server.stdout.readline())[0]
        base = link.split("/enter")[0]
        with httpx.Client(base_url=base, timeout=120) as client:
            client.get(link)
            print(f"{'started, signed in':24} {(time.perf_counter() - start) * 1000:7.0f} ms")
            start = time.perf_counter()
            queue = client.get("/calls?decision=open")
            print(f"{'first page (reads all)':24} {(time.perf_counter() - start) * 1000:7.0f} ms")
            keys = re.findall(r"/calls/([0-9a-f]{24})", queue.text)
            for name, path in PAGES.items():
                print(f"{name:24} {milliseconds(client, path)} ms")
            taken = []
            for key in keys:
                start = time.perf_counter()
                assert client.get(f"/calls/{key}?decision=open").status_code == 200
                taken.append((time.perf_counter() - start) * 1000)
            print(
                f"{'call, first time':24} {statistics.median(taken):7.0f} median {max(taken):7.0f} worst ms ({len(keys)} calls)"
            )
            print(f"{'call, again':24} {milliseconds(client, f'/calls/{keys[0]}?decision=open')} ms")
            print(f"{'memory':24} {memory_mb(server.pid)} MB")
            if shutil.which("chromium"):
                in_browser(
                    base,
                    dict(client.cookies),
                    {"queue": "/calls?decision=open", "call": f"/calls/{keys[0]}?decision=open"},
                )
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
