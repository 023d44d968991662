"""Answers about generated packages by other means: their rows as they were sent, DuckDB's SQL over them, plain loops.

Arguments: the folder of the packages; rows that were refused, as `package;file;line`; the folder of the reference
data; where the events are to be written for others. Answers to stdout as JSON.
"""

import collections
import csv
import datetime
import json
import pathlib
import sys
import zoneinfo

import duckdb

packages, refused, reference, events_file = map(pathlib.Path, sys.argv[1:5])


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


# Of each sender's day the highest revision, without the rows that were refused; in the order of days and senders.
with open(refused, encoding="utf-8", newline="") as file:
    wrong = {(package, name, int(line)) for package, name, line in csv.reader(file, delimiter=";")}
newest = {}
for place in packages.iterdir():
    head = json.loads((place / "datapackage.json").read_text("utf-8"))["otklik"]
    key = (head["day"], head["sender"])
    newest[key] = max(newest.get(key, (0, None)), (head["revision"], place))
sent = collections.defaultdict(list)
for (day, sender), (_, place) in sorted(newest.items()):
    for path in place.glob("*.csv"):
        for line, row in enumerate(read(path), 2):
            if (place.name, path.name, line) not in wrong:
                sent[path.stem].append(row | {"sent": day, "sender": sender, "line": line})

regions = {row["name"]: row for row in read(reference / "regions.csv")}
zones = {name: zoneinfo.ZoneInfo(row["zone"]) for name, row in regions.items()}
# What was said last of an application holds.
applications = {row["request_id"]: row for row in sent["applications"]}


def moment(row):
    """Seconds since 1970, the civil day in the office, the office's zone."""
    zone = zones[applications[row["request_id"]]["region"]]
    local = datetime.datetime.strptime(f"{row['date']} {row['time']}", "%d-%m-%Y %H:%M:%S").replace(tzinfo=zone)
    return int(local.timestamp()), local.date(), zone


Event = collections.namedtuple("Event", "request process status at day mnemonic")
events, offices = [], {}
for row in sent["events"]:
    at, day, zone = moment(row)
    offices[row["request_id"]] = zone
    event = Event(row["request_id"], row["process"], int(row["status"]), at, day, row["interagency_mnemonic"])
    events.append(event)
# Equal moments keep the order of days, senders and lines; a chosen slot is no event.
ways = collections.defaultdict(list)
for event in sorted(events, key=lambda event: event.at):
    if event.status != 1002:
        ways[event.request].append(event)

ENDS = (3, 4, 40, 41, 10, 1019, 1023, 1014, 1015, 39, 1008)
RESUMES = (1020, 3, 4, 40, 41, 10, 1019, 1023, 1014, 1015, 39, 1008)


def pauses(way, until):
    """Pauses up to a moment, apart from each other; those at a centre have no end and are none."""
    since, found = {}, []
    for event in way:
        if event.status in (14, 15) and event.process != "mfc":
            since.setdefault(event.process, event.at)
        elif event.status in RESUMES and event.process in since:
            found.append((since.pop(event.process), event.at))
    found += [(begin, max(until, begin)) for begin in since.values()]
    apart = []
    for begin, end in sorted(found):
        if apart and begin <= apart[-1][1]:
            apart[-1][1] = max(apart[-1][1], end)
        else:
            apart.append([begin, end])
    return [(begin, min(end, until)) for begin, end in apart if begin < until]


# Norms: of the variant, else of the service, by the day of the beginning; where there is none, 30 days.
norms = collections.defaultdict(dict)
for row in sent["services"]:
    since = datetime.datetime.strptime(row["valid_from"], "%d-%m-%Y").date()
    norms[row["service_id"], row["variant_id"]][since] = row
holidays = {row["day"]: row["works"] == "yes" for row in read(reference / "holidays.csv")}


def is_working(day):
    said = holidays.get(day.isoformat(), holidays.get(day.strftime("%m-%d")))
    return day.weekday() < 5 if said is None else said


def days(unit, zone, begin, end):
    """Days after the first up to and with the last."""
    first, last = (datetime.datetime.fromtimestamp(at, zone).date() for at in (begin, end))
    between = (first + datetime.timedelta(after) for after in range(1, (last - first).days + 1))
    return sum(1 for day in between if unit == "calendar" or is_working(day))


