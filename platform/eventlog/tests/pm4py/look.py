"""Says what pm4py reads: look.py xes FILE | look.py ocel FILE | look.py same FILE FILE"""
import json
import sys
import warnings

warnings.filterwarnings("ignore")
import pm4py
from pm4py.objects.log.importer.xes import importer


def traces(path):
    log = importer.apply(path, variant=importer.Variants.ITERPARSE, parameters={"show_progress_bar": False})
    return [(dict(trace.attributes), [dict(event) for event in trace]) for trace in log]


def xes(path):
    log = importer.apply(path, variant=importer.Variants.ITERPARSE, parameters={"show_progress_bar": False})
    pairs, _, _ = pm4py.discover_dfg(log)
    soon = {}
    for trace in log:
        for one, other in zip(trace, trace[1:]):
            pair = (one["concept:name"], other["concept:name"])
            soon.setdefault(pair, []).append((other["time:timestamp"] - one["time:timestamp"]).total_seconds())
    median = {pair: sorted(all)[(len(all) - 1) // 2] for pair, all in soon.items()}
    variants = pm4py.get_variants(log)
    durations = sorted(pm4py.get_all_case_durations(log))
    return {
        "cases": len(log),
        "events": sum(len(trace) for trace in log),
        "variants": sorted(([*way], count if isinstance(count, int) else len(count)) for way, count in variants.items()),
        "flows": sorted([*pair, count, median[pair]] for pair, count in pairs.items()),
        "median": durations[(len(durations) - 1) // 2],
    }


def ocel(path):
    log = pm4py.read_ocel2_json(path)
    return {
        "events": log.events["ocel:activity"].value_counts().to_dict(),
        "objects": log.objects["ocel:type"].value_counts().to_dict(),
        "relations": log.relations["ocel:qualifier"].value_counts().to_dict(),
        "between_objects": len(log.o2o),
        "changes": len(log.object_changes),
        "times": [str(moment) for moment in log.events["ocel:timestamp"].head(3)],
    }


if sys.argv[1] == "same":
    one, other = traces(sys.argv[2]), traces(sys.argv[3])
    differ = [pair for pair in zip(one, other) if pair[0] != pair[1]]
    same = len(one) == len(other) and not differ
    print(json.dumps({"same": same, "traces": len(one), "first": differ[:1]}, default=str))
else:
    print(json.dumps({"xes": xes, "ocel": ocel}[sys.argv[1]](sys.argv[2]), default=str))
