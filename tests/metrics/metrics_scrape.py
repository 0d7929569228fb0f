# SPDX-License-Identifier: BSD-3-Clause
"""A real scrape against what the daemon says in its reports, what docs/metrics.md says of each
metric, and what promtool says of the format; /healthz; and the configuration.
"""
import os
import re
import signal
import struct

from daemon import BareDaemon, Listener
from lab import wait_for
from metrics_run import PORT, ScrapedDaemon, address, traffic
from replay_wire import Path, segment_udp

ROW = re.compile(r'^\| `(spanstat_\w+)` \| (\w+) \| (.*?) \| (\S.*) \|$', re.M)
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
WAIT_SEC = 20
NAMED = 'names = { "0.0.0.0/0 four", "::/0 six" }'


def documented():
    """{name: (type, labels)} of the table in docs/metrics.md."""
    with open(os.path.join(ROOT, 'docs/metrics.md'), encoding='utf-8') as text:
        return {name: (kind, re.findall(r'`(\w+)`', labels))
                for name, kind, labels, _ in ROW.findall(text.read())}


def judge_documentation(checks, scrape):
    table = documented()
    checks.equal(sorted(set(scrape.types) ^ set(table)), [],
                 'every metric is in docs/metrics.md, and every one there is served')
    checks.equal({name: kind for name, kind in scrape.types.items()
                  if name in table and table[name][0] != kind}, {}, 'with its type')
    empty = [name for name in scrape.types if not scrape.labels(name) and name in table and
             table[name][1] and scrape.family(name)]
    wrong = [name for name in scrape.types if scrape.labels(name) and
             table[name][1] != scrape.labels(name)]
    checks.equal(empty + wrong, [], 'with its labels')


def judge_numbers(checks, scrape, daemon):
    stats = daemon.stats()
    flows, packets = stats['flows'], stats['packets']
    checks.equal({name: scrape.value(f'spanstat_flows_{name}') for name in
                  ('capacity', 'created_total', 'expired_total', 'reused_total')},
                 {'capacity': flows['capacity'], 'created_total': flows['created'],
                  'expired_total': flows['expired'], 'reused_total': flows['reused']},
                 'flows are those of stats')
    checks.equal({labels[0][1]: value for labels, value in
                  scrape.family('spanstat_packets_total').items() if value},
                 {name: value for name, value in packets['verdicts'].items() if value},
                 'packets by verdict are those of stats')
    for end in ('client', 'server'):
        sums = {labels[0][1]: value for labels, value in
                scrape.family('spanstat_flow_ends').items() if labels[1][1] == end}
        checks.equal(sum(sums.values()), flows['live'], f'each live flow has a state at its {end}')
    checks.equal(sum(scrape.family('spanstat_flows').values()), flows['live'], 'and a protocol')


def judge_connections(checks, scrape, daemon):
    outcomes = {labels[0][1]: value for labels, value in
                scrape.family('spanstat_connections_total').items()}
    checks.equal(list(outcomes), ['success', 'refused', 'reset', 'timed_out', 'unreachable'],
                 'outcomes are those of the contract')
    accepted = sum(row['accepted'] for row in daemon.json('listen', '--all')
                   if row['proto'] == 'tcp')
    checks.equal(outcomes['success'], accepted, 'openings that went well are those of `listen`')
    checks.ok(outcomes['refused'] > 0 and outcomes['reset'] > 0, 'some went badly', outcomes)
    for name in ('handshake', 'round_trip'):
        for end in ('client', 'server'):
            places = [(labels, value) for labels, value in
                      scrape.family(f'spanstat_{name}_seconds_bucket').items()
                      if labels[0] == ('end', end)]
            values = [value for _, value in places]
            checks.ok(values == sorted(values) and values[-1] > 0 and
                      places[-1][0][1] == ('le', '+Inf') and values[-1] ==
                      scrape.value(f'spanstat_{name}_seconds_count', end=end),
                      f'{name} of the {end}: places add up', values)
            mean = scrape.value(f'spanstat_{name}_seconds_sum', end=end) / values[-1]
            checks.ok(0 < mean < 4, f'{name} of the {end}: a time', mean)


def judge_leaks(checks, scrape, daemon):
    leaks = daemon.json('leaks')
    checks.equal(sum(scrape.family('spanstat_leaked_connections').values()),
                 sum(row['count'] for row in leaks), 'leaks are as many as `leaks` has')
    named = scrape.family('spanstat_named_leaked_connections')
    checks.equal({labels[0][1]: value for labels, value in named.items()
                  if labels[1] == ('end', 'server')},
                 {name: sum(row['count'] for row in leaks if row['server'].get('name') == name and
                            row['not_closed'] == 'server') for name in ('four', 'six')},
                 'and those of a name')
    most = sorted((row['count'] for row in leaks), reverse=True)
    servers = list(scrape.family('spanstat_server_leaked_connections').values())
    checks.equal(servers, [float(count) for count in most[:3]],
                 'the servers with most of them have series of their own, as many as `top` says')


