"""Answers about the same events by other means: DuckDB's window functions and plain loops. JSON to stdout."""

import collections
import json
import sys

import duckdb

folder = sys.argv[1]
db = duckdb.connect()
db.execute("set threads to 2")
for name in ("applications", "events", "ratings", "complaints"):
    db.execute(f"create table {name} as select * from read_csv('{folder}/{name}.csv', delim=';', header=true)")

ENDS = "(3, 4, 40, 41, 10, 1019, 1023, 1014, 1015, 39, 1008)"
DAY = "strftime(make_timestamp({0} * 1000000) + interval 3 hour, '%Y-%m-%d')"
SHARES = (("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95))


def spread(value):
    shares = ", ".join(f"quantile_cont({value}, {share}) as {name}" for name, share in SHARES)
    return f"count({value}) as n, avg({value}) as mean, {shares}"


def rows(query):
    return [list(row) for row in db.execute(query).fetchall()]


db.execute(
    f"""create table cases as select a.request, a.service, a.region::varchar as region, a.body, a.channel, e.began, e.ended,
    {DAY.format('e.began')} as began_day, {DAY.format('e.ended')} as ended_day, e.* exclude (request, began, ended)
    from applications a join (select request,
      min(moment) filter (where status <> 1002) as began, max(moment) filter (where status in {ENDS}) as ended,
      min(moment) filter (where status = 1003) as ticket, min(moment) filter (where status = 1004) as called,
      min(moment) filter (where status = 2) as first_2, min(moment) filter (where status = 3) as first_3, max(moment) filter (where status = 3) as last_3,
      count(*) filter (where status = 1010) as asked, count(*) filter (where status = 1011) as answered,
      count(*) filter (where status = 1012) as failed,
      bool_or(status in (1019, 1023)) as not_accepted, bool_or(status = 4) as denied, bool_or(status = 10) as cancelled,
      bool_or(status in (3, 40)) and bool_or(status in (4, 41)) as is_both
      from events group by request) e using (request)"""
)
db.execute(
    f"""create table steps as select a.service, a.region, a.body, e.*, {DAY.format('e.moment')} as day from (
      select request, moment, status as after, lag(status) over w as before, moment - lag(moment) over w as seconds
      from events where status <> 1002 window w as (partition by request order by moment, place)) e
    join applications a using (request) where before is not null"""
)

answers = {
    "durations": rows(f"select service, region, {spread('(ended - began)')} from cases where ended is not null group by all order by all"),
    "between": rows(
        f"""select body, {spread('seconds')} from (select body, case when first_3 >= first_2 then first_3 - first_2
        when last_3 >= first_2 then last_3 - first_2 end as seconds from cases) where seconds is not null group by all order by all"""
    ),
    "transitions": rows(f"select service, before, after, {spread('seconds')} from steps group by all order by all"),
    "transitions_day": rows(f"select before, after, {spread('seconds')} from steps where day = '2026-03-03' and body = 'B2' group by all order by all"),
    "waiting": rows(
        f"select channel, {spread('(called - ticket)')}, count(*) filter (where called - ticket <= 900) as within_norm from cases "
        "where called >= ticket group by all order by all"
    ),
    "refusals": rows(
        "select region, count(*), sum(not_accepted::int), sum(cancelled::int), sum(denied::int) from cases group by all order by all"
    ),
    "counts": rows(
        "select service, count(*), count(*) filter (where channel in ('ЕПГУ', 'РПГУ', 'ВИС')), sum(asked), sum(answered), sum(failed) from cases group by all order by all"
    ),
    "nodes": rows(
        """select status, max(n) from (select after as status, count(*) as n from steps group by all
        union all select before, count(*) from steps group by all) group by all order by all"""
    ),
    "trace": rows("select moment, status, process from events where request = 'З-000001' order by moment, place"),
    "both": rows("select count(*) from cases where is_both"),
    "satisfaction": rows("select service, count(*), avg(mark) from ratings join cases using (request) group by all order by all"),
    "complaints": rows(
        "select service, count(*) filter (where event = 1), count(*) filter (where event = 3), count(*) filter (where event = 4), "
        "count(distinct c.request) filter (where event = 1), "
        "count(distinct c.request) filter (where event = 1) * 1000.0 / any_value(b.began) from complaints c join cases using (request) "
        "join (select service, count(*) as began from cases group by service) b using (service) group by service order by service"
    ),
    "ends": rows("select ended_day, count(*) from cases where ended is not null group by all order by all"),
}

# What depends on the way of each application, in loops.
events = collections.defaultdict(list)
for request, process, status, at, mnemonic in db.execute(
    "select request, process, status, moment, coalesce(mnemonic, '') from events order by request, moment, place"
).fetchall():
    events[request].append((process, status, at, mnemonic))
times, asked, active = [], [], []
cases = {request: (began, ended) for request, began, ended in db.execute("select request, began, ended from cases").fetchall()}
for request, path in events.items():
    waiting, since, pauses = [], {}, []
    for process, status, at, mnemonic in path:
        if status == 1010:
            waiting.append((mnemonic, at))
        elif status in (1011, 1012):
            found = next((w for w in waiting if mnemonic == "" or w[0] == mnemonic), None)
            asked.append((mnemonic, at - found[1] if found else None, status))
            if found:
                waiting.remove(found)
                if status == 1011:
                    times.append(at - found[1])
        if status in (14, 15) and process != 2:
            since.setdefault(process, at)
        elif status in (1020, 3, 4, 40, 41, 10, 1019, 1023, 1014, 1015, 39, 1008) and process in since:
            pauses.append((since.pop(process), at))
    began, ended = cases[request]
    if ended is None:
        continue
    pauses += [(begin, max(ended, begin)) for begin in since.values()]
    # Seconds within any pause, by sweeping over their ends.
    marks = sorted({began, ended} | {max(began, min(ended, moment)) for pause in pauses for moment in pause})
    stopped = sum(b - a for a, b in zip(marks, marks[1:]) if any(p <= a and b <= q for p, q in pauses))
    active.append(ended - began - stopped)
db.execute("create table answer_times (seconds bigint)")
db.executemany("insert into answer_times values (?)", [[t] for t in times] or [[0]])
db.execute("create table active (seconds bigint)")
db.executemany("insert into active values (?)", [[t] for t in active])
db.execute("create table asked (mnemonic varchar, seconds bigint, status int)")
db.executemany("insert into asked values (?, ?, ?)", asked)
of_answers = "case when status = 1011 then seconds end"
counted = "count(*) filter (where status = 1011), count(*) filter (where status = 1012)"
answers["mnemonics"] = rows(f"select mnemonic, {spread(of_answers)}, {counted} from asked group by all order by all")
answers["interagency"] = rows(f"select {spread('seconds')} from answer_times")
answers["active"] = rows("select count(*), avg(seconds), quantile_cont(seconds, 0.5), quantile_cont(seconds, 0.95) from active")
json.dump(answers, sys.stdout)
