# SPDX-License-Identifier: BSD-3-Clause
"""spanstatd's command line: what it refuses, and how 

A source that does not come up ends the daemon with exit status 1 and one line that names it as the
user did; a command line that makes no sense, or mistakes in the configuration, with status 2.
"""
import os
import re

from daemon import BareDaemon
from dpdk_run import PortDaemon, capture, pcap, udp_frames, wait_for

END_SEC = 15
FRAMES = 100

# name of the case, file's text, mistakes: (line, words)
CONFIGURATIONS = (
    ('empty', '', ()),
    ('all kinds of keys', 'workers = 2\nname = "tap 1"\nhome += { 100.64.0.0/10 }\n'
     'timers {\n\tpreset = linux\n\tudp = 60\n}\n', ()),
    ('a mistake in each line', 'workers = 0\nnosuch = 3\ntimers {\n\tudp = abc\n}\n'
     'home = { 10.0.0.0/33 }\n', ((1, 'workers'), (2, 'nosuch'), (4, 'udp'), (6, '10.0.0.0/33'))),
    ('a brace missing', 'duplicates {\n\tdetect = false\n', ((1, 'duplicates'),)),
    ('ports of two tunnels', 'decode {\n\tgeneve-ports = { 4789 }\n}\n',
     ((2, 'decode.geneve-ports: port 4789 is one of vxlan-ports too'),)),
    ('too many flows', 'flows = 40000000\nworkers = 2\n', ((2, '40000000 flows need more'),)),
    ('CPUs in wrong places', 'workers = 2\ncpus {\n\tcontrol = 1023\n\treceive = 1023\n'
     '\tworkers = "1021-1023"\n}\n',
     ((3, 'cpus.control: CPU 1023 is not there'), (4, 'CPU 1023 is named by cpus.control too'),
      (4, 'cpus.receive: CPU 1023 is not there'), (5, 'named by cpus.control too'),
      (5, 'named by cpus.receive too'), (5, 'CPU 1021 is not there'), (5, 'CPU 1022 is not there'),
      (5, 'CPU 1023 is not there'), (5, 'names 3 CPUs, and workers is 2'))),
    ('a CPU twice', 'cpus {\n\tworkers = "0-1,0"\n}\n', ((2, 'CPU 0 is named twice'),)),
    ('an argument of EAL that a key says', '\neal = "-v --lcores 0,2-5"\n', ((2, "'--lcores'"),)),
)


def run(programs, *arguments):
    """spanstatd to its end: .returncode, .stdout, .stderr."""
    return programs.run(programs.spanstatd, '--socket', programs.path('spanstatd.sock'), *arguments,
                        timeout=END_SEC)


def errors_only(programs):
    """Without the warning that a machine with one CPU gives."""
    return '--no-huge', '--config', programs.write('errors.conf', 'log-level = error\n')


def refused(checks, name, done, status, *words):
    """It ended with this status and one line that has the words; nothing is left of it."""
    line = done.stderr
    checks.ok(done.returncode == status and not done.stdout and line.count('\n') == 1 and
              line.startswith('spanstatd: ') and all(word in line for word in words),
              f'{name}: exit status {status} and one line', done)


def test_sources(checks, programs):
    """Kernel interfaces that do not exist, devices and drivers that do not, files that do not."""
    config = errors_only(programs)
    for kind, source in (('vdev', 'net_nosuch0'), ('vdev', 'net_pcap0,rx_pcap=/nosuch'),
                         ('vdev', 'net_pcap0,rx_pcap=/nosuch,infinite_rx=1'),
                         ('vdev', 'net_af_packet0,iface=nosuch0'), ('vdev', 'net_pcap0,nosuch=1'),
                         ('interface', 'nosuch0'), ('pci', '0000:ff:1f.7')):
        done = run(programs, *config, f'--{kind}', source)
        refused(checks, f'--{kind} {source}', done, 1, f'spanstatd: {source}: ')
        checks.ok(not os.path.exists(programs.path('spanstatd.sock')),
                  f'--{kind} {source}: no socket is left')


# A NIC that its kernel's driver has, in a folder of the daemon's own: EAL finds it there too.
MADE_UP_NIC = ('unshare', '-m', 'sh', '-c', '''
mount -t tmpfs none /sys/bus/pci && cd /sys/bus/pci && mkdir -p devices/0000:03:00.0 drivers/igb
cd devices/0000:03:00.0 && ln -s ../../drivers/igb driver
for file in vendor=0x8086 device=0x10c9 subsystem_vendor=0x8086 subsystem_device=0xa03c \\
		class=0x020000 numa_node=-1 max_vfs=7 sriov_numvfs=0; do
	echo "${file#*=}" >"${file%%=*}"
done
yes '0x0000000000000000 0x0000000000000000 0x0000000000000000' | head -13 >resource
cd / && exec "$@"''', 'sh')


