"""The peer for monitoring: DuckDB on the same files, two threads.

Arguments: a task and its paths. Prints JSON. Tasks:
  import DATA OUT     plain read_csv of every file of every package -> zstd Parquet, unchecked
  ask OUT LAKE TIMES  the questions, over its own Parquet (windows) and over the lake's
"""

import glob
import json
import os
import resource
import statistics
import sys
import time

import duckdb

# Columns of the package's files, in their order; text unless said.
COLUMNS = {
    "services": "service_id variant_id name direction norm_days:SMALLINT norm_unit norm_from:SMALLINT "
    "norm_to:SMALLINT valid_from:DATE",
    "applications": "request_id service_id variant_id consultation_topic channel_in channel_out "
    "interagency_mnemonic region body body_code applicant_hash sex age:SMALLINT ogrn:BIGINT",
    "events": "request_id process item status:SMALLINT own_status date:DATE time:TIME interagency_mnemonic",
    "payments": "request_id event date:DATE time:TIME",
    "ratings": "request_id date:DATE time:TIME mark:SMALLINT criteria comment",
    "complaints": "request_id complaint_id event date:DATE time:TIME",
}

# Statuses that decide about an application or end it: with the last of them its whole duration ends.
ENDS = "3, 40, 4, 41, 10, 1019, 1023, 1014, 1015, 39, 1008"


def connect():
    con = duckdb.connect()
    con.execute("SET threads = 2")
    con.execute("SET memory_limit = '2GiB'")
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET enable_progress_bar = false")
    return con


def quoted(path):
    return "'" + path.replace("'", "''") + "'"


def take_in(data, out):
    os.makedirs(out, exist_ok=True)
    con = connect()
    answer = {"tables": {}}
    begun = time.perf_counter()
    for table, columns in COLUMNS.items():
        files = os.path.join(data, "*", f"{table}.csv")
        if not glob.glob(files):
            continue
        target = os.path.join(out, f"{table}.parquet")
        named = (column.partition(":") for column in columns.split())
        kinds = "{" + ", ".join(f"'{name}': '{kind or 'VARCHAR'}'" for name, _, kind in named) + "}"
        rows = con.execute(
            f"COPY (SELECT * FROM read_csv({quoted(files)}, auto_detect = false, delim = ';', quote = '\"', "
            f"escape = '\"', header = true, columns = {kinds}, dateformat = '%d-%m-%Y')) "
            f"TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()[0]
        answer["tables"][table] = {"rows": rows, "bytes": os.path.getsize(target)}
    answer["seconds"] = time.perf_counter() - begun
    answer["peak_kib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer["version"] = duckdb.__version__
    return answer


def live(lake, table):
    """The files of a table that the log's commits add up to."""
    files = {}
    for entry in sorted(glob.glob(os.path.join(lake, "_log", "*.json"))):
        with open(entry, encoding="utf-8") as lines:
            commit = json.loads(lines.readline())
        for path in commit.get("removes", []):
            files.pop(path, None)
        for file in commit.get("adds", []):
            files[file["path"]] = file
    return [os.path.join(lake, path) for path, file in sorted(files.items()) if file["table"] == table]


def over(lake, table, gone=None):
    """A table of the lake; without the rows of an application below the version that another table tells."""
    files = "read_parquet([" + ", ".join(quoted(path) for path in live(lake, table)) + "])"
    if not gone or not live(lake, gone):
        return files
    return (
        f"(SELECT * FROM {files} t WHERE NOT EXISTS (SELECT 1 FROM {over(lake, gone)} g "
        "WHERE g.request_key = t.request_key AND g.version > t.version))"
    )


def questions(out, lake):
    own = {table: f"read_parquet({quoted(os.path.join(out, table + '.parquet'))})" for table in COLUMNS}
    # A planned moment (1002) is no step.
    steps = f"""
        SELECT a.service_id AS service, from_status, to_status, count(*), median(seconds),
               quantile_cont(seconds, 0.95)
        FROM (SELECT request_id, status AS from_status, lead(status) OVER w AS to_status,
                     epoch(lead(date + time) OVER w) - epoch(date + time) AS seconds
              FROM {own["events"]} WHERE status IS DISTINCT FROM 1002
              WINDOW w AS (PARTITION BY request_id ORDER BY date, time)) s
        JOIN (SELECT request_id, any_value(service_id) AS service_id FROM {own["applications"]} GROUP BY 1) a
            USING (request_id)
        WHERE to_status IS NOT NULL GROUP BY ALL"""
    totals = f"""
        SELECT service_id AS service, region, count(*), median(seconds), quantile_cont(seconds, 0.95)
        FROM (SELECT request_id, epoch(max(date + time) FILTER (WHERE status IN ({ENDS}))) - epoch(min(date + time))
                  AS seconds
              FROM {own["events"]} WHERE status IS DISTINCT FROM 1002 GROUP BY request_id) t
        JOIN (SELECT request_id, any_value(service_id) AS service_id, any_value(region) AS region
              FROM {own["applications"]} GROUP BY 1) a USING (request_id)
        WHERE seconds IS NOT NULL GROUP BY ALL"""
    asked = {"steps of its own": steps, "totals of its own": totals}
    asked["steps of ours"] = f"""
        SELECT service, from_status, to_status, count(*), median(seconds), quantile_cont(seconds, 0.95)
        FROM {over(lake, "transitions", "steps_gone")} GROUP BY ALL"""
    asked["totals of ours"] = f"""
        SELECT service, lpad(CAST(region AS VARCHAR), 2, '0'), count(*), median(total), quantile_cont(total, 0.95)
        FROM {over(lake, "cases", "cases_gone")} WHERE known AND total IS NOT NULL GROUP BY ALL"""
    return asked


def ask(out, lake, times):
    con = connect()
    answer = {}
    for name, query in questions(out, lake).items():
        taken = []
        rows = []
        for _ in range(times):
            begun = time.perf_counter()
            rows = con.execute(query).fetchall()
            taken.append(time.perf_counter() - begun)
        groups = {" ".join(map(str, row[:-3])): [float(value) for value in row[-3:]] for row in rows}
        answer[name] = {"seconds": statistics.median(taken), "groups": groups}
    return answer


def main():
    task, paths = sys.argv[1], sys.argv[2:]
    if task == "import":
        answer = take_in(*paths)
    elif task == "ask":
        answer = ask(paths[0], paths[1], int(paths[2]))
    else:
        sys.exit(f"no task {task}")
    print(json.dumps(answer))


main()
