# SPDX-License-Identifier: BSD-3-Clause
"""Real hosts whose connections cross the NIC that is watched: rows against what `ss` says.

Two NICs on QEMU's hub belong to the guest's own kernel, each in a network namespace of its own: two
hosts. The NIC that vfio-pci has is on the same hub, as on a mirror port. The scenarios are those of
tests/net (net_states.py), played in the guest by the same runner against the service.
"""
import io
import os
import tarfile

from vm_guest import Guest, HubWire, Nic, options      # options(): for the runner
from vm_package import give, install, service_conf, start

assert options
HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
IN_GUEST = '/root/tests'
PLAY_SEC = 600


def give_tests(guest):
    """What net_states.py needs, and vm_states.py beside it."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode='w:gz') as tar:
        for folder, begin in (('support', ''), ('net', 'net_s'), ('vm', 'vm_states')):
            for name in sorted(os.listdir(os.path.join(TESTS, folder))):
                if name.startswith(begin) and name.endswith('.py'):
                    place = 'support' if folder == 'support' else 'net'
                    tar.add(os.path.join(TESTS, folder, name), f'{place}/{name}')
    guest.put('/root/tests.tar.gz', made.getvalue())
    guest.must(f'mkdir -p {IN_GUEST} && tar -C {IN_GUEST} -xf /root/tests.tar.gz')


def card(guest, nic):
    """The kernel's name of a NIC."""
    return guest.must(f'ls /sys/bus/pci/devices/{nic.address}/virtio*/net').split()[0]


def hosts_agree(checks, guest, *only):
    """Plays all scenarios or these, between the NICs a and b; each is a check."""
    give_tests(guest)
    cards = [card(guest, guest.nics[name]) for name in 'ab']
    status, text = guest.run(
        f'python3 {IN_GUEST}/support/runner.py {IN_GUEST}/net/vm_states.py --build / '
        f'--spanstat /usr/bin/spanstat --limit {PLAY_SEC} --cards {",".join(cards)} '
        + (f'--only {",".join(only)}' if only else ''), PLAY_SEC + 20)
    made = 0
    for line in text.splitlines():
        verdict, _, name = line.partition(' - ')
        if name and verdict.split()[0] in ('ok', 'not'):
            made += 1
            checks.ok(verdict.startswith('ok'), f'hosts: {name}')
        elif line.startswith('#'):
            checks.say(line[2:])
    checks.ok(status in (0, 1) and made, 'the hosts were played to their end', text)


def watched(given, model='e1000e'):
    """A guest with a NIC to watch, n1, and both hosts' on its hub."""
    return Guest(given, [Nic('n1', model, 2, hub=True), Nic('a', 'virtio-net-pci', 3, hub=True),
                         Nic('b', 'virtio-net-pci', 4, hub=True), HubWire()])


def test_hosts(checks, given):
    """All of them."""
    with watched(given) as guest:
        install(guest, give(guest, given.package))
        service_conf(guest, guest.nics['n1'])
        start(guest)
        hosts_agree(checks, guest)
        checks.equal(guest.nics['n1'].sent(), 0, 'nothing was sent by the NIC that is watched')