def test_scrape(checks, programs):
    with ScrapedDaemon(programs, traffic(), NAMED, top=3) as daemon:
        status, headers, text = daemon.get('/metrics')
        checks.equal((status, headers['Content-Type']),
                     (200, 'text/plain; version=0.0.4; charset=utf-8'), 'a scrape is answered')
        checks.equal(int(headers['Content-Length']), len(text), 'and is whole')
        scrape = daemon.walked()
        judge_documentation(checks, scrape)
        judge_numbers(checks, scrape, daemon)
        judge_connections(checks, scrape, daemon)
        judge_leaks(checks, scrape, daemon)
        checks.ok(scrape.value('spanstat_scrapes_total') > 0, 'scrapes are counted')
        checks.equal(promtool_check(programs, scrape.text), (0, '', ''),
                     'promtool check metrics has nothing to say')


def test_clients(checks, programs):
    with ScrapedDaemon(programs, traffic()) as daemon:
        def clients(count):
            return wait_for(lambda: daemon.scrape().value('spanstat_clients') == count, WAIT_SEC)
        checks.ok(clients(0), 'nobody asks')
        with Listener(daemon), Listener(daemon):
            checks.ok(clients(2), 'two listen to events: two clients')
        checks.ok(clients(0), 'and none when they are gone')


def promtool_check(programs, text):
    path = programs.write('scrape.txt', text)
    done = programs.run('sh', '-c', f'exec promtool check metrics < {path}')
    return done.returncode, done.stdout, done.stderr


def questions(count):
    """Datagrams that nobody answers, one a flow."""
    macs = b'\x02\0\0\0\0\x01\x02\0\0\0\0\x02' + b'\x08\0'
    path = Path(struct.pack('>I', 0x0a200001), bytes((192, 168, 5, 1)), 64, 0)
    return [(i, macs + path.datagram(17, segment_udp(path, 1024 + i, 53, b''), i))
            for i in range(count)]


def test_healthz(checks, programs):
    """Of a capture in which no flow is answered `health` says that the mirror is bad."""
    with ScrapedDaemon(programs, traffic()) as daemon:
        bad = [row for row in daemon.json('health') if row['verdict'] == 'bad']
        status, _, text = daemon.get('/healthz')
        checks.equal((status, text.splitlines()), (200, ['ok']) if not bad else (503, [
            ' '.join(filter(None, (row['check'], row.get('of')))) for row in bad]),
            '/healthz says what health says')
    with ScrapedDaemon(programs, questions(500)) as daemon:
        status, _, text = daemon.get('/healthz')
        checks.equal((status, text), (503, 'oneway\n'), 'one direction alone: 503, and the check')
        checks.equal(daemon.scrape().value('spanstat_health_grade', check='oneway', of=''), 2,
                     'and it is a metric')


def test_restart(checks, programs):
    with ScrapedDaemon(programs, traffic()) as daemon:
        with open(daemon.config, encoding='utf-8') as text:
            changed = text.read().replace(str(PORT), str(PORT + 1))
        programs.write(os.path.basename(daemon.config), changed)
        daemon.signal(signal.SIGHUP)
        checks.ok(wait_for(lambda: 'in force after a restart: metrics.listen' in daemon.log(),
                           WAIT_SEC), 'SIGHUP: another address needs a restart', daemon.log())
        checks.equal(daemon.get('/healthz')[0], 200, 'the old one is served')
        taken = BareDaemon(programs, '--config', programs.write(
            'taken.conf', f'metrics {{ listen = "{daemon.host}:{PORT}" }}'), '--read',
            programs.path('traffic.pcap'), socket=programs.path('taken.sock'))
        taken.launch()
        checks.equal(taken.wait(WAIT_SEC), 1, 'an address that is taken: it does not start')
        checks.ok(f'metrics.listen = "{daemon.host}:{PORT}": Address already in use' in taken.log(),
                  'and says which', taken.log())


def test_mistakes(checks, programs):
    for value in ('localhost:9180', '127.0.0.1', ':9180', '::1:9180', '127.0.0.1:0', '127.1:99999'):
        config = programs.write('wrong.conf', f'workers = 1\nmetrics {{\nlisten = "{value}"\n}}\n')
        done = programs.run(programs.spanstatd, '--check', '--config', config)
        checks.ok(done.returncode == 2 and f"{config}:3: listen: '{value}' is not" in
                  done.stdout + done.stderr, f'{value}: a mistake with its line', done)


def test_off(checks, programs):
    """Without the key nothing listens, whatever the socket."""
    daemon = ScrapedDaemon(programs, traffic())
    programs.write('metrics.conf', '')
    with daemon:
        inodes = {os.readlink(f'/proc/{daemon.process.pid}/fd/{fd}')
                  for fd in os.listdir(f'/proc/{daemon.process.pid}/fd')}
        with open(f'/proc/{daemon.process.pid}/net/tcp', encoding='utf-8') as table:
            mine = [line for line in table.read().splitlines()[1:]
                    if f'socket:[{line.split()[9]}]' in inodes]
        checks.equal((mine, 'metrics at' in daemon.log()), ([], False), 'off: no socket of TCP')
        checks.ok(address() not in daemon.log(), 'off: nothing is said')
