# SPDX-License-Identifier: BSD-3-Clause
"""Names of hosts from the configuration and of ports from /etc/services.

The daemon has read a capture and answers; what -E must match is worked out here from the rows that
it gives without. No name server is asked: the command does not even link what would ask one.
"""
import json
import os
import re
import signal

from daemon import READY_SEC, BareDaemon
from lab import wait_for
from replay_make import capture_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import capture_write

CONF = '''names = {{ "{db}/32 db1",
 "10.20.0.0/16 branch",
 "172.16.0.0/12 Web-A", "2001:db8::/32 web-b" }}
'''
RESOLVERS = re.compile(r'\b(getaddrinfo|gethostby\w+|getnameinfo|getserv\w+|setservent|res_\w+|'
                       r'__res_\w+|getent\w*|getproto\w+)\b')


class Stage(BareDaemon):
    def __init__(self, programs):
        self.conf, capture = programs.write('d.conf', ''), programs.path('t.pcap')
        capture_write(capture, capture_make(13, 500, 'ethernet', True, SCENARIOS + HARD)[0])
        super().__init__(programs, '--read', capture, '--config', self.conf)

    def configure(self, text):
        self.programs.write('d.conf', text)
        self.signal(signal.SIGHUP)

    def ask(self, *words):
        return self.programs.run(self.programs.spanstat, '--socket', self.socket, *words,
                                 env={**os.environ, 'LC_ALL': 'C'})

    def lines(self, *words):
        done = self.ask(*words)
        assert (done.returncode, done.stderr) == (0, ''), (words, done)
        return done.stdout.splitlines()

    def json(self, *words):
        return [json.loads(line) for line in self.lines(*words, '--json')]


def name_of(ip, db):
    if ip == db:
        return 'db1'
    if ip.startswith('10.20.'):
        return 'branch'
    if re.match(r'172\.(1[6-9]|2\d|3[01])\.', ip):
        return 'Web-A'
    return 'web-b' if ip.startswith('2001:db8:') else None


def ids(rows, *names):
    return {row['id'] for row in rows
            if {row[end].get('name') for end in ('client', 'server')} & set(names)}


def check_rows(checks, stage, db):
    for report in ('conn', 'allconn', 'all', 'byteinfo'):
        rows = stage.json(report)
        wrong = [row for row in rows for end in ('client', 'server')
                 if row[end].get('name') != name_of(row[end]['ip'], db)]
        checks.ok(rows and not wrong, f'{report} --json has the names', *wrong[:3])
    for report, key in (('clients', 'ip'), ('leaks', None)):
        lines = stage.json(report)
        found = [(line[key], line.get('name')) if key else
                 (line['server']['ip'], line['server'].get('name')) for line in lines]
        wrong = [(ip, name) for ip, name in found if name != name_of(ip, db)]
        checks.ok(found and not wrong, f'{report} too', *wrong[:3])
    lines = stage.lines('clients')
    checks.ok(lines[1].endswith('Idle  Name'), 'clients has a column for them', lines[1])
    line = next(line for line in lines if line.startswith(db + ' '))
    checks.ok(line.endswith('  db1'), 'and they are in it', line)


def check_filter(checks, stage):
    rows = stage.json('allconn')
    for patterns, names in ((('db1',), ['db1']), (('DB?',), ['db1']),
                            (('web*',), ['Web-A', 'web-b']),
                            (('*a*', 'db1'), ['branch', 'Web-A', 'db1']),
                            (('nobody',), [])):
        options = [word for pattern in patterns for word in ('-E', pattern)]
        wanted = ids(rows, *names)
        checks.equal({row['id'] for row in stage.json('allconn', *options)}, wanted,
                     f'-E {" -E ".join(patterns)}: {len(wanted)} connections')
        checks.ok(bool(wanted) == bool(names), 'which are some, or none')
    both = {row['id'] for row in rows if row['client'].get('name') == 'branch' and
            row['server'].get('name') == 'Web-A'}
    checks.equal({row['id'] for row in
                  stage.json('allconn', 'client.name', 'branch', 'server.name', 'web-a')}, both,
                 'as words of a filter')
    checks.ok(both, 'which some are')
    checks.equal({row['id'] for row in stage.json('allconn', '-E', 'db1', '-P', '443')},
                 {row['id'] for row in rows if row['id'] in ids(rows, 'db1') and
                  443 in (row['client']['port'], row['server']['port'])}, '-E with -P')
    checks.equal({line['ip'] for line in stage.json('clients', '-E', 'branch')},
                 {row['client']['ip'] for row in rows if row['client'].get('name') == 'branch'},
                 'clients -E is of the client')
    for words, told in ((('-E', 'a b'), "-E takes a name"),
                        (('conn', 'name', '<', 'a'), 'column 8'),
                        (('-E', 'a') * 7, '6 times'), (('home', '-E', 'a'), '-E do not go')):
        done = stage.ask(*words)
        checks.ok(done.returncode == 2 and told in done.stderr and done.stderr.count('\n') == 1,
                  f'{" ".join(words)} is refused', done)