def test_nic_of_the_kernel(checks, programs):
    """Which driver has it, and the command; in the words of doctor."""
    done = programs.run(*MADE_UP_NIC, programs.spanstatd, '--socket', programs.path('no.sock'),
                        *errors_only(programs), '--pci', '03:00.0', timeout=END_SEC)
    refused(checks, 'a NIC that igb has', done, 1, "03:00.0: the kernel's driver igb has it, and "
            'spanstatd cannot: ', 'dpdk-devbind.py --bind=vfio-pci 0000:03:00.0')
    found = programs.run(*MADE_UP_NIC, programs.spanstat, 'doctor', '03:00.0', timeout=END_SEC)
    checks.ok("the kernel's driver igb has it, and spanstatd cannot" in found.stdout,
              'doctor says the same', found)


def test_second_source(checks, programs):
    """None of the good ones runs when one does not come up."""
    good = pcap(capture(programs, 'good.pcap', udp_frames(FRAMES)))
    for bad in (('--vdev', 'net_nosuch1'), ('--interface', 'nosuch0')):
        done = run(programs, *errors_only(programs), *good, *bad)
        refused(checks, f'a good source and {bad[1]}', done, 1, f'spanstatd: {bad[1]}: ')


def test_usage(checks, programs):
    path = capture(programs, 'good.pcap', udp_frames(FRAMES))
    for name, arguments, words in (
            ('no source', ('--no-huge',), ('--interface', '--pci', '--vdev', '--read')),
            ('a file and a port', ('--read', path, *pcap(path)), ('--read',)),
            ('standard input twice', ('--read', '-', '--read', '-'), ('--read -', 'twice')),
            ('checksums in no way', ('--checksum', 'yes', *pcap(path)), ('--checksum', 'verify')),
            ('a source given twice', (*pcap(path), *pcap(path)), ('--vdev', 'net_pcap0')),
            ('an unknown option', ('--nosuch',), ('--nosuch',)),
            ('a word that is no option', ('nosuch',), ('"nosuch"',)),
            ('a value out of range', ('--workers', '0', *pcap(path)), ('--workers', '0')),
            ('a value that is none', ('--flows', 'many', *pcap(path)), ('--flows', 'many')),
            ('a value missing', ('--vdev',), ('--vdev',)),
            ('a plan without words', ('--plan',), ('--plan',)),
            ('a plan without flows', ('--plan', '10M'), ('--plan', 'FLOWS')),
            ('a plan for an option', ('--plan', '10M', '--no-huge'), ('--plan', '"--no-huge"')),
            ('a plan for no rate', ('--plan', 'fast', '1M'), ('--plan', '"fast"', '14.88Mpps')),
            ('a plan for packets of a size', ('--plan', '10M@512', '1M'), ('--plan', '25Gbit@512')),
            ('a plan for few flows', ('--plan', '10M', '12'), ('--plan', '1024')),
            ('a plan for too much', ('--plan', '25G', '1M'), ('--plan', '64 workers', '25Gbit')),
            ('a plan and one word more', ('--plan', '10M', '1M', '2M'), ('"2M"',))):
        refused(checks, name, run(programs, *arguments), 2, *words)


def test_told(checks, programs):
    done = run(programs, '--version')
    checks.ok(done.returncode == 0 and done.stdout.startswith('spanstatd ') and not done.stderr,
              '--version', done)
    done = run(programs, '--help')
    missing = [option for option in (
        '--interface', '--pci', '--vdev', '--read', '--config', '--workers', '--flows', '--socket',
        '--eal', '--no-huge', '--checksum', '--check', '--plan', '--version', '--help')
               if option not in done.stdout]
    checks.ok(done.returncode == 0 and not missing and not done.stderr, '--help names all options',
              missing, done)


