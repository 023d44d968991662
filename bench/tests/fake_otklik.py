#!/usr/bin/env python3
"""A tiny server with otklik's commands and addresses, to test the benchmark itself.

The file `fault` beside the data folder makes it faulty, so that the tests can see each fault reported:
lose    one response in fifty is accepted and not stored
double  one response in fifty is stored twice
refuse  one response in fifty is answered 503
forget  accepted responses become durable only later: a kill loses the last of them
again   a form sent again is a new response
cut     a table to take along ends in its middle
silent  live pages are never told that something has changed
"""

import csv
import json
import os
import secrets
import signal
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

words, options, arguments = [], {}, sys.argv[1:]
while arguments:
    word = arguments.pop(0)
    if word in ("--json", "--password-stdin"):
        continue
    if word.startswith("--") and word != "--version":
        options[word] = arguments.pop(0)
    else:
        words.append(word)

if words == ["--version"]:
    print("fake 0")
    sys.exit()

data = options["--data-dir"]
fault_file = os.path.join(os.path.dirname(os.path.realpath(sys.argv[0])), "fault")
fault = open(fault_file).read() if os.path.exists(fault_file) else ""


def connect():
    database = sqlite3.connect(os.path.join(data, "fake.sqlite"), isolation_level=None, check_same_thread=False)
    # What a kill can lose is in the process; the power stays on in tests.
    database.execute("PRAGMA synchronous = OFF")
    return database


database = connect()
if words == ["migrate"]:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE body (code TEXT PRIMARY KEY)")
    database.execute("CREATE TABLE response (receipt TEXT, form TEXT, number INTEGER PRIMARY KEY)")
elif words[:2] == ["bodies", "import"]:
    with open(words[2], encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            database.execute("INSERT INTO body VALUES (?)", (row["code"],))
elif words == ["responses", "invent"]:
    rows = [(secrets.token_hex(10).upper(), f"invented-{n}") for n in range(int(options["--count"]))]
    database.execute("BEGIN")
    database.executemany("INSERT INTO response (receipt, form) VALUES (?, ?)", rows)
    database.execute("COMMIT")
elif words == ["user", "add"]:
    sys.stdin.read()
elif words[:2] == ["user", "reset-password"]:
    print(json.dumps({"temporary_password": "temporary"}))
elif words == ["responses", "count"]:
    print(json.dumps({"responses": database.execute("SELECT count(*) FROM response").fetchone()[0]}))
elif words == ["serve"]:
    lock = threading.Lock()
    count = 0
    codes = {code for (code,) in database.execute("SELECT code FROM body")}

    def store(form):
        """The receipt of a form, stored once; none when it is refused."""
        global count
        with lock:
            found = database.execute("SELECT receipt FROM response WHERE form = ?", (form,)).fetchone()
            if found and fault != "again":
                return found[0]
            count += 1
            faulty = fault if count % 50 == 0 else ""
            receipt = secrets.token_hex(10).upper()
            if faulty == "refuse":
                return None
            if fault == "forget" and not database.in_transaction and count > 220:
                database.execute("BEGIN")
            for _ in range({"lose": 0, "double": 2}.get(faulty, 1)):
                database.execute("INSERT INTO response (receipt, form) VALUES (?, ?)", (receipt, form))
            return receipt

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def answer(self, status, body):
            body = body.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def code_is_known(self):
            parts = self.path.split("/")
            return len(parts) == 4 and parts[1] == "qr" and parts[2] in codes

        def enter(self):
            self.send_response(303)
            self.send_header("Set-Cookie", "otklik=session; Path=/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def live(self):
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    name = "open" if fault == "silent" else "changed"
                    self.wfile.write(f"event: {name}\ndata: 1\n\n".encode())
                    self.wfile.flush()
                    time.sleep(0.2)
            except OSError:
                self.close_connection = True

        def table(self):
            """Three lines a response: the second within quotes."""
            with lock:
                rows = database.execute("SELECT count(*) FROM response").fetchone()[0]
            body = b"when;text\r\n" + b'1;"two\nlines"\r\n' * rows
            if "xlsx" in self.path:
                body = b"PK" + body + b"PK\x05\x06" + b"." * 18
            if fault == "cut":
                body = body[: len(body) // 2]
            self.wfile.write(b"HTTP/1.0 200 OK\r\nconnection: close\r\n\r\n" + body)
            self.close_connection = True

        def admin(self):
            if self.headers.get("Cookie") != "otklik=session":
                return self.answer(303, "")
            if self.path.startswith("/admin/live"):
                return self.live()
            if "/export." in self.path:
                return self.table()
            self.answer(200, '<body data-live-since="0">' + "." * 2000)

        def do_GET(self):
            if self.path == "/readyz":
                return self.answer(200, "ready")
            if self.path.startswith("/admin/"):
                return self.admin()
            if self.path.startswith("/r/"):
                with lock:
                    found = database.execute("SELECT 1 FROM response WHERE receipt = ?", (self.path[3:],)).fetchone()
                return self.answer(200 if found else 404, "receipt")
            if not self.code_is_known():
                return self.answer(404, "no such office")
            token = secrets.token_urlsafe(12)
            self.answer(200, f'<form><input type="hidden" name="token" value="{token}"></form>' + "." * 4000)

        def do_POST(self):
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/admin/login" and "temporary" in form:
                return self.answer(200, '<input type="hidden" name="ticket" value="T">')
            if self.path.startswith("/admin/login"):
                return self.enter()
            fields = parse_qs(form, keep_blank_values=True, strict_parsing=True)
            if not self.code_is_known() or set(fields) != {"token", "a", "b", "c", "d", "e", "comment"}:
                return self.answer(400, "what is this")
            receipt = store(form)
            if receipt is None:
                return self.answer(503, "later")
            self.answer(200, f'<a href="/r/{receipt}">received</a>')

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 1024

    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    host, port = options["--listen"].split(":")
    Server((host, int(port)), Handler).serve_forever()
else:
    sys.exit(f"unknown command: {words}")
