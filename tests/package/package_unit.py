# SPDX-License-Identifier: BSD-3-Clause
"""The unit, its samples and the rule for NICs, as far as they can be tried where systemd is not
running: systemd-analyze judges the unit, a shell runs the commands in it on folders made up here.
"""
import os
import re
import shutil

from under_unit import allowed

EXPOSURE = 2.2          # of systemd-analyze: 0 is closed, 10 open
SAMPLES = ('hugepages.conf', 'interface.conf', 'af-xdp.conf')


def read(programs, name):
    with open(os.path.join(programs.root, 'service', name), encoding='utf-8') as file:
        return file.read()


def unit(programs, *samples):
    """The unit as it would be installed, with the programs of the build folder; its path."""
    folder = programs.path('units')
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(f'{folder}/spanstatd.service.d')
    with open(programs.built('service/spanstatd.service'), encoding='utf-8') as file:
        text = re.sub(r'(?<==)\S*(?=/spanstatd )', os.path.dirname(programs.spanstatd), file.read())
    for name in samples:
        shutil.copy(os.path.join(programs.root, 'service/examples', name),
                    f'{folder}/spanstatd.service.d')
    with open(f'{folder}/spanstatd.service', 'w', encoding='utf-8') as file:
        file.write(text)
    return file.name


def settings(text):
    """{name: [values]} of a unit."""
    found = {}
    for name, value in re.findall(r'^(\w+)=(.*)$', text, re.M):
        found.setdefault(name, []).append(value)
    return found


def test_verify(checks, programs):
    for samples in ((), *((sample,) for sample in SAMPLES), SAMPLES):
        done = programs.run('systemd-analyze', 'verify', '--man=no', unit(programs, *samples))
        checks.ok(done.returncode == 0 and not done.stderr.strip(),
                  f'systemd has nothing against the unit with {", ".join(samples) or "no sample"}',
                  done.stderr)


def test_security(checks, programs):
    done = programs.run('systemd-analyze', 'security', '--offline=true', '--no-pager',
                        f'--threshold={EXPOSURE * 10:.0f}', unit(programs))
    checks.ok(done.returncode == 0, f'its exposure is at most {EXPOSURE}', done.stdout)
    page = ''.join(open(os.path.join(programs.root, 'docs/service.md'), encoding='utf-8'))
    level = re.search(r'Overall exposure level for \S+: (\d+\.\d)', done.stdout)
    checks.ok(level and f'spanstatd` comes to {level[1]},' in page,
              'docs/service.md has the same number', level and level[0])


def test_lines(checks, programs):
    """What the daemon needs, and what systemd-analyze has no opinion about."""
    with open(unit(programs), encoding='utf-8') as file:
        have = settings(file.read())
    for name, value in (('Type', 'notify'), ('User', 'spanstat'), ('Restart', 'on-failure'),
                        ('AmbientCapabilities', 'CAP_NET_RAW'), ('LimitMEMLOCK', 'infinity'),
                        ('RestartPreventExitStatus', '2'), ('StateDirectory', 'spanstat'),
                        ('StartLimitIntervalSec', '0')):
        checks.equal(have.get(name), [value], f'{name}={value}')
    checks.ok(int(have['WatchdogSec'][0]) >= 3, 'the watchdog waits for some turns')
    families = set(have['RestrictAddressFamilies'][0].split())
    checks.ok(families >= {'AF_PACKET', 'AF_NETLINK', 'AF_UNIX', 'AF_INET', 'AF_INET6'},
              'sockets: ports, links, clients, collectors', families)


def test_calls(checks, programs):
    """All that the daemon's own filter lets through, for any source, the unit does, too."""
    with open(os.path.join(programs.root, 'lib/privilege/privilege_calls.c'),
              encoding='utf-8') as file:
        rows = set(re.findall(r'\{ [A-Z]+, +"(\w+)"', file.read()))
    with open(unit(programs), encoding='utf-8') as file:
        calls = allowed(file.read())
    checks.ok(len(rows) > 90, 'the rows of privilege_calls.c', len(rows))
    checks.equal(sorted(rows - calls), [], 'what the daemon lets through, the unit does')


def answers(text, *words):
    """What stands in the last quotes of a line with these words: a command for a shell."""
    line = next(line for line in text.splitlines() if all(word in line for word in words))
    return re.search(r"/bin/sh -c '(.*?)'", line)[1].replace('$$', '$')


def test_hugepages(checks, programs):
    """The sample raises the number and never lowers it."""
    command = answers(read(programs, 'examples/hugepages.conf'), 'ExecStartPre=+')
    node = programs.path('node0/hugepages/hugepages-2048kB')
    os.makedirs(node)
    command = command.replace('/sys/devices/system/node/', f'{programs.folder}/')
    for before, after in ((0, 512), (511, 512), (512, 512), (4000, 4000)):
        programs.write('node0/hugepages/hugepages-2048kB/nr_hugepages', f'{before}\n')
        done = programs.run('sh', '-c', command, env={'PATH': os.environ['PATH'],
                                                      'HUGEPAGES_NODE0': '512'})
        with open(f'{node}/nr_hugepages', encoding='ascii') as file:
            checks.equal((done.returncode, int(file.read())), (0, after),
                         f'{before} pages are there, 512 wanted')


def test_rule(checks, programs):
    """A group with a NIC is given away, to the user only; one without stays as it is."""
    rule = read(programs, '70-spanstat.rules')
    checks.ok('OWNER="spanstat"' in rule and 'GROUP="root"' in rule and 'MODE="0600"' in rule,
              'to the user, and to no group', rule)
    command = answers(rule, 'SUBSYSTEM=="vfio"')
    command = command.replace('/sys/kernel/iommu_groups', programs.folder)
    for group, classes, given in ((1, ('0x020000',), True), (2, ('0x030000', '0x040300'), False),
                                  (3, ('0x060400', '0x020000'), True), (4, ('0x010802',), False)):
        for number, kind in enumerate(classes):
            os.makedirs(programs.path(f'{group}/devices/{number}'))
            programs.write(f'{group}/devices/{number}/class', f'{kind}\n')
        done = programs.run('sh', '-c', command.replace('%k', str(group)))
        checks.equal(done.returncode == 0, given, f'a group of {", ".join(classes)}')


def test_conf_stays(checks, programs):
    """`meson install` puts a configuration where there is none, and never over one."""
    install = os.path.join(programs.root, 'service/install-conf')
    sample = os.path.join(programs.root, 'config/spanstatd.conf')
    env = {**os.environ, 'DESTDIR': programs.path('root')}
    path = programs.path('root/etc/spanstat/spanstatd.conf')
    for text in (None, 'workers = 2\n'):
        if text is not None:
            programs.write('root/etc/spanstat/spanstatd.conf', text)
        done = programs.run(install, sample, '/etc/spanstat', env=env)
        with open(path, encoding='utf-8') as file, open(sample, encoding='utf-8') as given:
            checks.equal((done.returncode, file.read()), (0, text or given.read()),
                         'a configuration that is there stays' if text else 'the sample is put')
    done = programs.run(programs.spanstatd, '--check', '--config', sample)
    checks.equal(done.returncode, 0, 'the sample has no mistake')