def test_check(checks, programs):
    """Every mistake has its line; nothing is started."""
    for name, text, mistakes in CONFIGURATIONS:
        path = programs.write('checked.conf', text)
        done = run(programs, '--check', '--config', path)
        lines = done.stderr.splitlines()
        as_told = len(lines) == len(mistakes) and all(
            line.startswith(f'{path}:{number}: ') and words in line
            for line, (number, words) in zip(lines, mistakes))
        checks.ok(done.returncode == (2 if mistakes else 0) and as_told and not done.stdout,
                  f'--check, {name}: {len(mistakes)} mistakes, each told', done)
    done = run(programs, '--check', '--config', programs.path('nosuch.conf'))
    checks.ok(done.returncode == 2 and done.stderr.count('\n') == 1 and
              'nosuch.conf: ' in done.stderr, '--check, no such file', done)
    sample = os.path.join(os.path.dirname(__file__), '..', '..', 'config', 'spanstatd.conf')
    done = run(programs, '--check', '--config', sample)
    checks.equal((done.returncode, done.stdout, done.stderr), (0, '', ''), '--check, our sample')


def test_mistakes_start_nothing(checks, programs):
    good = pcap(capture(programs, 'good.pcap', udp_frames(FRAMES)))
    path = programs.write('bad.conf', 'workers = 2\nflows = 3\n')
    done = run(programs, '--no-huge', '--config', path, *good)
    checks.ok(done.returncode == 2 and done.stderr.startswith(f'spanstatd: {path}:2: flows') and
              done.stderr.count('\n') == 1, 'a mistake in the configuration: exit status 2', done)


def test_command_line_beats_file(checks, programs):
    """Sources and numbers of the command line take the place of the file's."""
    packets = udp_frames(FRAMES)
    path = capture(programs, 'good.pcap', packets)
    config = programs.write('file.conf', 'workers = 1\nflows = 2048\nname = "of the file"\n'
                            'sources { vdev = { net_nosuch0 } }\n')
    with PortDaemon(programs, '--config', config, '--flows', '8192', *pcap(path)) as daemon:
        stats = daemon.received(FRAMES)
        checks.equal((stats['packets']['received'], stats['flows']['live']), (FRAMES, FRAMES),
                     'the source of the command line is the only one')
        checks.equal((stats['flows']['capacity'], [port['name'] for port in stats['ports']]),
                     (8192, [pcap(path)[1][:63]]), 'and so is its number of flows')
        title = daemon.ask('conn').stdout.splitlines()[0]
        checks.ok('of the file' in title, 'what only the file says holds', title)


def test_eal(checks, programs):
    """--eal is passed on: EAL speaks, and what EAL refuses ends the daemon."""
    path = capture(programs, 'good.pcap', udp_frames(FRAMES))
    for words, speaks in (((), False), (('--eal', '--log-level=*:info'), True),
                          (('--eal', '--file-prefix tap -m 900 --vdev net_null0'), False)):
        with PortDaemon(programs, *words, *pcap(path)) as daemon:
            checks.equal(daemon.received(FRAMES)['packets']['received'], FRAMES,
                         f'EAL {words}: packets come')
            checks.equal('spanstatd: eal: ' in daemon.log(), speaks,
                         f'EAL {words}: it speaks or does not')
    for given, says in (('--nosuch', "unrecognized option '--nosuch'"),
                        ('-n x', 'invalid channel number (of "-n x")'),
                        ('--huge-dir', "option '--huge-dir' requires an argument"),
                        ('--iova-mode=zz', 'invalid parameters for --iova-mode')):
        refused(checks, f'EAL refuses {given}',
                run(programs, *errors_only(programs), '--eal', given, *pcap(path)), 1,
                f'spanstatd: eal: {says}')
    for given, key in (('--lcores 0,2-5', 'cpus'), ('-l0-1', 'cpus'), ('--no-huge', 'no-huge'),
                       ('-v --main-lcore=1', 'cpus.control'), ('--help', '--help')):
        refused(checks, f'{given}, which another key says',
                run(programs, '--eal', given, *pcap(path)), 2, 'spanstatd: --eal: ', key)