def check_dialect(checks, stage, db):
    lines = stage.lines('allconn', '--as', db, '--dialect', 'zos', '-H')
    checks.ok(lines and all(line.startswith('db1      ') for line in lines),
              'z/OS has it as the user', *lines)
    lines = stage.lines('allconn', '--dialect', 'zos', '--format', 'short', '-E', 'web*')
    checks.ok(len(lines) > 3 and all(re.match(r'(Web-A|web-b) ', line) for line in lines[3:]),
              'and -E is of the line', *lines[:6])


def check_shown(checks, stage, db):
    plain, named = (stage.lines('allconn', *words) for words in ((), ('--names',)))
    wanted = [line for line in plain if f' {db}:' in line]
    shown = [line for line in named if ' db1:' in line]
    checks.ok(wanted and len(shown) == len(wanted), '--names shows the host', *shown[:3])
    checks.ok(not any(' branch:' in line for line in named), 'but no network for one')
    checks.ok(any(':https ' in line for line in named) and
              not any(':443 ' in line for line in named if line[9:12] == 'tcp'),
              'and ports', *named[:5])
    checks.equal(stage.lines('allconn', '--names', '--json'), stage.lines('allconn', '--json'),
                 'JSON is the same')
    for words in (('allconn', '--by', 'client'), ('clients',)):
        lines = stage.lines(*words, '--names')
        checks.equal(len([line for line in lines if line.startswith('db1 ')]), 1,
                     f'{" ".join(words)} too')
    linux = [stage.lines('allconn', '--as', db, '--dialect', 'linux', *words)[1:]
             for words in ((), ('--names',))]
    checks.equal(linux[1], linux[0], "a dialect keeps its system's numbers")


def check_reload(checks, stage, db):
    programs = stage.programs
    stage.configure('names = { "' + db + ' other" }\n')
    checks.ok(wait_for(lambda: stage.json('clients', '-E', 'other'), READY_SEC),
              'SIGHUP takes names')
    checks.equal(stage.json('clients', '-E', 'db1'), [], 'and leaves the old ones')
    stage.configure('names = { "10.0.0.1 x", "10.0.0.1 y" }\n')
    done = programs.run(programs.spanstatd, '--check', '--config', stage.conf)
    checks.ok(done.returncode == 2 and f'{stage.conf}:1: names: ' in done.stderr,
              'a mistake is told', done)
    checks.equal([line['name'] for line in stage.json('clients', '-E', 'oth*')], ['other'],
                 'and changes nothing')
    stage.configure('')
    checks.ok(wait_for(lambda: stage.lines('clients')[1].endswith(' Idle'), READY_SEC),
              'without names there is no column')


def check_no_resolver(checks, stage):
    done = stage.programs.run('nm', '-D', '--undefined-only', stage.programs.spanstat)
    checks.ok(done.returncode == 0 and ' setlocale' in done.stdout, 'the symbols are read',
              done.stderr)
    checks.equal(RESOLVERS.findall(done.stdout), [], 'nothing that asks a name server is linked')
    checks.ok(RESOLVERS.search(' U getservbyport@GLIBC_2.2.5\n'), 'and would be seen')


def test_names(checks, programs):
    with Stage(programs) as stage:
        rows = stage.json('allconn')
        db = next(row['client']['ip'] for row in rows if row['proto'] == 'tcp' and
                  row['client']['ip'].startswith('10.20.') and row['server']['port'] == 443)
        stage.configure(CONF.format(db=db))
        checks.ok(wait_for(lambda: stage.json('clients', '-E', 'db1'), READY_SEC),
                  'names are there')
        for check in (check_rows, check_dialect, check_shown):
            checks.call(check, checks, stage, db)
        checks.call(check_filter, checks, stage)
        checks.call(check_reload, checks, stage, db)
        checks.call(check_no_resolver, checks, stage)
