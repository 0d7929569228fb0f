# SPDX-License-Identifier: BSD-3-Clause
"""Packets in tunnels in tags in links: every layer that is read, written by hand from inside out.

A step takes a packet of one kind and makes one of another kind of it:

    ip      a datagram of either family        ip4, ip6    of that one alone
    frame   Ethernet, without checksum         wlan        802.11 data

WRAPPINGS has the steps (replay_frames, replay_tunnels), LINKS what a capture file begins with
(replay_links): they enter themselves here. What may follow what is in what they take and give, so
mixes are chosen and never written down. A Wrap is what replay_wire's Link is to a
Connection: it has the steps, and the numbers that stay the same for one connection.
"""
import socket
import struct

from replay_wire import UDP, Path

OUTER_IP4, OUTER_IP6 = b"\xcb\x00\x71", b"\x20\x01\x0d\xb8\x00\x0f" + bytes(9)


class Wrap:
    """The way of one connection's packets into the capture: steps from the inside out, and a link.
    `vlan` is that of its row: the outermost tag in the frame inside the innermost tunnel that has
    one. `tunnels` are what a row's key `tunnel` must hold, outermost first: names, ids where they
    name a network, and the ends of what the client sends."""

    def __init__(self, rng, mix):
        self.rng, self.mix = rng, mix
        self.steps = [WRAPPINGS[name] for name in mix.names]
        self.numbers, self.at = {}, 0
        self.ident = rng.randrange(65536)
        self.vlan, self.tunnels = None, []
        for self.at, step in enumerate(self.steps):
            self._note(step)

    def _note(self, step):
        """A frame in a tunnel has its own VLAN or none; further out only a tunnel's word counts."""
        sealed = any(one.seals for one in self.steps[:self.at])
        if step.seals and not sealed and step.vlan and step.tunnel:
            self.vlan = self.number(step.vlan, 1, 4094)
        elif step.vlan and not step.tunnel and not sealed:
            self.vlan = self.number(step.vlan, 1, 4094)
        if step.tunnel:
            self.tunnels = [self._tunnel(step), *step.brings, *self.tunnels]

    def _tunnel(self, step):
        src, dst = (socket.inet_ntop(socket.AF_INET if len(end) == 4 else socket.AF_INET6, end)
                    for end in self.ends())
        known = {"kind": step.tunnel, "src": src, "dst": dst}
        return {**known, "id": self.number("id", step.least, step.most)} if step.most else known

    def frame(self, datagram, direction):
        packet = datagram
        for self.at, step in enumerate(self.steps):
            packet = step.make(self, packet, direction)
        self.at = len(self.steps)
        return LINKS[self.mix.link].make(self, packet, direction)

    def vlan_of(self, _direction):
        return self.vlan

    # --- numbers of one connection, or of one of its directions ---

    def number(self, name, least, most, direction=None):
        key = (self.at, name, direction)
        if key not in self.numbers:
            self.numbers[key] = self.rng.randint(least, most)
        return self.numbers[key]

    def addresses(self, kind):
        """MAC addresses of both ends; the first byte may be any that a host has."""
        return [bytes((self.number(kind + "first" + str(i), 0, 63) << 2,)) +
                self.number(kind + str(i), 0, (1 << 40) - 1).to_bytes(5, "big") for i in (0, 1)]

    # --- what several steps are made of ---

    def ends(self):
        """Of the outer IP header, the client's before the server's; which family is the
        connection's choice."""
        net = OUTER_IP4 if self.mix.families[self.at] == 4 else OUTER_IP6
        return [net + bytes((self.number("end" + str(i), 1 + 100 * i, 99 + 100 * i),))
                for i in (0, 1)]

    def outer(self, protocol, payload, direction):
        ends = self.ends()
        self.ident += 1
        path = Path(ends[direction], ends[1 - direction], 64, 0)
        return path.datagram(protocol, payload, self.ident)

    def datagram(self, port, payload, direction):
        """As an overlay has it: the sender's port spreads the flows, the checksum may be absent."""
        source = self.number("port", 49152, 65535, direction)
        head = struct.pack(">HHHH", source, port, 8 + len(payload), 0)
        return self.outer(UDP, head + payload, direction)

    def ether(self, ethertype, payload, direction):
        ends = self.addresses("mac")
        frame = ends[1 - direction] + ends[direction] + struct.pack(">H", ethertype) + payload
        return frame + bytes(max(0, 60 - len(frame)))


