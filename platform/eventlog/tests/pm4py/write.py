"""Writes a log with attributes of every type and moments in several zones: write.py OUT CASES nested|flat

Nested attributes only in small logs: where a piece of a file ends within an attribute (every 32 KiB), pm4py's own
reader loses what is nested in it.
"""
import sys
from datetime import datetime, timedelta, timezone

from pm4py.objects.log.exporter.xes import exporter
from pm4py.objects.log.obj import Event, EventLog, Trace

log = EventLog(attributes={"concept:name": "written by pm4py", "made": datetime(2024, 2, 29, tzinfo=timezone.utc)})
log.extensions["Concept"] = {"prefix": "concept", "uri": "http://www.xes-standard.org/concept.xesext"}
log.extensions["Time"] = {"prefix": "time", "uri": "http://www.xes-standard.org/time.xesext"}
log.omni_present["event"] = {"concept:name": "-"}
log.classifiers["Activity"] = ["concept:name"]
ways = [["register", "check", "decide", "pay"], ["register", "check", "check", "refuse"], ["register", "decide", "pay"]]
for number in range(int(sys.argv[2])):
    case = Trace(attributes={"concept:name": f"case <{number}> & \"{number}\"", "amount": number * 1.25,
                             "vip": number % 7 == 0, "Ж": "текст"})
    zone = timezone(timedelta(hours=2 + number % 9, minutes=30 * (number % 2)))
    at = datetime(2026, 1, 12, 9, 0, 0, 123000, tzinfo=zone) + timedelta(minutes=97 * number)
    for place, name in enumerate(ways[number % 5 % 3]):
        at += timedelta(seconds=1 + (number * 7919 + place * 104729) % 90000)
        event = Event({"concept:name": name, "time:timestamp": at, "org:resource": f"r{number % 4}", "cost": place - 1})
        if place == 1 and sys.argv[3] == "nested":
            event["checked"] = {"value": "yes", "children": {"by": "two", "deep": {"value": 7, "children": {"deeper": True}}}}
        case.append(event)
    log.append(case)
exporter.apply(log, sys.argv[1])