def is_within(way):
    """Whether the norm was kept; None where it can't be said."""
    application = applications[way[0].request]
    rows = norms.get((application["service_id"], application["variant_id"])) or norms[application["service_id"], ""]
    held = [since for since in sorted(rows) if since <= way[0].day]
    norm = rows[held[-1]] if held and rows[held[-1]]["norm_days"] else None
    if norm:
        amount, unit = int(norm["norm_days"]), norm["norm_unit"]
        starts, ends = (int(norm["norm_from"]),), (int(norm["norm_to"]),)
    else:
        amount, unit, starts, ends = 30, "calendar", (1,), (3, 4, 40, 41)
    begin = next((event.at for event in way if event.status in starts), None)
    end = next((event.at for event in way if begin is not None and event.at >= begin and event.status in ends), None)
    if end is None:
        return None
    zone = offices[way[0].request]
    stopped = ((max(since, begin), max(until, begin)) for since, until in pauses(way, end))
    return days(unit, zone, begin, end) - sum(days(unit, zone, *pause) for pause in stopped) <= amount


def is_broken(rule, way):
    """Whether a way breaks a rule of the allowed order."""
    seen, is_open = collections.defaultdict(set), collections.Counter()
    kind = rule["kind"]
    for event in way:
        scope = "" if rule["scope"] == "application" else event.process
        before = seen[scope]
        if not rule["processes"] or event.process in rule["processes"]:
            status, is_in = event.status, lambda name: event.status in rule.get(name, ())
            if kind == "requires" and is_in("of") and not before & set(rule["earlier"]):
                return True
            if kind == "forbids" and is_in("of") and before & set(rule["earlier"]):
                return True
            if kind == "excludes" and (is_in("one") and before & set(rule["other"])):
                return True
            if kind == "excludes" and (is_in("other") and before & set(rule["one"])):
                return True
            if kind == "once" and is_in("of") and before & set(rule["of"]):
                return True
            if kind == "pairs" and is_in("opens"):
                if is_open[scope] and not rule["overlapping"]:
                    return True
                is_open[scope] += 1
            elif kind == "pairs" and is_in("closes"):
                if not is_open[scope]:
                    return True
                is_open[scope] -= 1
            if kind == "forbids-while":
                if is_in("opens"):
                    is_open[scope] = 1
                elif is_in("closes"):
                    is_open[scope] = 0
                if is_in("of") and is_open[scope]:
                    return True
        for where in ("", event.process):
            seen[where].add(event.status)
    return False


rules = json.loads((reference / "order.json").read_text("utf-8"))["rules"]
exchanges, told, broken = [], [], []
for request, way in ways.items():
    waiting = []
    for event in way:
        if event.status == 1010:
            waiting.append((event.mnemonic, event.at))
        elif event.status in (1011, 1012):
            asked = next((one for one in waiting if event.mnemonic in ("", one[0])), None)
            if asked:
                waiting.remove(asked)
            exchanges.append((request, event.mnemonic, event.status, event.day, event.at - asked[1] if asked else None))
    began, ended = way[0].at, max((event.at for event in way if event.status in ENDS), default=None)
    paused = None if ended is None else sum(end - max(begin, began) for begin, end in pauses(way, ended) if end > began)
    numbers = [rule["number"] for rule in rules if is_broken(rule, way)]
    broken += [(request, number) for number in numbers]
    told.append((request, paused, is_within(way), bool(numbers)))

db = duckdb.connect()
db.execute("set threads to 2")


