# SPDX-License-Identifier: BSD-3-Clause
"""Packets out of another process's memory: DPDK's own testpmd sends over memif and vhost-user to
spanstatd, and every packet that it says it sent is counted.

Both sides run without hugepages: without them EAL puts its memory in a memfd, and that can be
shared as hugepages can. testpmd sends UDP of one size from 256 addresses as fast as the other takes
it.

What comes the other way is counted too: spanstatd sends no frame by any port.

With memif, spanstatd ends before testpmd does: the driver (DPDK 22.11) unmaps a peer that leaves
while receiving goes on, and a worker that was preempted within its receive call dies of it. vhost
waits for the call to end, so there the peer leaves and another comes.
"""
import itertools
import os
import re
import subprocess

from dpdk_run import PortDaemon, adds_up, wait_for

SENT_LEAST = 100000
FLOWS = 256
DATAGRAM_BYTES = 64 - 14
START_SEC = 20
ANSWER_SEC = 10
SENT = re.compile(r'Accumulated forward statistics.*?TX-packets: (\d+)', re.DOTALL)
RECEIVED = re.compile(r'NIC statistics for port 0.*?RX-packets: (\d+)', re.DOTALL)
NUMBER = itertools.count()


class Testpmd:
    """testpmd with one port, obeying commands. It has the CPU that spanstatd's control core has, so
    that the worker keeps one for itself where there are two."""

    def __init__(self, programs, vdev):
        cpu = min(os.sched_getaffinity(0))
        name = f'testpmd-{os.getpid()}-{next(NUMBER)}'
        folder = programs.path(name)
        os.mkdir(folder)
        self.log_path = programs.path(name + '.log')
        self.command = ['stdbuf', '-oL', 'dpdk-testpmd', '--no-pci', '--no-huge', '--no-telemetry',
                        '-m', '256', '--lcores', f'0@{cpu},1@{cpu}', '--file-prefix', name,
                        '--vdev', vdev, '--', '-i', '--forward-mode=txonly', '--txonly-multi-flow',
                        '--total-num-mbufs=8192']
        self.env = {**os.environ, 'RUNTIME_DIRECTORY': folder}
        self.process = None

    def __enter__(self):
        with open(self.log_path, 'wb') as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=log,
                                            stderr=log, env=self.env)
        if not wait_for(lambda: 'testpmd> ' in self.log() or self.ended(), START_SEC) or \
                self.ended():
            self.__exit__()
            raise RuntimeError(f'testpmd did not come up: {self.log()}')
        return self

    def __exit__(self, *_exception):
        if not self.ended():
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()

    def ended(self):
        return self.process.poll() is not None

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def say(self, command):
        self.process.stdin.write(command.encode() + b'\n')
        self.process.stdin.flush()

    def stop(self):
        """Stops sending; gives the number of packets sent, or None."""
        self.say('stop')
        found = wait_for(lambda: SENT.search(self.log()), ANSWER_SEC)
        return int(found[1]) if found else None

    def received(self):
        """Polls its port for a while; gives how many packets have come by it in all, or None."""
        for command in ('set fwd rxonly', 'start', 'stop', 'set fwd txonly', 'show port stats 0'):
            self.say(command)
        found = wait_for(lambda: RECEIVED.search(self.log()), ANSWER_SEC)
        return int(found[1]) if found else None

    def quit(self):
        self.say('quit')
        try:
            return self.process.wait(ANSWER_SEC)
        except subprocess.TimeoutExpired:
            return None


def send(checks, daemon, testpmd, name, before=0):
    """Lets testpmd send a while; gives how many packets spanstatd has at the end."""
    testpmd.say('start')
    daemon.received(before + SENT_LEAST)
    sent = testpmd.stop()
    checks.ok(sent is not None and sent >= SENT_LEAST, f'{name}: testpmd sends', sent,
              testpmd.log())
    stats = daemon.received(before + (sent or 0))
    checks.equal(stats['packets']['received'], before + (sent or 0), f'{name}: all of it received')
    checks.equal((stats['packets']['ignored'], stats['packets']['dropped'], stats['duplicates']),
                 (0, {'nic': 0, 'worker': 0}, 0), f'{name}: nothing ignored, dropped or a copy')
    adds_up(checks, stats, name)
    return stats['packets']['received']


