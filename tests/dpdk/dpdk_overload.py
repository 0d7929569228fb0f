# SPDX-License-Identifier: BSD-3-Clause
"""More packets than spanstatd can take: every loss is counted where it happens, `stats` says it,
and nothing else suffers.

Nothing here depends on how fast the machine is: what must be too slow is stopped (SIGSTOP), or has
its CPU only when nobody else wants it (SCHED_IDLE). The sender is tests/bench/bench_pktgen: TCP
connections that are always new ones, or a flood of SYNs beside connections that go on.
"""
import json
import os
import re
import signal
import socket
import subprocess

from dpdk_run import PortDaemon, Silence, adds_up, udp_frames, wait_for
from daemon import Daemon

PROGRAM = '../../tests/bench/bench_pktgen' # of the same build
START_SEC = 30
SEND_SEC = 60
ANSWERS = 8
FLOOD_FLOWS = 16384
FLOOD_KNOWN = 4000
FLOOD_PACKETS = 1000000
VICTIMS = 16      # that make room at once (TRACK_EVICT_MAX)
DROP_PACKETS = 200000
KERNEL_FRAMES = 50000  # the af_packet port's ring holds 32768


class Sender:
    """bench_pktgen on the first CPU; a context manager."""

    def __init__(self, programs, vdev, *options):
        program = os.path.join(os.path.dirname(programs.spanstatd), PROGRAM)
        self.command = [program, '--no-huge', '--cpu', str(min(os.sched_getaffinity(0))), '--vdev',
                        vdev, *options]
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_exception):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def said(self):
        """What it sent, once it has ended by itself or by stop()."""
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)


def memif(programs):
    ends = f'socket={programs.path("memif.sock")},socket-abstract=no,id=7'
    return f'net_memif0,role=server,{ends}', f'net_memif0,role=client,{ends}'


def threads(process, name):
    """The ids of a process's threads whose name fits."""
    tasks = f'/proc/{process.pid}/task'
    found = []
    for task in sorted(os.listdir(tasks), key=int):
        with open(f'{tasks}/{task}/comm', encoding='utf-8') as file:
            if re.fullmatch(name, file.read().strip()):
                found.append(int(task))
    return found


def lcore(number):
    return rf'(?:lcore|rte|dpdk)-worker-?{number}'


def schedule(tasks, policy):
    for task in tasks:
        os.sched_setscheduler(task, policy, os.sched_param(0))


def test_rings(checks, programs):
    """Two workers that have their CPU only when the receive core does not want it: its rings to
    them overflow, and the control core, on the same CPU, answers as ever."""
    receiver, sender = memif(programs)
    wrap = ('taskset', '-c', str(max(os.sched_getaffinity(0))))
    with PortDaemon(programs, '--workers', '2', '--vdev', receiver, wrap=wrap) as daemon, \
            Sender(programs, sender) as generator:
        workers = threads(daemon.process, lcore('[12]'))
        checks.equal((len(workers), len(threads(daemon.process, lcore(3)))), (2, 1),
                     'rings: two workers and a receive core')
        schedule(workers, os.SCHED_IDLE)
        lossy = wait_for(lambda: daemon.stats()['packets']['dropped']['worker'] > 0, START_SEC)
        checks.ok(lossy, 'rings: packets are lost before the workers', daemon.log())
        ports = [received(daemon) for _ in range(ANSWERS)]
        # The sender may have had no CPU in the time of so few answers.
        wait_for(lambda: ports.append(received(daemon)) or ports[0] < ports[-1], START_SEC)
        checks.ok(ports[0] < ports[-1] and ports == sorted(ports),
                  f'rings: {ANSWERS} answers and more while packets keep coming', ports)
        generator.stop()
        sent = generator.said()['sent']
        schedule(workers, os.SCHED_OTHER)
        stats = all_there(daemon, sent)
        packets = stats['packets']
        checks.equal(packets['received'] + packets['dropped']['worker'], sent,
                     'rings: received and dropped are all that was sent')
        checks.equal((stats['ports'][0]['received'], packets['dropped']['nic']), (sent, 0),
                     'rings: the port had all of them')
        checks.equal((sum(one['handed'] for one in stats['workers']),
                      sum(one['dropped'] for one in stats['workers']),
                      sum(packets['verdicts'].values())),
                     (packets['received'], packets['dropped']['worker'], packets['received']),
                     'rings: each worker says what it was handed and what it lost')
        text = daemon.ask('stats').stdout
        checks.ok(re.search(rf'dropped before worker += {packets["dropped"]["worker"]}\n', text),
                  'rings: and a person is told', text)
        checks.equal(daemon.terminate(3), 0, 'rings: spanstatd ends orderly')


def received(daemon):
    """What the first port had so far."""
    return daemon.stats()['ports'][0]['received']


def all_there(daemon, sent):
    """The counters when each packet sent has been received or lost."""
    seen = []

    def there():
        seen[:] = [daemon.stats()]
        packets = seen[0]['packets']
        return packets['received'] + sum(packets['dropped'].values()) >= sent
    wait_for(there, SEND_SEC)
    return seen[0]


