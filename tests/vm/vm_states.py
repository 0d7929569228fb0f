# SPDX-License-Identifier: BSD-3-Clause
"""In the guest: the scenarios of net_states.py on NICs of the machine, against the service.

vm_hosts.py puts it beside net_states.py and runs it. What joins the NICs is outside: QEMU's hub.
"""
from daemon import Daemon
from lab import Lab, run
from net_states import FAMILIES, every_packet_counted, play, silent_listener, udp_flows
from net_scenarios import SCENARIOS

# These take the tap away for a while, which is not in the hub's power.
LEFT_OUT = 'midstream'
SOCKET = '/run/spanstat/spanstatd.sock'


def options(parser):
    parser.add_argument('--cards', required=True, help='the NICs of both hosts, with a comma')
    parser.add_argument('--only', help='names of scenarios, with commas: over IPv4')


class Service(Daemon):
    """The daemon that systemd has started: asked, and left alone."""

    def __init__(self, programs):       # nothing of the class above: nothing is started
        self.programs, self.socket = programs, SOCKET


class CardLab(Lab):
    """Two hosts, each with a NIC of the machine."""

    def __init__(self, cards):
        super().__init__()
        self.cards = cards

    def _build(self):
        nobody = (self.nobody4, self.nobody6, '02:20:00:00:00:99')
        for host, peer, card in zip((self.a, self.b), (self.b, self.a), self.cards):
            run(['ip', 'link', 'set', card, 'netns', host.name])
            host.ip(f'link set {card} name eth0')
            host.offloads_off('eth0')
            host.settle((peer.ip4, peer.ip6, peer.mac), nobody)


def test_states(checks, programs, given):
    daemon, only = Service(programs), given.only and given.only.split(',')
    with CardLab(given.cards.split(',')) as lab:
        for family, family_name in FAMILIES[:1] if only else FAMILIES:
            for case in SCENARIOS:
                name = case.play.__name__
                if LEFT_OUT not in name and (not only or name in only):
                    play(checks, lab, daemon, case, family, family_name)
            if not only:
                silent_listener(checks, lab, daemon, family, family_name)
            udp_flows(checks, lab, daemon, family, family_name)
        every_packet_counted(checks, daemon)
