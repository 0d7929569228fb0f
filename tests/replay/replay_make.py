#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a capture of many connections, and the truth about each.

usage: replay_make.py --seed S --connections N --out DIR [--link KIND] [--format KIND] ...

DIR/traffic.pcap holds the packets of all connections, mixed in time order; DIR/truth.jsonl one
line for each row that `spanstat -r DIR/traffic.pcap --keep allconn --json` must print, with the
keys whose values the truth fixes (id and in_state are the program's own). A key that is absent
there must be absent in the report.

The same arguments give the same bytes. Connection number i plays scenario i modulo their number
(replay_scenarios), over IPv4 or IPv6, with or without options, extension headers, VLAN tags and
padding, as the seed has it. 5,000 connections take a few seconds.
"""
import argparse
import ipaddress
import json
import os
import random

from replay_host import Connection
from replay_scenarios import BY_NAME, HARD, SCENARIOS
from replay_wire import FORMATS, LINKTYPES, capture_write

START_US = 1767225600 * 1000000  # 2026-01-01T00:00:00Z
BETWEEN_US = 3000                # mean time between the beginnings of two connections

SERVICES = (21, 22, 25, 80, 110, 143, 389, 443, 993, 1521, 3306, 5432, 8080, 8443, 27017)
EPHEMERAL = range(32768, 61000)


class Addresses:
    """Sockets for new connections: no pair of them is given twice, in either order."""

    def __init__(self, rng):
        self.rng, self.made = rng, 0

    def client(self, family):
        """A hundred hosts; ports go round only after nearly three million connections."""
        host, self.made = self.made % 100, self.made + 1
        port = EPHEMERAL[self.made // 100 * 7919 % len(EPHEMERAL)]
        base = "10.20.0.0" if family == 4 else "fd00:20::"
        return str(ipaddress.ip_address(base) + 1 + host), port

    def server(self, family, own, ports):
        """One of forty servers, or one with an address of its own."""
        rng = self.rng
        number = self.made if own else rng.randrange(40)
        base = rng.choice(("192.168.5.1", "172.16.0.1", "198.18.0.1") if family == 4 else
                          ("2001:db8::1", "fd00:5::1:0:0:1", "2001:db8:0:0:1::"))
        if own:
            base = "100.64.0.0" if family == 4 else "2001:db8:77::"
        return str(ipaddress.ip_address(base) + number), rng.choice(ports or SERVICES)


def connection_make(scenario, rng, addresses, start_us, link="ethernet", little=True):
    """Plays one scenario; returns the Connection with its frames and rows."""
    family = 4 if rng.random() < 0.6 else 6
    client = addresses.client(family)
    server = addresses.server(family, scenario.own_server, scenario.ports)
    conn = Connection(rng, family, client, server, start_us, link, little)
    scenario(conn)
    assert conn.rows and conn.frames, scenario.__name__
    return conn


def capture_make(seed, connections, link, little, scenarios):
    """Returns the packets [(time_us, frame)] and the rows, each with its scenario's name."""
    rng = random.Random(seed)
    addresses = Addresses(rng)
    packets, rows = [], []
    for i in range(connections):
        scenario = scenarios[i % len(scenarios)]
        start_us = START_US + rng.randrange(connections * BETWEEN_US)
        conn = connection_make(scenario, rng, addresses, start_us, link, little)
        packets += conn.frames
        rows += ({"scenario": scenario.__name__, **row} for row in conn.rows)
    return packets, rows


def truth_write(name, rows):
    with open(name, "w", encoding="ascii") as out:
        out.writelines(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)


def arguments(parser):
    """The options that shape a capture; replay_case passes them on."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--link", choices=LINKTYPES, default="ethernet")
    parser.add_argument("--format", choices=FORMATS, default="pcap")
    parser.add_argument("--snaplen", type=int, default=262144, help="cut packets to this length")
    parser.add_argument("--hard", action="store_true",
                        help="also copies, losses and reordering made by the mirror")
    parser.add_argument("--only", action="append", choices=BY_NAME, metavar="SCENARIO",
                        help="may be repeated")


def make(given, folder):
    """Writes the capture and the truth that the options ask for into folder."""
    scenarios = SCENARIOS + HARD if given.hard else SCENARIOS
    if given.only:
        scenarios = [BY_NAME[name] for name in given.only]
    packets, rows = capture_make(given.seed, given.connections, given.link,
                                 given.format != "swapped", scenarios)
    os.makedirs(folder, exist_ok=True)
    capture_write(os.path.join(folder, "traffic.pcap"), packets, given.link, given.format,
                  given.snaplen, given.seed)
    truth_write(os.path.join(folder, "truth.jsonl"), rows)
    return len(packets), len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments(parser)
    parser.add_argument("--out", required=True, metavar="DIR")
    given = parser.parse_args()
    packets, rows = make(given, given.out)
    print(f"{packets} packets, {rows} rows in {given.out}")


if __name__ == "__main__":
    main()
