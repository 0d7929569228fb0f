# SPDX-License-Identifier: BSD-3-Clause
"""Connections inside every layer that is read, and inside mixes of them, against their truth.

What wraps a connection changes nothing of its row but the VLAN and the tunnels. So the scenarios of
replay_make are played as they are, each connection behind a Wrap of its own (replay_wrap), and
every row must be what it is without: sockets, states, packets, bytes, payload, times. Its tunnels
must be Wrap.tunnels.
"""
import json
import os
import random
import struct

import replay_check
import replay_frames  # enters its steps
import replay_links  # likewise
import replay_make
import replay_schema
import replay_tunnels  # likewise
from replay_scenarios import BY_NAME, SCENARIOS
from replay_wire import UDP, Path, capture_write, segment_udp
from replay_wrap import LINKS, WRAPPINGS, Wrap, mix_of, mix_random, snap_of

DEEPEST = 3
NETWORKS = ("vxlan", "vxlan-gpe", "geneve", "nvgre")  # whose ids name a network

assert replay_frames and replay_links and replay_tunnels


def check_tunnels(checks, programs, what, name, want):
    """The key `tunnel` of every row. want: its value, by sockets."""
    _, out, _ = replay_check.run(programs.spanstat, ["-r", name, "--keep", "allconn", "--json"])
    bad = []
    for row in map(json.loads, out):
        got, wanted = row.get("tunnel", []), want[replay_check.key_of(row)[:-1]]
        if len(got) != len(wanted) or not all(map(agrees, wanted, got)):
            bad.append(f"{row['proto']} {row['client']}: want {wanted}, got {got}")
    checks.ok(out and not bad, f"{what}: {len(out)} rows with their tunnels", *bad[:20],
              f"{len(bad)} differ")


def agrees(wanted, got):
    """Keys, sessions and labels, which each step chooses for itself, are not compared."""
    return wanted.items() <= got.items()


def check(checks, programs, what, seed, mixes, link="wire"):
    """One capture: connection i plays scenario i in mix i. mixes: functions of an inner family."""
    rng = random.Random(seed)
    addresses = replay_make.Addresses(rng)
    packets, rows, names, tunnels = [], [], {}, {}
    for i, mix_for in enumerate(mixes):
        made = []

        def wrapped(rng, family, mix_for=mix_for, made=made):
            made.append(Wrap(rng, mix_for(family)))
            return made[0]

        scenario = SCENARIOS[(i * 37 + seed) % len(SCENARIOS)]
        start_us = replay_make.START_US + rng.randrange(len(mixes) * replay_make.BETWEEN_US)
        conn = replay_make.connection_make(scenario, rng, addresses, start_us, wrapped)
        packets += conn.frames
        names[str(made[0].mix)] = made[0].mix
        tunnels.update((replay_check.key_of(row)[:-1], made[0].tunnels) for row in conn.rows)
        rows += ({"scenario": f"{scenario.__name__} in {made[0].mix}", **row} for row in conn.rows)
    folder = programs.path(what.replace(" ", "-"))
    os.makedirs(folder)
    capture_write(os.path.join(folder, "traffic.pcap"), packets, LINKS[link].gives)
    replay_make.truth_write(os.path.join(folder, "truth.jsonl"), rows)
    check_tunnels(checks, programs, what, os.path.join(folder, "traffic.pcap"), tunnels)
    same, lines = replay_check.check(programs.spanstat, folder)
    kept = not checks.ok(same, f"{what}: {len(packets)} packets, {lines[-1]}", *lines[:60],
                         f"kept: {folder}")
    programs.keep = programs.keep or kept
    return names


