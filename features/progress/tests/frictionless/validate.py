"""Validates packages with frictionless: arguments are descriptions, the answer is one JSON object by description."""

import json
import sys

from frictionless import Package, validate

answer = {}
for path in sys.argv[1:]:
    with open(path, encoding="utf-8-sig") as file:
        description = json.load(file)
    metadata = [error.note for error in Package.metadata_validate(description)]
    report = validate(path)
    errors = [error.message for error in report.errors]
    rows = []
    for task in report.tasks:
        for error in task.errors:
            told = error.to_dict()
            rows.append([task.name, told.get("rowNumber", 0), told.get("fieldName", ""), error.type])
    answer[path] = {"valid": report.valid, "metadata": metadata, "errors": errors, "rows": rows}
print(json.dumps(answer))