def nothing_sent(checks, daemon, testpmd, name):
    daemon.json('health')
    checks.equal(testpmd.received(), 0, f'{name}: testpmd receives nothing')
    checks.equal(daemon.stats()['ports'][0]['sent'], 0, f'{name}: spanstatd sends nothing')


def becomes(checks, daemon, state, name):
    checks.ok(wait_for(lambda: daemon.stats()['ports'][0]['state'] == state, ANSWER_SEC),
              f'{name}: the link is {state}', daemon.stats()['ports'], daemon.log())


def rows_add_up(checks, daemon, received, name):
    rows = daemon.json('conn')
    checks.equal({row['client']['bytes'] / row['client']['packets'] for row in rows},
                 {DATAGRAM_BYTES}, f'{name}: bytes of IP, without Ethernet')
    checks.equal((len(rows), sum(row['client']['packets'] for row in rows)), (FLOWS, received),
                 f'{name}: flows and their packets')


# Packets of one flow are the same to the last bit, so that copies cannot be told from repetitions.
def config(programs):
    return '--config', programs.write('copies.conf', 'duplicates { detect = false }\n')


def test_memif(checks, programs):
    ends = f'socket={programs.path("memif.sock")},socket-abstract=no,id=7'
    with PortDaemon(programs, *config(programs), '--vdev',
                    f'net_memif0,role=server,{ends}') as daemon:
        becomes(checks, daemon, 'down', 'memif without a peer')
        with Testpmd(programs, f'net_memif0,role=client,{ends}') as testpmd:
            becomes(checks, daemon, 'up', 'memif')
            received = send(checks, daemon, testpmd, 'memif')
            rows_add_up(checks, daemon, received, 'memif')
            nothing_sent(checks, daemon, testpmd, 'memif')
            checks.equal(daemon.terminate(3), 0, 'memif: spanstatd ends orderly')
            checks.ok(not os.path.exists(programs.path('memif.sock')),
                      'memif: and its socket is gone')
            checks.equal(testpmd.quit(), 0, 'memif: testpmd ends orderly')


def test_vhost(checks, programs):
    socket = programs.path('vhost.sock')
    received = 0
    with PortDaemon(programs, *config(programs), '--vdev',
                    f'net_vhost0,iface={socket},queues=1') as daemon:
        for name in ('vhost', 'vhost, another peer'):
            becomes(checks, daemon, 'down', f'{name}, before it')
            with Testpmd(programs, f'net_virtio_user0,path={socket},queues=1') as testpmd:
                becomes(checks, daemon, 'up', name)
                received = send(checks, daemon, testpmd, name, received)
                nothing_sent(checks, daemon, testpmd, name)
                checks.equal(testpmd.quit(), 0, f'{name}: testpmd ends orderly')
        rows_add_up(checks, daemon, received, 'vhost')
        checks.equal(daemon.terminate(3), 0, 'vhost: spanstatd ends orderly')
        checks.ok(not os.path.exists(socket), 'vhost: and its socket is gone')


def test_ring(checks, programs):
    """Without a peer: what it sent would come back to it, and be counted."""
    with PortDaemon(programs, '--vdev', 'net_ring0') as daemon:
        becomes(checks, daemon, 'up', 'ring')
        daemon.json('health')
        daemon.json('allconn')
        now = daemon.stats()['ports'][0]
        checks.equal((now['sent'], now['received']), (0, 0), 'ring: spanstatd sends nothing')
        checks.equal(daemon.terminate(3), 0, 'ring: spanstatd ends orderly')