def test_full_port(checks, programs):
    """spanstatd stands still while packets come: a memif's ring is full, and the sender, who alone
    can know, throws away what does not fit. Not one is lost that went in."""
    receiver, sender = memif(programs)
    with PortDaemon(programs, '--vdev', receiver) as daemon, \
            Sender(programs, sender, '--drop', '--packets', str(DROP_PACKETS), '--mpps',
                   '0.2') as generator:
        daemon.received(1)
        daemon.signal(signal.SIGSTOP)
        said = generator.said()
        daemon.signal(signal.SIGCONT)
        checks.ok(said['dropped'] > 0 and said['sent'] + said['dropped'] == DROP_PACKETS,
                  'full port: the sender counts what did not fit', said)
        stats = all_there(daemon, said['sent'])
        checks.equal((stats['packets']['received'], stats['packets']['dropped']),
                     (said['sent'], {'nic': 0, 'worker': 0}), 'full port: the rest is received')
        adds_up(checks, stats, 'full port')
        checks.equal(daemon.terminate(3), 0, 'full port: spanstatd ends orderly')


class Wire(Silence):
    """With a pair of cards, out0 and mir0."""

    def __enter__(self):
        super().__enter__()
        try:
            self.ip('link add out0 type veth peer name mir0', 'link set out0 up',
                    'link set mir0 up')
        except BaseException:
            self.remove()
            raise
        return self

    def send(self, frames):
        with self.entered():
            card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        with card:
            card.bind(('out0', 0))
            for frame in frames:
                card.send(frame)


def test_interface(checks, programs):
    """The kernel's ring of an interface runs over while spanstatd stands still: the kernel says how
    many packets it had no room for, and so does stats."""
    with Wire('wire') as wire, Daemon(programs, wire, '--no-huge') as daemon:
        frames = [frame for _, frame in udp_frames(KERNEL_FRAMES)]
        process = daemon.process
        process.send_signal(signal.SIGSTOP)
        wire.send(frames)
        process.send_signal(signal.SIGCONT)
        stats = all_there(daemon, KERNEL_FRAMES)
        packets = stats['packets']
        checks.ok(packets['dropped']['nic'] > 0, 'interface: packets are lost in the kernel', stats)
        dropped = packets['dropped']
        checks.equal((packets['received'] + dropped['nic'], dropped['worker']), (KERNEL_FRAMES, 0),
                     'interface: received and dropped are all that was sent')
        checks.equal((stats['ports'][0]['missed'], stats['flows']['live']),
                     (packets['dropped']['nic'], packets['received']),
                     'interface: the port says it, and what was received is tracked')
        wire.send(frames[:100])
        after = all_there(daemon, KERNEL_FRAMES + 100)['packets']
        checks.equal((after['received'] - packets['received'], after['dropped']),
                     (100, packets['dropped']), 'interface: afterwards nothing more is lost')


def test_flood(checks, programs):
    """A table that a flood of SYNs keeps full: the connections that were there stay, with every
    packet of theirs."""
    receiver, sender = memif(programs)
    with PortDaemon(programs, '--flows', str(FLOOD_FLOWS), '--vdev', receiver) as daemon, \
            Sender(programs, sender, '--known', str(FLOOD_KNOWN), '--packets',
                   str(FLOOD_PACKETS)) as generator:
        said = generator.said()
        stats = all_there(daemon, said['sent'])
        flows = stats['flows']
        checks.equal((said['sent'], said['known_packets'] + said['syns']), (FLOOD_PACKETS,) * 2,
                     'flood: all of it was sent')
        checks.equal((stats['packets']['tracked'], stats['packets']['dropped']),
                     (FLOOD_PACKETS, {'nic': 0, 'worker': 0}), 'flood: every packet is tracked')
        checks.ok(FLOOD_FLOWS - VICTIMS < flows['live'] <= FLOOD_FLOWS and flows['refused'] == 0,
                  'flood: the table is full, and nobody was refused', flows)
        checks.equal((flows['created'], flows['evicted'] + flows['expired']),
                     (FLOOD_KNOWN + said['syns'], FLOOD_KNOWN + said['syns'] - flows['live']),
                     'flood: as many made room as came')
        known = [row for row in daemon.json('conn') if row['client']['state'] == 'ESTABLISHED']
        checks.equal((flows['by_state']['ESTABLISHED'], flows['by_server_state']['ESTABLISHED'],
                      len(known)), (FLOOD_KNOWN,) * 3, 'flood: every known connection is there')
        checks.equal(sum(row[end]['packets'] for row in known for end in ('client', 'server')),
                     said['known_packets'], 'flood: with every packet of theirs')
        checks.equal([row for row in known if row.get('flags')], [],
                     'flood: opened in sight, without a gap')
        checks.equal(daemon.terminate(3), 0, 'flood: spanstatd ends orderly')