def test_each_layer(checks, programs):
    """Alone, and what it needs around it, IPv4 and IPv6 outside and inside, in many scenarios."""
    mixes = [lambda family, name=name, outer=outer: mix_of([name], family, outer)
             for _ in range(12) for name in WRAPPINGS for outer in (4, 6)]
    names = check(checks, programs, "each layer", 21, mixes)
    seen = {name for mix in names.values() for name in mix.names}
    checks.ok(seen == set(WRAPPINGS), f"{len(seen)} layers", *sorted(set(WRAPPINGS) - seen))


def test_each_pair(checks, programs):
    """Every layer around every other."""
    mixes = [lambda family, one=one, other=other, outer=4 + 2 * (i % 2):
             mix_of([one, other], family, outer)
             for i, (one, other) in enumerate((one, other) for one in WRAPPINGS
                                              for other in WRAPPINGS)]
    check(checks, programs, "each pair", 22, mixes)


def test_mixes(checks, programs):
    """Three tunnels deep, by a walk over what may follow what."""
    dice = random.Random(23)
    mixes = [lambda family: mix_random(dice, family, "wire", DEEPEST)] * 2000
    names = check(checks, programs, "mixes", 23, mixes)
    checks.ok(len(names) > 1500, f"{len(names)} different mixes")


def test_links(checks, programs):
    """Each link of a capture file, plain and with tunnels behind it."""
    dice = random.Random(24)
    for number, link in enumerate(LINKS):
        mixes = [lambda family, i=i, link=link: mix_random(dice, family, link, i % 3)
                 for i in range(2 * len(SCENARIOS))]
        check(checks, programs, f"link {link}", 100 + number, mixes, link)


class Routed:
    """Each direction of a connection in a network of its own."""

    def __init__(self, rng, family):
        self.ways = [Wrap(rng, mix_of(["vxlan"], family, 4)) for _ in range(2)]

    def frame(self, datagram, direction):
        return self.ways[direction].frame(datagram, direction)

    def vlan_of(self, _direction):
        return None


def test_routed_networks(checks, programs):
    """One row, with both ways; and every report that says tunnels, against the schema."""
    dice, packets, want = random.Random(26), [], {}
    addresses = replay_make.Addresses(dice)
    for i in range(40):
        made = []

        def wrapped(rng, family, made=made):
            made.append(Routed(rng, family))
            return made[0]

        conn = replay_make.connection_make(BY_NAME["established_idle"], dice, addresses,
                                           replay_make.START_US + i * 1000, wrapped)
        packets += conn.frames
        there, back = (way.tunnels[0] for way in made[0].ways)
        back["src"], back["dst"] = back["dst"], back["src"]
        want[replay_check.key_of(conn.rows[0])[:-1]] = ([there], [back])
    name = programs.path("routed.pcap")
    capture_write(name, packets, LINKS["wire"].gives)
    schema = replay_schema.Strict(programs.schema)
    rows = {}
    for words, kind in ((["allconn"], "conn"), (["all"], "all"), (["listen", "--all"], "listen"),
                        (["allconn", "--by", "vni"], "group"), (["events"], "event")):
        _, out, err = replay_check.run(programs.spanstat, ["-r", name, "--json", *words])
        rows[kind] = [schema.check(kind, line) for line in out]
        seen = sum("tunnel" in row or "vni" in row for row in rows[kind])
        checks.ok(out and not err and seen == len(out), f"{kind}: {seen} lines as the schema says",
                  *out[:3], *err)
    got = {replay_check.key_of(row)[:-1]: (row["tunnel"], row.get("tunnel_back"))
           for row in rows["conn"]}
    checks.equal(got, want, "one row of both ways, with the tunnels of each")


