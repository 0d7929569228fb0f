# SPDX-License-Identifier: BSD-3-Clause
"""A machine of two NUMA nodes, its NIC on the second; hugepages on both, or on one or the other.

Wherever there are some and not enough, spanstatd goes on with ordinary memory or says why not; it
is never ended by a signal, and what it starts with it keeps under traffic.
"""
import json

from lab import wait_for
from vm_frames import flows, frames
from vm_guest import MEMORY_MB, Guest, Nic, options
from vm_package import give, install, service_conf

assert options
CONNECTIONS, WAIT_SEC, STEP_SEC = 50, 90, 0.3
HALF, PAGES = MEMORY_MB // 2, 200
SLOT = 2
BUS = 128
MACHINE = ('-object', f'memory-backend-ram,id=m0,size={HALF}M',
           '-object', f'memory-backend-ram,id=m1,size={HALF}M',
           '-numa', 'node,nodeid=0,cpus=0-1,memdev=m0', '-numa', 'node,nodeid=1,cpus=2-3,memdev=m1',
           '-device', f'pxb-pcie,id=far,bus_nr={BUS},numa_node=1,bus=pcie.0',
           '-device', 'pcie-root-port,id=root1,bus=far,chassis=1,slot=1')
ADDRESS = f'0000:{BUS + 1:02x}:00.0'
# Hugepages of each node; what the memory of flows may be called then.
PLACES = ((PAGES, PAGES), (PAGES, 0), (0, PAGES), (0, 0))
RESERVE = 'echo {} > /sys/devices/system/node/node{}/hugepages/hugepages-2048kB/nr_hugepages'


def play(checks, guest, nic, pages):
    name = f'hugepages {pages[0]} and {pages[1]}'
    guest.must('systemctl stop spanstatd; rm -f /dev/hugepages/*; ' + '; '.join(
        RESERVE.format(number, node) for node, number in enumerate(pages)))
    guest.run('systemctl start spanstatd')
    wire = frames(CONNECTIONS)
    if guest.run('systemctl is-active spanstatd')[0] == 0:
        nic.send(wire)

    def received():
        status, text = guest.run('spanstat stats --json 2>/dev/null')
        now = json.loads(text) if not status else {}
        return now and now['packets']['received'] == len(wire) and now['flows']['live']
    seen = wait_for(received, WAIT_SEC, STEP_SEC)
    log = guest.must('journalctl -u spanstatd -n 40 --no-pager')
    checks.equal(seen, flows(CONNECTIONS), f'{name}: all connections')
    checks.equal(guest.must('systemctl show -P NRestarts spanstatd').strip(), '0',
                 f'{name}: not ended by anything')
    checks.say(*(line for line in log.splitlines()
                 if 'flows take' in line or 'hugepages' in line or 'NUMA' in line))
    if not seen:
        checks.say(log)
    status, text = guest.run('spanstat doctor')
    checks.say(f'{name}: doctor {status}',
               *(line for line in text.splitlines() if 'node' in line))


def test_numa(checks, given):
    nic = Nic('n1', 'e1000e', SLOT, bus='root1')
    nic.address = ADDRESS
    with Guest(given, [nic], cpus=4, more=MACHINE) as guest:
        install(guest, give(guest, given.package))
        node = guest.must(f'cat /sys/bus/pci/devices/{ADDRESS}/numa_node').strip()
        checks.equal(node, '1', 'the NIC is of node 1')
        service_conf(guest, nic, hugepages=0)
        for pages in PLACES:
            checks.call(play, checks, guest, nic, pages)
        checks.equal(nic.sent(), 0, 'nothing was sent')