def test_memory(checks, programs):
    """On a machine that says it has 400 MB: the need is told, and what does not fit is refused with
    the most that would; so many then come up."""
    few = programs.write('meminfo', 'MemAvailable: 409600 kB\nHugePages_Free: 10\n'
                         'HugePages_Rsvd: 0\nHugepagesize: 2048 kB\n')
    small = ('unshare', '-m', 'sh', '-c', f'mount --bind {few} /proc/meminfo && exec "$@"', 'sh')
    path = capture(programs, 'good.pcap', udp_frames(FRAMES))
    command = [*small, programs.spanstatd, *errors_only(programs), '--socket',
               programs.path('no.sock'), *pcap(path), '--workers', '1', '--flows']
    done = programs.run(*command, '10000000', timeout=END_SEC)
    told = re.fullmatch(r'spanstatd: 10000000 flows need (\d+) MB and packets (\d+) MB, but 20 MB '
                        r'of hugepages \(not used: no-huge\) and 400 MB of other memory are free, '
                        r'of which (\d+) MB are kept: at most --flows (\d+)\n', done.stderr)
    checks.ok(done.returncode == 1 and told and int(told[1]) <= 1551,
              'ten million flows do not fit: refused with their need', done)
    most = told[4] if told else '0'
    one_more = str(int(most) + 1)
    done = programs.run(*command, one_more, timeout=END_SEC)
    checks.ok(done.returncode == 1 and done.stderr.startswith(f'spanstatd: {one_more} flows need '),
              'one more than what it said: refused', done)
    with PortDaemon(programs, '--flows', most, *pcap(path), wrap=small) as daemon:
        stats = daemon.received(FRAMES)
        checks.equal(stats['flows']['capacity'], int(most), 'as many as it said: it comes up')
        line = [line for line in daemon.log().splitlines() if f'{most} flows take ' in line]
        takes = -(-stats['memory']['table_bytes'] // 2**20)
        need = re.search(r'take (\d+) MB of ordinary memory, packets \d+ MB', ''.join(line))
        checks.ok(len(line) == 1 and need and 0 <= int(need[1]) - takes <= 3,
                  'the need is told in one line, and it is what is taken', takes, daemon.log())


def test_node_without_hugepages(checks, programs):
    """A node that says it has none, in a machine that says it has: ordinary memory, and which node
    lacks how many."""
    few = programs.write('meminfo', 'MemAvailable: 4096000 kB\nHugePages_Free: 1000\n'
                         'HugePages_Rsvd: 0\nHugepagesize: 2048 kB\n')
    none = programs.write('none', '0\n')
    node = '/sys/devices/system/node/node0/hugepages/hugepages-2048kB'
    wrap = ('unshare', '-m', 'sh', '-c', f'mount --bind {few} /proc/meminfo && '
            f'mount --bind {none} {node}/free_hugepages && '
            f'mount --bind {none} {node}/nr_hugepages && exec "$@"', 'sh')
    path = capture(programs, 'good.pcap', udp_frames(FRAMES))
    with BareDaemon(programs, *pcap(path), '--flows', '1024', wrap=wrap) as daemon:
        checks.ok(wait_for(lambda: daemon.stats()['packets']['received'] >= FRAMES),
                  'packets are received', daemon.log())
        found = re.search(r'node 0: 0 MB of hugepages are free and (\d+) are wanted: going on with '
                          r'ordinary memory; echo (\d+) > (\S+)/nr_hugepages', daemon.log())
        checks.ok(found and int(found[2]) == -(-int(found[1]) // 2) and found[3] == node,
                  'it says which node lacks how many', daemon.log())
        checks.ok('of ordinary memory, packets' in daemon.log(), 'and what it takes instead',
                  daemon.log())
        checks.equal(daemon.terminate(3), 0, 'it ends orderly')


def test_plan(checks, programs):
    """It prints what a start then takes, as a configuration, and starts nothing."""
    config = programs.write('plan.conf', 'listeners = 4096\nflows = 2048\n')
    sources = *pcap(capture(programs, 'good.pcap', udp_frames(FRAMES))), '--vdev', 'net_null1'
    done = run(programs, '--config', config, '--plan', '4.9Mpps', '100k', *sources)
    memory = [re.search(rf' (\d+) MB  hugepages: {kind}', done.stdout)
              for kind in ('tables', 'packets')]
    checks.ok(done.returncode == 0 and all(memory) and not done.stderr and
              not os.path.exists(programs.path('spanstatd.sock')), 'a plan', done)
    settings = {key: re.search(rf'^{key} = (\d+)$', done.stdout, re.MULTILINE)
                for key in ('workers', 'flows')}
    checks.equal({key: match and match[1] for key, match in settings.items()},
                 {'workers': '1', 'flows': '100000'}, 'its workers and flows')
    with PortDaemon(programs, '--config', config, '--workers', '1', '--flows', '100000',
                    *sources) as daemon:
        daemon.received(FRAMES)
        said = re.search(r'100000 flows take (\d+) MB of .*, packets (\d+) MB of', daemon.log())
        checks.equal([match and match[1] for match in memory], [said and said[1], said and said[2]],
                     'what it says of memory is what a start takes')
    done = run(programs, '--plan', '25Gbit@512', '20M', '--no-huge', '--interface', 'eth1',
               '--pci', '0000:03:00.0', '--pci', '0000:03:00.1',
               '--vdev', 'net_pcap0,rx_pcap=/a "b\\c')
    text = re.sub(r'(?s)cpus \{.*?\n\}\n', '', done.stdout) # of a larger machine
    done = run(programs, '--check', '--config', programs.write('planned.conf', text))
    checks.ok('workers = 2\nflows = 20000000\n' in text and 'Hugepages: none' in text and
              done.returncode == 0, 'what it prints is a configuration', text, done)
    done = run(programs, '--check', '--config', programs.write('planned.conf', text + 'x = 1\n'))
    checks.equal(done.returncode, 2, 'which --check does read')
    checks.ok(all(line in text for line in (
        '\nno-huge = true\nsources {\n\tinterface = { "eth1" }\n',
        '\n\tpci = { "0000:03:00.0", "0000:03:00.1" }\n',
        '= { "net_pcap0,rx_pcap=/a \\"b\\\\c" }\n}')),
              'and its sources are those that were given', text)


def start_page(programs):
    with open(os.path.join(programs.root, 'docs/start.md'), encoding='utf-8') as page:
        return page.read()


def test_plan_page(checks, programs):
    """The table of docs/start.md is what --plan says."""
    rows = re.findall(r'^\| `(\S+ \S+)` \|((?: \d+ \|)+)$', start_page(programs), re.MULTILINE)
    checks.ok(len(rows) >= 5, 'the table is there', rows)
    for words, cells in rows:
        said = run(programs, '--plan', *words.split()).stdout
        wanted = [re.search(pattern, said) for pattern in (
            r'(\d+) workers?, each', r'Cores: (\d+)', r'(\d+) MB  hugepages: tables',
            r'(\d+) MB  hugepages: packets', r'Hugepages: (\d+)')]
        checks.equal(re.findall(r'\d+', cells), [match and match[1] for match in wanted],
                     f'--plan {words}')


def test_start_page(checks, programs):
    """What docs/start.md has typed is right: plans, and lines put into a configuration."""
    page = start_page(programs)
    plans = re.findall(r'spanstatd (--plan \S+ \S+ --\S+ \S+) > /etc', page)
    lines = re.findall(r"echo '(\w+ \{.*\})' >>", page) + re.findall(r'`(\w+ \{[^`.]*\})`', page)
    checks.ok(len(plans) >= 4 and len(lines) >= 3, 'they are found', plans, lines)
    for plan in plans:
        done = run(programs, *plan.split())
        checks.ok(done.returncode == 0 and f'"{plan.split()[-1]}"' in done.stdout, plan, done)
    for line in lines:
        path = programs.write('line.conf', line)
        done = run(programs, '--check', '--config', path)
        checks.equal((done.returncode, done.stderr), (0, ''), line)


def test_nothing_left(checks, programs):
    """A daemon that ended leaves neither its socket nor a folder of EAL's, whatever it is called;
    and takes those away that others left."""
    path = capture(programs, 'good.pcap', udp_frames(FRAMES))
    folder = programs.path('runtime')
    dead = programs.run('sh', '-c', 'echo $$').stdout.strip()
    os.makedirs(os.path.join(folder, 'dpdk', f'spanstat-{dead}'))
    wrap = ('env', f'RUNTIME_DIRECTORY={folder}')
    for name, more in (('ours', ()), ("the user's", ('--eal', '--file-prefix mine'))):
        with PortDaemon(programs, *pcap(path), *more, wrap=wrap) as daemon:
            daemon.received(FRAMES)
            checks.equal([where for where, _, _ in os.walk(folder)],
                         [folder, os.path.join(folder, 'dpdk')],
                         f'{name}: no folder of EAL is there but that of all')
            checks.equal(daemon.terminate(3), 0, f'{name}: it ends orderly')
        checks.ok(not os.path.exists(daemon.socket), f'{name}: no socket is left')
    programs.run(*wrap, programs.spanstatd, '--socket', daemon.socket, '--no-huge', '--vdev',
                 'net_null0', '--eal', '--file-prefix mine --nosuch', timeout=END_SEC)
    checks.equal(os.listdir(os.path.join(folder, 'dpdk')), [], 'nor of one that EAL refused')