def table(name, columns, rows):
    path = events_file.with_name(f"{name}.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([column.split()[0] for column in columns])
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    types = ", ".join("'{}': '{}'".format(*column.split()) for column in columns)
    db.execute(f"create table {name} as select * from read_csv('{path}', delim=';', header=true, columns={{{types}}}, nullstr='')")


table(
    events_file.stem,
    ("request varchar", "process varchar", "status int", "moment bigint", "day date", "mnemonic varchar", "n int"),
    [(*event, place) for place, event in enumerate(event for way in ways.values() for event in way)],
)
table(
    "applications",
    ("request varchar", "service varchar", "variant varchar", "region varchar", "body varchar", "channel varchar"),
    [
        (request, row["service_id"], row["variant_id"], regions[row["region"]]["code"], row["body_code"], row["channel_in"])
        for request, row in applications.items()
    ],
)
table("told", ("request varchar", "paused bigint", "within boolean", "broken boolean"), told)
table("broken", ("request varchar", "rule int"), broken)
exchanged = ("request varchar", "mnemonic varchar", "status int", "day date", "seconds bigint")
table("exchanges", exchanged, exchanges)
rated = [(row["request_id"], row["mark"], row["criteria"]) for row in sent["ratings"]]
table("ratings", ("request varchar", "mark int", "criteria varchar"), rated)
parts = [(request, mark, *part.split("=")) for request, mark, criteria in rated for part in (criteria or "").split("|") if part]
parts = [(request, mark, part[0], part[1] if len(part) > 1 else None) for request, mark, *part in parts]
table("named", ("request varchar", "mark int", "criterion varchar", "own int"), parts)
complained = [(row["request_id"], row["event"]) for row in sent["complaints"]]
table("complaints", ("request varchar", "event varchar"), complained)

STAGES = {
    "booking_failed": (1022, 1022),
    "missed": (1018, 1006),
    "consent_refused": (82, 82),
    "sending_failed": (5, 22, 24),
    "not_accepted": (1019, 1023),
    "cancelled": (10, 10),
    "denied": (4, 4),
    "denied_online": (41, 41),
    "cancelling_refused": (11, 11),
}
first = "min(moment) filter (where status = {})".format
last = "arg_max(status, n) filter (where status in (3, 40, 4, 41, 1019, 1023, 10))"
db.execute(
    f"""create table cases as select a.request, a.service, coalesce(a.variant, '') as variant, a.region, a.body, a.channel,
      e.* exclude (request), t.* exclude (request), ended - began as total
    from applications a join (select request, min(moment) as began, arg_min(day, n) as began_day,
      max(moment) filter (where status in {ENDS}) as ended, arg_max(day, n) filter (where status in {ENDS}) as ended_day, {last} as decided,
      {first(1003)} as ticket, {first(1004)} as called, {first(1007)} as served, {first(2)} as received, {first(3)} as granted,
      max(moment) filter (where status = 3) as granted_last,
      count(*) filter (where status = 1010) as asked, count(*) filter (where status = 1011) as answered,
      count(*) filter (where status = 1012) as failed,
      {", ".join(f"bool_or(status in {statuses}) as at_{stage}" for stage, statuses in STAGES.items())}
      from {events_file.stem} group by request) e using (request) join told t using (request)"""
)
db.execute(
    f"""create table steps as select c.service, c.variant, c.region, c.body, c.channel, s.* from (
      select request, day, lag(status) over w as before, status as after, moment - lag(moment) over w as seconds
      from {events_file.stem} window w as (partition by request order by n)) s join cases c using (request) where before is not null"""
)
db.execute(
    """create table figures as select began_day as day, service, variant, region, body, channel, 1 as began,
      (channel in ('ЕПГУ', 'РПГУ', 'ВИС'))::int as digital, asked, answered, failed, broken::int as broken, 0 as ended, 0 as granted,
      0 as denied, 0 as not_accepted, 0 as cancelled, 0 as finished, 0 as measured, 0 as within, 0 as total_seconds, 0 as paused_seconds
      from cases
    union all select ended_day, service, variant, region, body, channel, 0, 0, 0, 0, 0, 0, 1, coalesce(decided in (3, 40), false)::int,
      coalesce(decided in (4, 41), false)::int, coalesce(decided in (1019, 1023), false)::int, coalesce(decided = 10, false)::int,
      (decided is null)::int, (within is not null)::int, coalesce(within, false)::int, total, paused from cases where ended is not null"""
)
db.execute("create table answered as select c.body, x.* replace (coalesce(x.mnemonic, '') as mnemonic) from exchanges x join cases c using (request)")

SHARES = (("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95))
FIGURES = (
    "began digital asked answered failed broken ended granted denied not_accepted cancelled finished measured within "
    "total_seconds paused_seconds"
).split()


def spread(value, shares=SHARES, count="count({0}), "):
    quantiles = ", ".join(f"quantile_cont({value}, {share})" for _, share in shares)
    return f"{count.format(value)}avg({value}), {quantiles}"


def keys(by, day):
    words = {"month": f"strftime({day}, '%Y-%m')", "day": f"strftime({day}, '%Y-%m-%d')"}
    return "".join(f"{words.get(key, key)}, " for key in by.split())


def rows(by, day, what, of):
    query = f"select {keys(by, day)}{what} from {of}" + (" group by all order by all" if by else "")
    return [list(row) for row in db.execute(query).fetchall()]


def share(part, whole):
    return f"sum({part})::double / nullif(sum({whole}), 0)"


ended, active = "cases where ended is not null", "(total - paused)"
of_ends = f"count(within), count(*) filter (where within), count(*) filter (where within)::double / nullif(count(within), 0)"
durations = f"{spread('total')}, {spread(active, (SHARES[0], SHARES[3]), '')}, {of_ends}"
between = "(case when granted >= received then granted - received when granted_last >= received then granted_last - received end)"
called = "(case when served >= called then served - called end)"
waits = f"{spread('(called - ticket)')}, count(*) filter (where called - ticket <= 900), count(*)"
waits += f", count(*) filter (where called - ticket <= 900)::double / count(*), avg({called})"
stages = "count(*), " + ", ".join(f"count(*) filter (where at_{stage})" for stage in STAGES)
figures = ", ".join(f"sum({name})" for name in FIGURES) + ", "
figures += ", ".join((share("digital", "began"), share("within", "measured"), share("broken", "began"), share("total_seconds", "ended")))
of_answers = "(case when status = 1011 then seconds end)"
answered = "count(*) filter (where status = 1011), count(*) filter (where status = 1012), "
answered += f"count(*) filter (where status = 1012)::double / count(*), {spread(of_answers)}"
marks = "count(*), avg(mark), " + ", ".join(f"count(*) filter (where mark = {mark})" for mark in range(1, 6))
complained = ", ".join(f"count(*) filter (where event = '{event}')" for event in ("accepted", "upheld", "rejected"))
complained += ", count(distinct request) filter (where event = 'accepted')"
answers = {
    "durations": rows("service region", "ended_day", durations, ended),
    "durations_by_month": rows("variant month", "ended_day", durations, ended),
    "between": rows("body", "began_day", spread(between), f"cases where {between} is not null"),
    "transitions": rows("service before after", "day", spread("seconds"), "steps"),
    "transitions_by_month": rows("region month before after", "day", spread("seconds"), "steps"),
    "waiting": rows("body", "began_day", waits, "cases where called >= ticket"),
    "waiting_by_month": rows("channel month", "began_day", waits, "cases where called >= ticket"),
    "refusals": rows("region", "began_day", stages, "cases"),
    "refusals_by_month": rows("month variant", "began_day", stages, "cases"),
    "overview": rows("month region", "day", figures, "figures"),
    "overview_by_day": rows("day channel", "day", figures, "figures"),
    "overview_by_variant": rows("variant", "day", figures, "figures"),
    "interagency": rows("body", "day", answered, "answered"),
    "mnemonics": rows("month mnemonic", "day", answered, "answered"),
    "satisfaction": rows("service", "began_day", marks, "ratings join cases using (request)"),
    "satisfaction_by_month": rows("month", "began_day", marks, "ratings join cases using (request)"),
    "criteria": rows("channel criterion", "began_day", "count(*), count(own), avg(own), avg(mark)", "named join cases using (request)"),
    "conformance": rows("month rule", "began_day", "count(*)", "broken join cases using (request)"),
    "kept": [list(row) for row in db.execute("select request, total, paused from cases where total is not null order by 1").fetchall()],
}
for name, by in (("complaints", "service"), ("complaints_by_month", "month")):
    all_of = {row[0]: row[1] for row in rows(by, "day", "sum(began)", "figures")}
    told_of = {row[0]: row[1:] for row in rows(by, "began_day", complained, "complaints join cases using (request)")}
    answers[name] = []
    for key, began in all_of.items():
        told = told_of.get(key, [0] * 4)
        answers[name].append([key, began, *told, told[3] * 1000 / began if began else None])
json.dump(answers, sys.stdout, default=float)
