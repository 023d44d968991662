"""Counts every figure of the analysis anew from an export of responses, and says where the program's tables differ.

Usage: recount.py FOLDER FROM TO — with responses.csv and a table NAME.csv of each figure in the folder; weeks are the
step of the dynamics, the period before is as long as the one asked. Written without a look at the program's own
arithmetic: from the definitions in docs/methods.ru.md.
"""

import csv
import datetime as dt
import json
import math
import sys
from pathlib import Path

Z = 1.959963984540054
FEW = 5
DAYS = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"]
ANY = "хотя бы одно «Плохо»"

folder, first, last = Path(sys.argv[1]), *map(dt.date.fromisoformat, sys.argv[2:4])
wrong, compared = [], 0


def table(name):
    with open(folder / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


responses = table("responses")
criteria = {key: key.split(") ", 1)[1] for key in responses[0] if key[1:3] == ") "}
for row in responses:
    row["at"] = dt.datetime.fromisoformat(row["Получен"])
    # What an office runs elsewhere has its code and a number after it, and counts for it.
    row["office"] = row["Код органа"].split("-")[0]
    row["bad"] = any(row[key] == "Плохо" for key in criteria)
names = {row["Код органа"]: row["Орган"] for row in responses}
now = [row for row in responses if first <= row["at"].date() <= last]
span = last - first + dt.timedelta(days=1)
before = [row for row in responses if first - span <= row["at"].date() < first]


def wilson(part, total):
    p = part / total
    root = Z * math.sqrt(p * (1 - p) / total + Z * Z / (4 * total * total))
    middle, whole = p + Z * Z / (2 * total), 1 + Z * Z / total
    return (middle - root) / whole, (middle + root) / whole


def newcombe(old, new):
    p, q = old[0] / old[1], new[0] / new[1]
    (low, high), (low_q, high_q) = wilson(*old), wilson(*new)
    d = q - p
    return d, d - math.hypot(q - low_q, high - p), d + math.hypot(high_q - q, p - low)


def tail(part, total, p):
    """The probability of so many or more."""
    return math.fsum(math.comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(part, total + 1))


def where(rising, value):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return low


def exact(part, total, alpha):
    """The interval of Clopper and Pearson."""
    low = 0.0 if part == 0 else where(lambda p: tail(part, total, p), alpha / 2)
    high = 1.0 if part == total else where(lambda p: tail(part + 1, total, p), 1 - alpha / 2)
    return low, high


def count(rows, key=None):
    if key is None:
        return sum(row["bad"] for row in rows), len(rows)
    return sum(row[key] == "Плохо" for row in rows), sum(row[key] != "" for row in rows)


def same(name, of, shown, counted):
    """A cell that is shown with one digit after the comma against the number itself; nothing where there are few."""
    global compared
    compared += 1
    if counted is None:
        good = shown == ""
    else:
        good = shown != "" and abs(float(shown.replace(",", ".").replace("\u2212", "-")) - counted) <= 0.0500001
    if not good:
        wrong.append(f"{name}, {of}: {shown!r}, counted {counted}")


def share(name, of, row, counted):
    part, total = counted
    ends = [100 * end for end in wilson(part, total)] if total >= FEW else [None, None]
    value = 100 * part / total if total >= FEW else None
    for column, number in zip(["Доля «Плохо», %", "От, %", "До, %", "«Плохо»", "n"], [value, *ends, part, total]):
        same(name, f"{of}: {column}", row[column], number)


def whole(name, shown, counted):
    """The rows of a table are those that are counted, none is missing and none is too many."""
    if sorted(shown) != sorted(counted):
        wrong.append(f"{name}: rows {sorted(shown)}, counted {sorted(counted)}")


def shares():
    rows = {row["Критерий"]: row for row in table("shares")}
    whole("shares", rows, [ANY, *criteria.values()])
    share("shares", ANY, rows[ANY], count(now))
    for key, text in criteria.items():
        share("shares", text, rows[text], count(now, key))


def pareto(name, column, counts):
    rows = table(name)
    whole(name, [row[column] for row in rows], [of for of, bad in counts.items() if bad])
    total, run = sum(counts.values()), 0
    numbers = [counts[row[column]] for row in rows]
    if numbers != sorted(numbers, reverse=True):
        wrong.append(f"{name}: not the most problematic first")
    for row, bad in zip(rows, numbers):
        run += bad
        same(name, row[column], row["«Плохо»"], bad)
        same(name, row[column], row["Доля всех «Плохо», %"], 100 * bad / total)
        same(name, row[column], row["Вместе с верхними, %"], 100 * run / total)


def by(key):
    groups = {}
    for row in now:
        groups.setdefault(key(row), []).append(row)
    return groups


def offices():
    counted = {of: count(rows) for of, rows in by(lambda row: names[row["office"]]).items()}
    rows = {row["Орган"]: row for row in table("offices")}
    whole("offices", rows, counted)
    enough = [of for of in counted if counted[of][1] >= FEW]
    alpha = 1 - 0.95 ** (1 / len(enough))
    ends = {of: exact(*counted[of], alpha) for of in enough}
    for of, row in rows.items():
        part, total = counted[of]
        same("offices", of, row["«Плохо»"], part)
        same("offices", of, row["n"], total)
        if of not in ends:
            continue
        low, high = ends[of]
        same("offices", of, row["Доля «Плохо», %"], 100 * part / total)
        same("offices", of, row["Место от"], 1 + sum(other > high for other, _ in ends.values()))
        same("offices", of, row["Место до"], len(ends) - sum(other < low for _, other in ends.values()))


def dynamics():
    weeks = by(lambda row: row["at"].date() - dt.timedelta(days=row["at"].weekday()))
    for row in table("dynamics"):
        begin, end = (dt.datetime.strptime(row[key], "%d.%m.%Y").date() for key in ("С", "По"))
        found = weeks.pop(begin - dt.timedelta(days=begin.weekday()), [])
        if (begin, end) != (max(begin, first), min(end, last)):
            wrong.append(f"dynamics: {begin}–{end} is beyond the period")
        share("dynamics", row["С"], row, count(found))
    whole("dynamics", [], map(str, weeks))


def hours():
    groups = by(lambda row: (DAYS[row["at"].weekday()], row["at"].hour))
    rows = {(row["День"], int(row["Час"].split(":")[0])): row for row in table("hours")}
    for of in set(groups) - set(rows):
        wrong.append(f"hours: {of} is missing")
    for of, row in rows.items():
        share("hours", of, row, count(groups.get(of, [])))


def periods():
    for row in table("periods"):
        key = {text: key for key, text in criteria.items()}.get(row["Критерий"])
        old, new = count(before, key), count(now, key)
        for column, (part, total) in (("Было, %", old), ("Стало, %", new)):
            same("periods", row["Критерий"], row[column], 100 * part / total if total >= FEW else None)
        same("periods", row["Критерий"], row["n было"], old[1])
        same("periods", row["Критерий"], row["n стало"], new[1])
        both = min(old[1], new[1]) >= FEW
        numbers = [100 * number for number in newcombe(old, new)] if both else [None] * 3
        for column, number in zip(["Разность, п. п.", "От, п. п.", "До, п. п."], numbers):
            same("periods", row["Критерий"], row[column], number)


shares()
pareto("causes", "Критерий", {text: count(now, key)[0] for key, text in criteria.items()})
pareto("places", "Орган", {of: count(rows)[0] for of, rows in by(lambda row: names[row["office"]]).items()})
offices()
dynamics()
hours()
periods()
print(json.dumps({"responses": len(now), "compared": compared, "wrong": wrong}, ensure_ascii=False))
