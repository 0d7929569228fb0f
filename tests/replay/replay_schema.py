# SPDX-License-Identifier: BSD-3-Clause
"""Lines of spanstat --json held against the schema that is installed with it.

The schema lets keys be that it does not know, for those of later versions. Here there must be none,
so each object is closed first. Python's own json reads the lines; python3-jsonschema compares.
"""
import copy
import json

import jsonschema

CLOSED = {"unevaluatedProperties": False}
# Where a line's "report" is not the name of the report.
KINDS = {"allconn": ["conn"], "sockets": ["line", "socket"], "events": ["event"]}


def kinds(name):
    """What the lines of a report may be."""
    return KINDS.get(name, [name])


class Refused(Exception):
    """A line that is not what the schema says."""


def pairs(members):
    """An object in which no key stands twice."""
    if len(dict(members)) != len(members):
        raise Refused(f"a key that is there twice: {[key for key, _ in members]}")
    return dict(members)


def constant(word):
    raise Refused(f"{word} is no JSON")


def parse(line):
    value = json.loads(line, object_pairs_hook=pairs, parse_constant=constant)
    if not isinstance(value, dict):
        raise Refused("not an object")
    return value


def is_integer(_checker, value):
    """1.0 is none: a counter has no point."""
    return isinstance(value, int) and not isinstance(value, bool)


class Strict(dict):
    """The schema with every object closed; makes one validator a report."""

    def __init__(self, name):
        with open(name, encoding="utf-8") as text:
            super().__init__(json.load(text))
        jsonschema.Draft202012Validator.check_schema(self)
        self.whole = copy.deepcopy(dict(self))
        defs = self["$defs"]
        self.reports = [ref["$ref"].rsplit("/", 1)[1] for ref in self["anyOf"]]
        for one in defs.values():
            self.close_within(one)
        types = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer)
        kind = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=types)
        self.validators = {name: kind({"$ref": f"#/$defs/{name}", "$defs": defs, **CLOSED})
                           for name in self.reports}
        self.open_validator = kind({key: self.whole[key] for key in ("anyOf", "$defs")})

    def close_within(self, schema):
        """Closes the objects that are values of keys and elements of arrays: what only lends its
        keys to another (allOf) stays open."""
        for one in (*schema.get("properties", {}).values(), *([schema["items"]]
                                                              if "items" in schema else [])):
            meant = self["$defs"][one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one
            if meant.get("type") == "object" and "additionalProperties" not in meant:
                one.update(CLOSED)
            self.close_within(one)

    def check(self, report, line):
        """The line's object; Refused when it is not one of that report."""
        row = parse(line)
        error = jsonschema.exceptions.best_match(self.validators[report].iter_errors(row))
        if error:
            path = ".".join(map(str, error.absolute_path))
            raise Refused(f"{report}: {path}: {error.message[:300]}\n{line}")
        return row


def paths(value, before=""):
    """The path of each key, as schema_table.py --keys writes it."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield before + key
            inside = before + key + ("[]." if isinstance(one, list) else ".")
            yield from paths(one, inside)
    elif isinstance(value, list):
        for one in value:
            yield from paths(one, before)
