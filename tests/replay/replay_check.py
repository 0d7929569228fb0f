#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares what spanstat says of a capture with the truth that replay_make wrote beside it.

usage: replay_check.py --spanstat PATH --dir DIR [--show N]

Runs `PATH -r DIR/traffic.pcap --keep all --json` and looks for every row of DIR/truth.jsonl by
protocol, both sockets and the time of opening. Each key of the truth must have its value; a flag,
an end, a closer or a VLAN that the truth does not know must be absent; no row may be missing and
none be left over. Prints the first differences, then how many there were in each scenario, and at
last `N connections, M differ`. Exit status 0 when none differs, 1 otherwise.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

ABSENT_UNLESS_KNOWN = ("flags", "closed_by", "end", "vlan", "duplicates",
                       *(f"{end}.{key}" for end in ("client", "server") for key in
                         ("retransmitted_packets", "retransmitted_bytes", "mss", "wscale", "sack")))
ABOUT = {"client.handshake_rtt": 1 / 64, "server.handshake_rtt": 1 / 64}  # as far as it is kept
ID = re.compile(r"[0-9A-F]{8,16}\Z")


def run(spanstat, words, timeout_sec=120):
    """Runs spanstat; returns exit status, lines of standard output, lines of standard error."""
    done = subprocess.run([spanstat, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=timeout_sec, check=False)
    return (done.returncode, done.stdout.decode("utf-8").splitlines(),
            done.stderr.decode("utf-8", "replace").splitlines())


def key_of(row):
    ends = sorted((row[name]["ip"], row[name]["port"]) for name in ("client", "server"))
    return (row["proto"], *ends, row["opened"])


def replaced(rows):
    """The IDs of the rows whose sockets a later row has."""
    rows = sorted(rows, key=lambda row: row["opened"])
    latest = {key_of(row)[:-1]: row["id"] for row in rows}
    return {row["id"] for row in rows} - set(latest.values())


def text_of(key):
    proto, one, other, opened = key
    return f"{proto} {one[0]}.{one[1]} {other[0]}.{other[1]} opened {opened}"


def flat(row):
    """{"client": {"ip": ..}} as {"client.ip": ..}; flags as a set: their order means nothing."""
    out = {}
    for name, value in row.items():
        if isinstance(value, dict):
            out.update((f"{name}.{inner}", one) for inner, one in value.items())
        else:
            out[name] = frozenset(value) if name == "flags" else value
    return out


def shown(value):
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    return "absent" if value is None else str(value)


def agrees(name, want, got):
    if name in ABOUT and got is not None:
        return want * (1 - ABOUT[name]) - 1e-6 <= got <= want
    return want == got


def differences(want, got):
    """Names the fields in which a row is not what it must be, each with both values."""
    want, got = flat(want), flat(got)
    out = []
    for name in want.keys() - {"scenario"}:
        if not agrees(name, want[name], got.get(name)):
            out.append(f"{name}: want {shown(want[name])}, got {shown(got.get(name))}")
    for name in ABSENT_UNLESS_KNOWN:
        if name not in want and name in got:
            out.append(f"{name}: want absent, got {shown(got[name])}")
    if not ID.match(str(got.get("id"))):
        out.append(f"id: {shown(got.get('id'))} is not eight or more hex digits")
    in_state = got.get("in_state")
    if not isinstance(in_state, (int, float)) or in_state < 0:
        out.append(f"in_state: {shown(in_state)} is no duration")
    return sorted(out)


def compare(truth, rows):
    """Returns [(scenario, text)], one for each row that differs, is missing or is too many."""
    bad = []
    left = collections.defaultdict(list)
    for row in rows:
        left[key_of(row)].append(row)
    for want in truth:
        found = left[key_of(want)]
        if not found:
            bad.append((want["scenario"], f"{text_of(key_of(want))}\n    no such row"))
            continue
        fields = differences(want, found.pop(0))
        if fields:
            bad.append((want["scenario"], f"{text_of(key_of(want))}\n    " + "\n    ".join(fields)))
    for key, surplus in left.items():
        bad += (("a row too many", f"{text_of(key)}\n    {json.dumps(row)}") for row in surplus)
    twice = [one for one, n in collections.Counter(row.get("id") for row in rows).items() if n > 1]
    bad += (("an id given twice", str(one)) for one in twice)
    return bad


def truth_read(folder):
    with open(os.path.join(folder, "truth.jsonl"), encoding="ascii") as lines:
        return [json.loads(line) for line in lines]


def check(spanstat, folder, show=20):
    """The whole comparison for one folder; returns whether all is the same, and what to print."""
    status, out, err = run(spanstat, ["-r", os.path.join(folder, "traffic.pcap"), "--keep",
                                      "all", "--json"])
    lines = [f"standard error: {line}" for line in err]
    if status:
        lines.append(f"exit status {status}")
    truth = truth_read(folder)
    bad = compare(truth, [json.loads(line) for line in out])
    lines += [f"{scenario}: {text}" for scenario, text in bad[:show]]
    lines += [f"{count:6} {scenario}" for scenario, count in
              sorted(collections.Counter(one for one, _ in bad).items())]
    lines.append(f"{len(truth)} connections, {len(bad)} differ")
    return not (bad or status or err or not truth), lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spanstat", required=True, metavar="PATH")
    parser.add_argument("--dir", required=True)
    parser.add_argument("--show", type=int, default=20, help="differences printed in full")
    given = parser.parse_args()
    same, lines = check(given.spanstat, given.dir, given.show)
    print("\n".join(lines))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
