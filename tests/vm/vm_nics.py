# SPDX-License-Identifier: BSD-3-Clause
"""Each model of NIC that QEMU has and DPDK has a driver for, watched by two workers.

    scripts/test-vm nics            all of MODELS, one boot (runner.py: WORD of a name)
    IGB=FOLDER scripts/test-vm nics igb as well, by a later QEMU (vm_igb.py)

What a model can do is in its row of MODELS: where it spreads packets by symmetric RSS each worker
has a queue and both directions of each connection; otherwise a receive core hands packets over.
"""
import json
import os
import re
import socket
from collections import namedtuple

from lab import Namespace, wait_for
from vm_frames import flows, frames
from vm_guest import Guest, Nic, options
from vm_package import give, install, link_changes, service_conf, start

assert options
CONNECTIONS, WAIT_SEC, STEP_SEC = 200, 90, 0.3
CPUS = 4
VIRTIO = ',mq=on,rss=on,hash=on,vectors=8,iommu_platform=on,disable-legacy=on'
Model = namedtuple('Model', 'name more driver rss')
MODELS = (
    Model('e1000', '', 'net_e1000_em', False),
    Model('e1000e', '', 'net_e1000_em', False),
    Model('vmxnet3', '', 'net_vmxnet3', False),
    Model('virtio-net-pci', VIRTIO, 'net_virtio', True),
)
IGB = Model('igb', '', 'net_e1000_igb', True)
FIRST_SLOT = 2
AT_ONCE = 128


class TapNic(Nic):
    """On a tap of two queues, in a namespace of its own: QEMU's virtio-net has as many queues as
    what is behind it."""
    space = tap = None

    def netdev(self):
        return ('-netdev', f'tap,id={self.name},ifname={self.tap},script=no,downscript=no,queues=2')

    def arguments(self, folder):
        self.folder = folder
        return (*self.netdev(), '-device', f'{self.model},id=card-{self.name},netdev={self.name},'
                f'mac={self.mac},bus=pcie.0,addr={self.slot:x}{self.more}')

    def attach(self, space):
        self.space, self.tap = space, f'{self.name}tap'
        space.sysctl('net.ipv6.conf.default.disable_ipv6=1')
        space.ip(f'tuntap add {self.tap} mode tap multi_queue', f'link set {self.tap} up')

    def send(self, frames_):
        with self.space.entered():
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with wire:
            wire.bind((self.tap, 0))
            for frame in frames_:
                wire.send(frame)

    def sent(self):
        return self.space.link(self.tap)['stats64']['rx']['packets']


def stats(guest):
    status, text = guest.run('spanstat stats --json 2>/dev/null')
    return json.loads(text) if not status else None


def wait(checks, guest, what, name):
    """what() of the counters as they are then; gives the last ones."""
    seen = []

    def there():
        seen[:] = [stats(guest)]
        return seen[0] and what(seen[0])
    checks.ok(wait_for(there, WAIT_SEC, STEP_SEC), name, seen, guest.run(
        'journalctl -u spanstatd -n 20 --no-pager')[1])
    return seen[0] or {}


def spreads(checks, guest, model, seen):
    log = guest.must('journalctl -u spanstatd --no-pager')
    started = re.findall(r'port \S+: driver (\S+), (\d) queues?, (no|symmetric) RSS', log)
    wanted = (model.driver, '2', 'symmetric') if model.rss else (model.driver, '1', 'no')
    checks.equal(started[-1:], [wanted], f'{model.name}: driver, queues, RSS')
    workers = [worker['received'] for worker in seen['workers']]
    checks.ok(len(workers) == 2 and all(workers), f'{model.name}: both workers have some', workers)
    checks.say(f'{model.name}: packets of the workers: {workers}, '
               f'stray {[worker["stray"] for worker in seen["workers"]]}')


def play(checks, guest, model, nic):
    service_conf(guest, nic, workers=2, hugepages=256)
    start(guest)
    wire = frames(CONNECTIONS)
    wait(checks, guest, lambda now: now['ports'][0]['state'] == 'up', f'{model.name}: link up')
    # No more than a ring takes: QEMU's virtio drops what its queue has no room for, uncounted.
    for at in range(AT_ONCE, len(wire), AT_ONCE):
        nic.send(wire[at - AT_ONCE:at])
        wait_for(lambda sent=at: stats(guest)['packets']['received'] >= sent, WAIT_SEC, STEP_SEC)
    nic.send(wire[at:])
    seen = wait(checks, guest, lambda now: now['packets']['received'] >= len(wire),
                f'{model.name}: frames come in')
    checks.equal((seen['packets']['received'], sum(seen['packets']['dropped'].values()),
                  seen['flows']['live'], seen['flows']['oneway']),
                 (len(wire), 0, flows(CONNECTIONS), 0),
                 f'{model.name}: each frame, each connection, both directions')
    checks.equal(seen['ports'][0]['bytes'], sum(map(len, wire)), f'{model.name}: bytes of the port')
    spreads(checks, guest, model, seen)
    before = len(link_changes(guest))
    guest.link(nic.name, False)
    wait(checks, guest, lambda now: now['ports'][0]['state'] == 'down', f'{model.name}: link off')
    status, text = guest.run('spanstat health --fail')
    checks.ok(status == 4 and re.search(r'(?m)^bad +link', text), f'{model.name}: health', text)
    guest.link(nic.name, True)
    wait(checks, guest, lambda now: now['ports'][0]['state'] == 'up', f'{model.name}: link on')
    checks.equal(link_changes(guest)[before:], ['down', 'up'], f'{model.name}: both in the log')
    guest.must('systemctl stop spanstatd')
    checks.equal(guest.must('systemctl show -P Result spanstatd').strip(), 'success',
                 f'{model.name}: it ends as it should')
    checks.equal(nic.sent(), 0, f'{model.name}: nothing was sent')


def test_nics(checks, given, word):
    igb = os.environ.get('IGB')
    models = [model for model in (*MODELS, *([IGB] if igb else [])) if word in model.name]
    if igb:
        given.qemu = os.path.join(igb, 'qemu')
    nics = [(TapNic if model.name.startswith('virtio') else Nic)(
        f'n{slot}', model.name, slot, model.more) for slot, model in enumerate(models, FIRST_SLOT)]
    space = Namespace('vm')
    space.add()
    try:
        for nic in nics:
            if isinstance(nic, TapNic):
                nic.attach(space)
        with Guest(given, nics, cpus=CPUS, wrap=('ip', 'netns', 'exec', space.name)) as guest:
            install(guest, give(guest, given.package))
            for model, nic in zip(models, nics):
                checks.call(play, checks, guest, model, nic)
    finally:
        space.remove()