def tunnel_filters(tunnels):
    """{filter: what it asks of a row's tunnels}"""
    kinds = sorted({step["kind"] for step in tunnels})
    networks = sorted({step["id"] for step in tunnels if step["kind"] in NETWORKS})
    ends = [tunnels[at][end] for at, end in ((0, "src"), (len(tunnels) // 2, "dst"))]
    found = {"tunnel any": bool, "not tunnel any": lambda steps: not steps}
    for kind in kinds:
        found[f"tunnel {kind}"] = lambda steps, kind=kind: any(s["kind"] == kind for s in steps)
        found[f"tunnel != {kind}"] = lambda steps, has=found[f"tunnel {kind}"]: not has(steps)
    for vni in (networks[0], networks[len(networks) // 2]):
        found[f"vni {vni}"] = lambda steps, vni=vni: any(
            s["kind"] in NETWORKS and s["id"] == vni for s in steps)
        found[f"vni > {vni}"] = lambda steps, vni=vni: any(
            s["kind"] in NETWORKS and s["id"] > vni for s in steps)
    for end in ends:
        found[f"outer {end}"] = lambda steps, end=end: any(
            end in (s["src"], s["dst"]) for s in steps)
    return found


def test_filters(checks, programs):
    """The words tunnel, vni and outer choose the rows whose tunnels are so."""
    dice, addresses = random.Random(27), replay_make.Addresses(random.Random(28))
    packets = []
    for i in range(400):
        def wrapped(rng, family, i=i):
            return Wrap(rng, mix_random(dice, family, "wire", i % 4))

        packets += replay_make.connection_make(BY_NAME["established_idle"], dice, addresses,
                                               replay_make.START_US + i * 1000, wrapped).frames
    name = programs.path("filters.pcap")
    capture_write(name, packets, LINKS["wire"].gives)

    def rows(*words):
        _, out, err = replay_check.run(programs.spanstat, ["-r", name, "allconn", "--json",
                                                           *words])
        return sorted(out), err

    every = [(line, json.loads(line).get("tunnel", [])) for line in rows()[0]]
    filters = tunnel_filters([step for _, steps in every for step in steps])
    checks.ok(len(every) == 400 and len(filters) > 20, f"{len(filters)} filters of {len(every)}")
    for words, wanted in filters.items():
        want = sorted(line for line, steps in every if wanted(steps))
        got, err = rows(words)
        checks.ok(got == want and not err and 0 < len(want) < len(every),
                  f"{words}: {len(got)} rows of {len(want)}", *err)


def frame_of_several(datagrams):
    """802.11 with several frames in one, each behind addresses and length, from word to word."""
    frame = b"\x88\x02" + bytes(22) + b"\x80\0"
    for ip in datagrams:
        body = snap_of(ip)
        frame += bytes(12) + struct.pack(">H", len(body)) + body
        frame += bytes(-(len(frame) - 26) & 3)
    return frame


def test_several_in_one(checks, programs):
    """Each of them is a packet: of one flow, and of as many flows as there are."""
    dice = random.Random(25)
    path = Path(bytes((10, 9, 8, 7)), bytes((10, 9, 8, 1)), 64, 0)
    packets, want, ident = [], {}, 0
    for i in range(400):
        datagrams = []
        for _ in range(dice.randint(1, 9)):
            port, size, ident = dice.randint(2000, 2049), dice.randint(1, 700), ident + 1
            data = dice.randbytes(size)
            segment = segment_udp(path, port, 53, data)
            datagrams.append(path.datagram(UDP, segment, ident))
            seen = want.setdefault(port, [0, 0])
            seen[0], seen[1] = seen[0] + 1, seen[1] + size
        packets.append((replay_make.START_US + i * 1000, frame_of_several(datagrams)))
    name = programs.path("several.pcap")
    capture_write(name, packets, 105)
    status, out, err = replay_check.run(programs.spanstat, ["-r", name, "--json"])
    rows = [json.loads(line) for line in out]
    got = {row["client"]["port"]: [row["client"]["packets"], row["client"]["payload"]]
           for row in rows}
    checks.ok((status, err, got) == (0, [], want), f"{ident} packets in {len(packets)} frames",
              str(err), *(f"port {port}: want {want[port]}, got {got.get(port)}" for port in want
                          if got.get(port) != want[port]))
