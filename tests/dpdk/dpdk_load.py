# SPDX-License-Identifier: BSD-3-Clause
"""What is asked of spanstatd while packets come without end (net_pcap with infinite_rx=1):
counters, drop, new timers, a report of many flows, the end.

    python3 dpdk_load.py SPANSTATD SPANSTAT [WORD]
"""
import json
import signal
import subprocess

from dpdk_run import PortDaemon, capture, pcap, quiet, udp_frames, wait_for

FLOWS = 2000
MANY_FLOWS = 200000
LOOKS = 20
DROPS = 20
TERM_SEC = 2       # contract: SIGTERM ends it within
EXPIRE_SEC = 10
REPORT_KB = 30000  # of memory, for a report of any length
RSS_LINES = 5000   # between two looks at the memory of spanstat
NEVER_GIVEN = 'FFFFFFFFFFF0'
INFINITE = ',infinite_rx=1'


def endless(programs, flows):
    return pcap(capture(programs, 'endless.pcap', udp_frames(flows)), more=INFINITE)


def live(daemon):
    return daemon.stats()['flows']['live']


def test_counters(checks, programs):
    with PortDaemon(programs, *endless(programs, FLOWS)) as daemon:
        looks = [daemon.received(FLOWS)]
        for _ in range(LOOKS):
            looks.append(daemon.received(looks[-1]['packets']['received'] + 1))
        packets = [look['packets'] for look in looks]
        got = [one['received'] for one in packets]
        checks.ok(all(a < b for a, b in zip(got, got[1:])), 'received grows from look to look', got)
        bad = [one for one in packets if one['received'] != one['tracked'] + one['ignored'] or
               one['received'] != sum(one['verdicts'].values())]
        checks.equal(bad, [], f'{LOOKS} looks under load: received is tracked and ignored')
        checks.equal([one['dropped'] for one in packets if any(one['dropped'].values())], [],
                     'nothing is dropped: the file waits for the worker')
        checks.equal(looks[-1]['flows']['live'], FLOWS, 'every flow is live once')
        checks.equal(daemon.terminate(TERM_SEC), 0, 'SIGTERM under load: exit status 0 in 2 s')


def test_workers_add_up(checks, programs):
    """The receive core is faster than workers that share a CPU with it: what a ring has no room for
    is counted as dropped, and every packet of the port is in one of the two counts."""
    with PortDaemon(programs, '--workers', '2', *endless(programs, FLOWS)) as daemon:
        before = daemon.received(FLOWS)
        after = daemon.received(before['packets']['received'] + 100 * FLOWS)
        packets = after['packets']
        checks.ok(packets['received'] >= before['packets']['received'] + 100 * FLOWS,
                  'two workers: received grows', packets)
        checks.equal((packets['received'], packets['dropped']['worker'], packets['dropped']['nic']),
                     (packets['tracked'] + packets['ignored'],
                      sum(worker['dropped'] for worker in after['workers']), 0),
                     'two workers: received is tracked and ignored, drops are those of the rings')
        checks.ok(packets['received'] + packets['dropped']['worker'] <=
                  after['ports'][0]['received'],
                  'two workers: no packet was counted that the port did not deliver', after)
        checks.equal(daemon.terminate(TERM_SEC), 0, 'two workers: SIGTERM under load ends it')


def pair(row):
    return tuple(sorted((row[end]['ip'], row[end]['port']) for end in ('client', 'server')))


def test_drop(checks, programs):
    with PortDaemon(programs, *endless(programs, FLOWS)) as daemon:
        daemon.received(FLOWS)
        rows = daemon.json('conn')[:DROPS]
        done = [daemon.ask('drop', row['id']) for row in rows]
        checks.equal([(one.returncode, one.stdout, one.stderr) for one in done],
                     [(0, '', '')] * DROPS, f'{DROPS} live flows dropped')
        checks.equal(daemon.stats()['flows']['dropped'], DROPS, 'the drops are counted')
        checks.ok(wait_for(lambda: live(daemon) == FLOWS), 'their packets make them anew',
                  daemon.stats()['flows'])
        now = {pair(row): row['id'] for row in daemon.json('conn')}
        checks.equal([row['id'] for row in rows if now.get(pair(row)) in (None, row['id'])], [],
                     'each is there again under another id')
        checks.equal([daemon.ask('drop', row['id']).returncode for row in rows], [1] * DROPS,
                     'an id that is no more: exit status 1')
        done = daemon.ask('drop', NEVER_GIVEN)
        checks.ok(done.returncode == 1 and done.stderr.startswith('spanstat: ') and
                  done.stderr.count('\n') == 1, 'an id never given: exit status 1 and one line',
                  done)


