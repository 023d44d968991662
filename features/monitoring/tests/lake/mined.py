"""What pm4py makes of events: how often and how soon one status follows another, how long an application takes.

The argument is a file of events in order, the answer one JSON object.
"""

import json
import sys

import pandas
import pm4py
from pm4py.statistics.traces.generic.pandas import case_statistics

ENDS = (3, 4, 40, 41, 10, 1019, 1023, 1014, 1015, 39, 1008)

events = pandas.read_csv(sys.argv[1], sep=";", dtype={"request": str})
events["case:concept:name"] = events["request"]
events["concept:name"] = events["status"].astype(str)
events["time:timestamp"] = pandas.to_datetime(events["moment"], unit="s", utc=True)
counts, _, _ = pm4py.discover_dfg(events)
times, _, _ = pm4py.discover_performance_dfg(events)
follows = [
    [int(before), int(after), n, times[before, after]["mean"], times[before, after]["median"]]
    for (before, after), n in counts.items()
]
# From the first event to the last that ends something.
last = events[events["status"].isin(ENDS)].groupby("request")["n"].max().rename("last")
ended = events.join(last, on="request", how="inner")
ended = ended[ended["n"] <= ended["last"]]
cases = case_statistics.get_cases_description(ended)
durations = {request: case["caseDuration"] for request, case in cases.items()}
print(json.dumps({"follows": follows, "durations": durations}))
