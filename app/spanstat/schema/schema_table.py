#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The table of keys in spanstat.schema.json, as a manual page or as lines to compare.

usage: schema_table.py SCHEMA --man HEAD  the manual page: HEAD (scdoc) with the table at @REPORTS@
       schema_table.py SCHEMA --keys      a line a key: REPORT PATH TYPE always|sometimes

The schema is the one place where a key is written down: its type and range by the words of JSON
Schema, when it is absent by `x-absent`, its unit by `x-unit`, and the commands that print a report
by `x-commands`. A key that is neither required nor tells when it is absent, or that says nothing of
its meaning, stops the build here. Standard library alone.
"""
import argparse
import json
import sys

REF = "#/$defs/"


class Schema:
    def __init__(self, name):
        with open(name, encoding="utf-8") as text:
            self.whole = json.load(text)
        self.defs = self.whole["$defs"]
        self.reports = [ref["$ref"][len(REF):] for ref in self.whole["anyOf"]]
        self.parts = [name for name, one in self.defs.items() if "title" in one]

    def of(self, schema):
        """What a reference means, under what is said beside it."""
        while "$ref" in schema:
            schema = {**self.defs[schema["$ref"][len(REF):]],
                      **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema

    def bases(self, schema):
        return [ref["$ref"][len(REF):] for ref in schema.get("allOf", [])]

    def keys(self, schema, path="", parts=True):
        """(path, schema, is always there) of each key. With `parts`, one that has a chapter of its
        own is not taken apart, and what a base has is left to it."""
        if not parts:
            for base in self.bases(schema):
                yield from self.keys(self.defs[base], path, parts)
        for name, given in schema.get("properties", {}).items():
            one, always = self.of(given), name in schema.get("required", [])
            yield path + name, one, always
            if parts and "title" in one:
                continue
            inner = one.get("items", one)
            inside = path + name + ("[]." if "items" in one else ".")
            yield from self.keys(self.of(inner), inside, parts)


def kind(schema):
    """The type in words."""
    if "const" in schema:
        return f"always {json.dumps(schema['const'])}"
    if "enum" in schema:
        return "one of " + " ".join(str(one) for one in schema["enum"])
    if "title" in schema:
        return f"object: see {schema['title'].upper()}"
    if schema["type"] == "array":
        inner = schema["items"]
        return "array of " + ("objects" if "properties" in inner else
                              " ".join(str(one) for one in inner["enum"]))
    if schema.get("format") == "date-time":
        return "string, a time"
    low, high = schema.get("minimum"), schema.get("maximum")
    if high is not None and high < 2**64 - 1:
        return f"{schema['type']}, {low} to {high}"
    if low == 0:
        return f"{schema['type']}, 0 or more"
    return schema["type"]


def check(schema):
    """Every key says what it means, and when it is absent if it may be."""
    for name in schema.parts + schema.reports:
        for path, one, always in schema.keys(schema.defs[name]):
            if not one.get("description"):
                sys.exit(f"{name}: {path} has no description")
            if always == ("x-absent" in one):
                sys.exit(f"{name}: {path} is either required or has x-absent")
            kind(one)


def escaped(text):
    """For scdoc: underscores and stars are no marks, backquotes make it bold."""
    out = "".join("\\" + char if char in "\\_*<>#" else char for char in text)
    return out.replace("`", "*")


def man_keys(schema, name, out):
    one = schema.defs[name]
    for base in schema.bases(one):
        title = schema.defs[base]["title"].upper()
        out.append(f"All keys of {escaped(title)}, and:\n" if one.get("properties") else title)
    for path, key, always in schema.keys(one):
        unit = f" ({key['x-unit']})" if "x-unit" in key else ""
        out.append(f"*{escaped(path)}*: {escaped(kind(key) + unit)}")
        absent = "" if always else f" Absent if {key['x-absent']}."
        out.append(f"\t{escaped(key['description'] + absent)}\n")


def man(schema, head):
    out = []
    for name in schema.reports:
        one = schema.defs[name]
        out.append(f"## {one['x-commands']}\n\n{escaped(one['description'])}\n")
        man_keys(schema, name, out)
    out.append("# PARTS OF REPORTS\n")
    for name in schema.parts:
        one = schema.defs[name]
        out.append(f"## {one['title']}\n\n{escaped(one['description'])}\n")
        man_keys(schema, name, out)
    with open(head, encoding="utf-8") as text:
        return text.read().replace("@REPORTS@\n", "\n".join(out))


def key_type(schema):
    if "const" in schema:
        return {bool: "boolean", str: "string"}[type(schema["const"])]
    return "string" if "enum" in schema else schema["type"]


def keys(schema):
    return "".join(f"{name} {path} {key_type(one)} {'always' if always else 'sometimes'}\n"
                   for name in schema.reports
                   for path, one, always in schema.keys(schema.defs[name], parts=False))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("schema")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--man", metavar="HEAD")
    what.add_argument("--keys", action="store_true")
    given = parser.parse_args()
    schema = Schema(given.schema)
    check(schema)
    sys.stdout.write(keys(schema) if given.keys else man(schema, given.man))


if __name__ == "__main__":
    main()