def test_new_timers(checks, programs):
    """One port plays without end, the other once: with short timers only its flows expire."""
    once = capture(programs, 'once.pcap', udp_frames(FLOWS, first=10 * FLOWS))
    config = quiet(programs, 'udp-oneway = 3600')
    with PortDaemon(programs, '--config', config, *endless(programs, FLOWS),
                    *pcap(once, 1)) as daemon:
        checks.ok(wait_for(lambda: live(daemon) == 2 * FLOWS, EXPIRE_SEC), 'both ports have flows',
                  daemon.stats()['flows'])
        quiet(programs, 'udp-oneway = 1\nudp = nothing')
        daemon.signal(signal.SIGHUP)
        checks.ok(wait_for(lambda: 'going on with the old one' in daemon.log()) and
                  f'{config}:4: udp' in daemon.log(),
                  'SIGHUP with a mistake: told with its line', daemon.log())
        checks.equal(live(daemon), 2 * FLOWS, 'SIGHUP with a mistake: nothing changes')
        quiet(programs, 'udp-oneway = 1\nudp = 1')
        daemon.signal(signal.SIGHUP)
        checks.ok(wait_for(lambda: live(daemon) == FLOWS, EXPIRE_SEC),
                  'SIGHUP: what is silent expires by the new timer', daemon.stats()['flows'])
        stats = daemon.stats()
        checks.equal(stats['flows']['expired'], FLOWS, 'SIGHUP: and is counted')
        after = daemon.received(stats['packets']['received'] + FLOWS)
        checks.ok(after['packets']['received'] >= stats['packets']['received'] + FLOWS and
                  after['flows']['live'] == FLOWS, 'SIGHUP: the daemon goes on', after)
        checks.equal(daemon.terminate(TERM_SEC), 0, 'and ends when told')


def peak_kb(process):
    """The most memory that a process had so far; of /proc, for a child's rusage begins with the
    memory of the parent that forked it. None when it has ended."""
    try:
        with open(f'/proc/{process.pid}/status', encoding='ascii') as status:
            return next((int(line.split()[1]) for line in status if line.startswith('VmHWM')), None)
    except OSError:
        return None


def test_many_flows(checks, programs):
    with PortDaemon(programs, *endless(programs, MANY_FLOWS)) as daemon:
        stats = daemon.received(2 * MANY_FLOWS)
        checks.equal(stats['flows']['live'], MANY_FLOWS, f'{MANY_FLOWS} flows are live')
        ids, pairs, peaks, lines = set(), set(), [], 0
        with subprocess.Popen([programs.spanstat, '--socket', daemon.socket, 'conn', '--json'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as report:
            for line in report.stdout:
                row = json.loads(line)
                ids.add(row['id'])
                pairs.add(pair(row))
                lines += 1
                if lines % RSS_LINES == 0:
                    peaks.append(peak_kb(report))
            told = report.stderr.read()
        checks.equal((report.returncode, told), (0, b''), 'a report of all of them under load')
        checks.equal((lines, len(ids), len(pairs)), (MANY_FLOWS,) * 3,
                     'a row for every live flow, each once, every line is JSON')
        peaks = [peak for peak in peaks if peak is not None]
        checks.ok(len(peaks) >= MANY_FLOWS // RSS_LINES - 1 and max(peaks) < REPORT_KB,
                  f'spanstat needs less than {REPORT_KB} kB for it', peaks)
        after = daemon.received(stats['packets']['received'] + MANY_FLOWS)
        adds = after['packets']
        checks.ok(adds['received'] == adds['tracked'] + adds['ignored'] and
                  adds['dropped'] == {'nic': 0, 'worker': 0} and after['flows']['evicted'] == 0,
                  'meanwhile the worker went on and lost nothing', after)
