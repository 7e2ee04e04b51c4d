#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""validate.py SCHEMA [OUTPUT...]: each OUTPUT is a file with what a command
printed with -j or -p. Without any, only the schema itself is looked at. Ends
with 1, and says why, when something does not fit; when every OUTPUT fits,
prints the keys that the schema has and no OUTPUT had."""
import json
import sys

from jsonschema import Draft202012Validator


def properties(schema):
    """Yields name and schema of every property below."""
    for key, below in schema.get("properties", {}).items():
        if isinstance(below, dict):
            yield key, below
            yield from properties(below)
    if "properties" not in schema:  # what prints one of several things
        for kind in schema.get("oneOf", []):
            yield from properties(kind)
    if "items" in schema:
        yield from properties(schema["items"])


def keys(value):
    """Yields every key in a JSON value."""
    if isinstance(value, dict):
        yield from value
        for below in value.values():
            yield from keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from keys(below)


def main(path, *outputs):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    faults = [f"{path}: '{key}' has no description"
              for key, below in properties(schema) if not below.get("description")]
    seen = set()
    for output in outputs:
        with open(output, encoding="utf-8") as file:
            value = json.load(file)
        faults += [f"{output}: {fault.json_path}: {fault.message}"
                   for fault in Draft202012Validator(schema).iter_errors(value)]
        seen.update(keys(value))
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults and outputs:
        print("\n".join(sorted({key for key, _ in properties(schema)} - seen)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
