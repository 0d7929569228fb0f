# SPDX-License-Identifier: BSD-3-Clause
"""spanstatd at full rate, asked everything all the time, then left in peace: does it need more and
more memory, does a flow stay behind, do its counts agree? `scripts/soak MINUTES` runs this for as
long as one likes.

bench_pktgen sends connections that are always new, datagrams and, at times, a flood of SYNs, as
fast as a memif takes them. What a round of questions leaves behind is measured after each round
(dpdk_soak_ask.py, dpdk_soak_flat.py). When the sender has stopped, new timers keep what is there
for as long as it is counted, and then end all of it. At last as many SYNs come as the table has
room for: each finds room only if every entry that was given came back.
"""
import os
import signal
import time

from dpdk_overload import Sender, all_there, memif
from dpdk_run import PortDaemon, adds_up, wait_for
from dpdk_soak_ask import Asking
from dpdk_soak_flat import Sample, descriptors, settled, verdicts

FLOWS = 131072
OPEN = 16384        # connections that are open at a time
LEAST_SAMPLES = 6   # of those that count, however slow the machine is
RECORDS_SHARE = 64  # flows for each record of trouble (entry_trouble.h)
REPEATS = 8         # retransmissions of a connection that takes one (bench_pktgen.c)
QUIET_SEC = 60
GONE_SEC = 5        # until the daemon has seen that a client has gone
APPLIED = 'configuration read again, in force now'
SHORT = {'syn-sent': 4, 'syn-received': 4, 'established': 6, 'half-closed': 6, 'closing': 4,
         'last-ack': 4, 'msl': 1, 'closed': 1, 'midstream': 4, 'udp-oneway': 3, 'udp': 3}


def options(parser):
    parser.add_argument('--minutes', type=float, default=1)
    parser.add_argument('--flows', type=int, default=FLOWS)


def cpu():
    """The sender's: one that nobody else has, if there are three, else the control core's."""
    cpus = sorted(os.sched_getaffinity(0))
    return str(cpus[2] if len(cpus) > 2 else cpus[0])


def configured(programs, **timers):
    """The configuration of the daemon, written anew."""
    lines = '\n'.join(f'{key} = {seconds}' for key, seconds in {**SHORT, **timers}.items())
    return programs.write('soak.conf', f'timers {{\n{lines}\n}}\n')


def reload(daemon, programs, **timers):
    """New timers; what the workers are told of them they take within a turn."""
    before = daemon.log().count(APPLIED)
    configured(programs, **timers)
    daemon.signal(signal.SIGHUP)
    return wait_for(lambda: daemon.log().count(APPLIED) > before, QUIET_SEC)


