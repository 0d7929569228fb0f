# SPDX-License-Identifier: BSD-3-Clause
"""`spanstat doctor` in a namespace with a veth pair: faults made with the kernel's own tools are
found, and the command that each finding names mends it.

lib/doctor's unit tests have what this machine cannot have. Here the kernel answers by itself:
files of the namespace, ethtool's requests, rights. Needs root.
"""
from lab import Namespace, wait_for
import replay_schema

OK, ADVICE, MUST = 'ok', 'advice', 'must'
BAD = 4


class Machine(Namespace):
    """m0 is the mirror port: up, with carrier, silent; a context manager."""

    def __init__(self, checks, programs):
        super().__init__('doctor')
        self.checks, self.programs = checks, programs
        self.schema, self.keys = replay_schema.Strict(programs.schema), set()

    def __enter__(self):
        self.add()
        self.sysctl('net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
        self.ip('link add m0 numrxqueues 2 numtxqueues 2 type veth peer name p0',
                'link set p0 up', 'link set m0 up')
        self.exec('ethtool', '-K', 'm0', 'gro', 'off')
        self.exec('ethtool', '-L', 'm0', 'rx', '1')
        return self

    def __exit__(self, *_exception):
        self.remove()

    def run(self, *command):
        """What it answers, whatever its status: .returncode, .stdout, .stderr."""
        return self.programs.run('ip', 'netns', 'exec', self.name, *command)

    def ask(self, *words, before=()):
        """(status, rows); each line is held against the schema."""
        done = self.run(*before, self.programs.spanstat, 'doctor', *words, '--json')
        rows = [self.schema.check('doctor', line) for line in done.stdout.splitlines()]
        for row in rows:
            self.keys |= set(row)
        bad = any(row['verdict'] == MUST for row in rows)
        self.checks.equal((done.returncode, done.stderr), (BAD if bad else 0, ''),
                          f'doctor {" ".join(words)}: its status is that of the worst finding')
        return rows

    def worst(self, check, *words, **more):
        """The worst finding of that check about m0, or about the machine."""
        rows = [row for row in self.ask(*(words or ('m0',)), **more)
                if row['check'] == check and row.get('of', 'm0') == 'm0']
        return max(rows, key=lambda row: (OK, ADVICE, MUST).index(row['verdict']), default=None)

    def found(self, check, verdict, part):
        row = self.worst(check)
        self.checks.ok(row and row['verdict'] == verdict and part in row['finding'],
                       f'{check}: {verdict}, {part}', row)
        return row

    def mended(self, check, verdict, part):
        """What was made is found, and its own command mends it."""
        remedy = self.found(check, verdict, part).get('remedy', 'false')
        self.exec('sh', '-c', remedy)
        row = self.worst(check)
        self.checks.ok(row['verdict'] == OK, f'{check}: `{remedy}` mends it', row)


def check_interface(checks, machine):
    for check in ('link', 'speaks', 'merging', 'vlan', 'mtu', 'rss', 'numa'):
        machine.found(check, OK, '')
    machine.sysctl('net.ipv6.conf.m0.disable_ipv6=0')
    checks.ok(wait_for(lambda: 'has an address' in machine.worst('speaks')['finding'], 20),
              'IPv6 that has given itself an address is seen', machine.worst('speaks'))
    machine.mended('speaks', ADVICE, 'IPv6 is on')
    machine.ip('addr add 192.0.2.77/24 dev m0')
    machine.mended('speaks', ADVICE, '192.0.2.77')
    machine.exec('ethtool', '-K', 'm0', 'gro', 'on')
    machine.mended('merging', ADVICE, '(GRO)')
    machine.exec('ethtool', '-L', 'm0', 'rx', '2')
    machine.mended('rss', ADVICE, '2 queues')
    machine.ip('link set m0 mtu 1300')
    machine.mended('mtu', ADVICE, '1300')


def check_link(checks, machine):
    machine.ip('link set m0 down')
    machine.mended('link', MUST, 'is down')
    machine.ip('link set p0 down')
    checks.ok(wait_for(lambda: machine.worst('link')['verdict'] == MUST, 20), 'no carrier is seen')
    machine.found('link', MUST, 'no carrier')
    machine.ip('link set p0 up')
    checks.ok(wait_for(lambda: machine.worst('link')['verdict'] == OK, 20), 'and carrier')
    machine.ip('link set m0 down', 'link set m0 name m9')
    rows = [row for row in machine.ask('m0') if row.get('of') == 'm0']
    checks.ok([(row['check'], row['verdict']) for row in rows] == [('link', MUST)],
              'of an interface that is not there one thing is said', rows)
    machine.ip('link set m9 name m0', 'link set m0 up')


def check_rights(checks, machine):
    whole = [row['verdict'] for row in machine.ask('m0')
             if row['check'] == 'rights' and 'CAP_NET_RAW' in row['finding']]
    checks.equal(whole, [OK], 'root may open a packet socket')
    row = machine.worst('rights', before=('setpriv', '--bounding-set', '-net_raw',
                                          '--inh-caps', '-net_raw'))
    checks.ok(row['verdict'] == MUST and 'CAP_NET_RAW' in row['finding'],
              'without the capability it may not', row)
    row = machine.worst('memlock', before=('setpriv', '--bounding-set', '-ipc_lock',
                                           '--inh-caps', '-ipc_lock', 'prlimit',
                                           '--memlock=65536:65536'))
    checks.ok(row['verdict'] == MUST, 'nor lock a ring beyond the limit', row)


def check_mirror_to(checks, machine):
    """Addresses at which the mirror's tunnels end, of both kinds, as the kernel writes them."""
    machine.sysctl('net.ipv6.conf.m0.disable_ipv6=0')
    machine.ip('addr add 192.0.2.77/24 dev m0', 'addr add 2001:db8::77/64 dev m0 nodad')
    for ends, verdict in (('192.0.2.77, "2001:db8::70/124"', OK), ('192.0.2.77', ADVICE),
                          ('"2001:db8::77", 192.0.2.78', ADVICE)):
        path = machine.programs.write('ends.conf', 'sources { interface = { "m0" } }\n'
                                      f'decode {{ mirror-to = {{ {ends} }} }}\n')
        row = machine.worst('speaks', '--config', path)
        checks.equal(row['verdict'], verdict, f'speaks, mirror-to {ends}')
    machine.ip('addr flush dev m0')
    machine.sysctl('net.ipv6.conf.m0.disable_ipv6=1')


def check_configuration(checks, machine):
    path = machine.programs.write('doctor.conf', 'sources { interface = { "m0" } }\n')
    rows = machine.ask('--config', path)
    checks.ok(any(row.get('of') == 'm0' for row in rows), 'ports of a configuration', rows)
    path = machine.programs.write('wrong.conf', 'workers = many\n')
    row = machine.worst('configuration', '--config', path)
    checks.ok(row['verdict'] == MUST and 'wrong.conf:1: ' in row['finding'],
              'a mistake in it', row)
    row = machine.worst('configuration', '--config', '/nonexistent/doctor.conf')
    checks.ok(row['verdict'] == MUST and '/nonexistent/doctor.conf' in row['finding'],
              'one that is not there', row)


def check_device(checks, machine):
    rows = [row for row in machine.ask('ffff:ff:1f.7') if row.get('of') == 'ffff:ff:1f.7']
    checks.ok([(row['check'], row['verdict']) for row in rows] == [('driver', MUST)],
              'a device that is not there', rows)


def check_text(checks, machine):
    """Text has a line for what is right, and under the others what to do."""
    machine.ip('link set m0 mtu 1300')
    done = machine.run(machine.programs.spanstat, 'doctor', 'm0')
    lines = done.stdout.splitlines()
    checks.ok(lines[0].startswith('spanstat ') and 'ok      link m0: up' in done.stdout and
              'advice  mtu m0\n' in done.stdout and '\n    ip link set m0 mtu 1500\n' in done.stdout
              and lines[-1].startswith('must be mended: '), 'text for people', done.stdout)
    path = machine.programs.path('doctor.txt')
    machine.run(machine.programs.spanstat, 'doctor', 'm0', '-H', '-o', path)
    with open(path, encoding='utf-8') as file:
        text = file.read()
    checks.ok(text.startswith('ok ') and 'must be mended' not in text, '-o and -H', text)


def test_doctor(checks, programs):
    with Machine(checks, programs) as machine:
        for check in (check_interface, check_link, check_rights, check_mirror_to,
                      check_configuration, check_device, check_text):
            checks.call(check, checks, machine)
        checks.equal(machine.keys, {'check', 'of', 'verdict', 'finding', 'remedy'},
                     'each key of the schema was seen')
