"""The peer for responses on SQLite: one row per durable transaction in a plain loop.

Arguments: the database to make, seconds, the text of a row. Prints JSON.
"""

import json
import sqlite3
import sys
import time

path, seconds, text = sys.argv[1], float(sys.argv[2]), sys.argv[3]
database = sqlite3.connect(path, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, body TEXT NOT NULL)")
count = 0
begun = time.perf_counter()
while (elapsed := time.perf_counter() - begun) < seconds:
    count += 1
    database.execute("INSERT INTO answer (token, body) VALUES (?, ?)", (f"token-{count:016}", text))
print(json.dumps({"per_second": count / elapsed, "version": sqlite3.sqlite_version}))