def ethertype_of(ip):
    return 0x0800 if ip[0] >> 4 == 4 else 0x86dd


def ppp_of(ip):
    return struct.pack(">H", 0x0021 if ip[0] >> 4 == 4 else 0x0057) + ip


def snap_of(ip):
    return b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", ethertype_of(ip)) + ip


class Step:
    """One wrapping. tunnel: its name in reports. network: the least and most id that names one.
    vlan: what the number of the VLAN is called that it says. brings: tunnels always inside it."""

    def __init__(self, takes, gives, make, tunnel=None, network=(0, 0), vlan=None, brings=()):
        self.takes, self.gives, self.make = takes, gives, make
        self.tunnel, self.vlan, self.brings = tunnel, vlan, brings
        self.least, self.most = network
        self.seals = tunnel is not None and takes in ("frame", "wlan")


WRAPPINGS = {}


def wrapping(takes, gives, **more):
    def add(function):
        WRAPPINGS[function.__name__] = Step(takes, gives, function, **more)
        return function
    return add


LINKS = {}


def link(takes, number):
    def add(function):
        LINKS[function.__name__] = Step(takes, number, function)
        return function
    return add


# --- mixes ----------------------------------------------------------------------------------------

class Mix:
    """Names of steps from the inside out, the family of each outer IP header, and a link."""

    def __init__(self, family, link):
        self.kind, self.family, self.link = "ip", family, link
        self.names, self.families = [], []

    def may(self, step):
        return step.takes == self.kind or (self.kind == "ip" and step.takes == f"ip{self.family}")

    def add(self, name, family=4):
        step = WRAPPINGS[name]
        assert self.may(step), (name, self)
        self.names.append(name)
        self.families.append(family)
        self.kind = step.gives
        if step.tunnel:
            self.family = family

    def reach(self, kind):
        """Adds the plain steps that make a packet of that kind. Frames are put into a tunnel before
        they can become another kind."""
        if self.kind == kind:
            return
        if self.kind != "ip":
            self.add("capwap" if self.kind == "frame" else "capwap_of_wlan")
        if kind in ("frame", "wlan"):
            self.add("ethernet" if kind == "frame" else "wlan")

    def tunnels(self):
        return sum(WRAPPINGS[name].tunnel is not None for name in self.names)

    def __str__(self):
        return f"{' > '.join(self.names) or 'nothing'} on {self.link}"


def mix_of(names, family, outer, link="wire"):
    """These steps in this order, with what has to stand between them."""
    mix = Mix(family, link)
    for name in names:
        takes = WRAPPINGS[name].takes
        if takes in ("ip4", "ip6"):
            if not mix.may(WRAPPINGS[name]):
                mix.reach("ip")
                mix.add("ip_in_ip", int(takes[2]))
        else:
            mix.reach(takes)
        mix.add(name, outer)
    mix.reach(LINKS[link].takes)
    return mix


def mix_random(rng, family, link, deepest):
    """A walk over what may follow what, until there are so many tunnels."""
    mix = Mix(family, link)
    while mix.tunnels() < deepest:
        steps = [name for name, step in WRAPPINGS.items() if mix.may(step)]
        wanted = [name for name in steps if WRAPPINGS[name].tunnel or rng.random() < 0.4]
        mix.add(rng.choice(wanted or steps), rng.choice((4, 4, 6)))
        if len(mix.names) > 14:     # tags upon tags: enough of them
            mix.reach("ip")
    mix.reach(LINKS[link].takes)
    return mix