class Soak:
    """One daemon, and what was seen of it."""

    def __init__(self, checks, programs, daemon, given):
        self.checks, self.programs, self.daemon = checks, programs, daemon
        self.seconds, self.flows = given.minutes * 60, given.flows
        self.asking = Asking(programs, daemon)
        self.samples, self.begun = [], time.monotonic()
        self.idle = descriptors(daemon.process)

    def passed(self):
        return time.monotonic() - self.begun

    def go(self):
        """Rounds of questions until the time is over, a line for each minute."""
        minute = 1
        while self.passed() < self.seconds or not self.is_enough():
            self.asking.round()
            wait_for(lambda: descriptors(self.daemon.process) <= self.idle, GONE_SEC)
            self.samples.append(Sample(self.daemon, self.passed()))
            if self.passed() >= minute * 60:
                minute = int(self.passed() / 60) + 1
                self.checks.say(self.samples[-1].line(self.asking.asked))

    def is_enough(self):
        """Are there samples to judge by, and more connections that took a record of trouble than
        there are records?"""
        return len(settled(self.samples, self.seconds)) >= LEAST_SAMPLES and \
            self.samples[-1].stats['retransmissions'] > 2 * REPEATS * self.flows / RECORDS_SHARE

    def judge(self):
        self.checks.equal(self.asking.failed, [], f'{self.asking.asked} reports were answered')
        for name, flat, details in verdicts(self.samples, self.seconds):
            self.checks.ok(flat, f'{name} is flat', *details)

    def counts(self, sent):
        """Nothing that came is without a place in the counts."""
        stats = all_there(self.daemon, sent)
        packets, flows = stats['packets'], stats['flows']
        self.checks.equal(packets['received'] + sum(packets['dropped'].values()), sent,
                          'received and dropped are all that was sent')
        adds_up(self.checks, stats, 'soak')
        self.checks.equal(flows['saturated'], 0, 'records of trouble came back: there was always '
                          'one when a counter needed it')
        self.checks.ok(flows['expired'] > 0 and flows['dropped'] > 0,
                       'flows expired and were dropped', flows)

    def rows(self):
        """With timers that let nothing end: rows, groups and counters are of the same flows."""
        self.checks.ok(reload(self.daemon, self.programs, **dict.fromkeys(SHORT, 3600)),
                       'long timers', self.daemon.log())
        # TIME_WAIT lasts two MSL, so nothing that was there is due any more.
        flows = self.still()
        rows = self.daemon.ask('allconn', '-H').stdout.count('\n')
        groups = sum(row['count'] for row in self.daemon.json('allconn', '--by', 'proto'))
        states = flows['by_state'].values()
        self.checks.equal((rows, groups, flows['tcp'] + flows['udp'], sum(states)),
                          (flows['live'],) * 4, 'rows, groups, protocols and states are as many '
                          'as the flows')

    def still(self):
        """The counters of flows when they no longer change."""
        seen = [self.daemon.stats()['flows']]

        def is_still():
            seen.append(self.daemon.stats()['flows'])
            return seen[-1] == seen[-2]
        wait_for(is_still, QUIET_SEC)
        return seen[-1]

    def quiet(self):
        self.checks.ok(reload(self.daemon, self.programs), 'short timers', self.daemon.log())
        wait_for(lambda: self.daemon.stats()['flows']['live'] == 0, QUIET_SEC)
        flows = self.still()
        self.checks.equal((flows['live'], flows['oneway'], set(flows['by_state'].values())),
                          (0, 0, {0}), 'after quiet no flow is there, in no state')
        self.checks.equal(flows['created'], flows['expired'] + flows['evicted'] + flows['dropped'],
                          'each flow that was opened has ended once')

    def fill(self, port):
        """One connection, and SYNs of others until every entry is taken."""
        reload(self.daemon, self.programs, **dict.fromkeys(SHORT, 3600))
        before = self.still()
        capacity = before['capacity']
        with Sender(self.programs, port, '--known', '1', '--packets', str(2 * capacity + 1)):
            wait_for(lambda: self.daemon.stats()['flows']['live'] == capacity, QUIET_SEC)
            after = self.still()
        self.checks.equal((after['live'], after['evicted'], after['refused']),
                          (capacity, before['evicted'], before['refused']),
                          'every entry of the table can be had again')


def test_soak(checks, programs, given):
    receiver, port = memif(programs)
    again, last = (end.replace('memif0', 'memif1').replace('memif.sock', 'again.sock')
                   for end in (receiver, port))
    with PortDaemon(programs, '--config', configured(programs), '--flows', str(given.flows),
                    '--vdev', receiver, '--vdev', again) as daemon, \
            Sender(programs, port, '--mix', '--open', str(OPEN), '--cpu', cpu()) as sender:
        daemon.received(1)
        soak = Soak(checks, programs, daemon, given)
        soak.go()
        soak.judge()
        sender.stop()
        soak.counts(sender.said()['sent'])
        soak.rows()
        soak.quiet()
        soak.fill(last)
        checks.equal(daemon.terminate(3), 0, 'spanstatd ends orderly')
