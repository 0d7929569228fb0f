# SPDX-License-Identifier: BSD-3-Clause
"""What every thread of a running daemon may do, and that all works so: started by root, as root,
and by an ordinary user with three ambient capabilities.

/proc says it for each thread. Users and groups are numbers; `nobody` is the default user on a
machine without a user spanstat.
"""
import glob
import os
import pwd
import re
import shutil
import signal

from capabilities import kept
from daemon import Daemon
from lab import wait_for

ASKERS, ADMINS = 64111, 64112
MEMBER, ADMIN, RUNNER = 50001, 50002, 50005
REPORTS = ('conn', 'allconn', 'all', 'byteinfo', 'sockets', 'clients', 'stats', 'home', 'listen',
           'leaks', 'timewait', 'health', 'states')
AMBIENT = ','.join(f'+{name}' for name in ('net_raw', 'net_admin', 'ipc_lock'))


def default_user():
    for name in 'spanstat', 'nobody':
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError('neither spanstat nor nobody')


def process_of(daemon):
    """The daemon itself, under what it was wrapped in: exec keeps its number."""
    return daemon.process.pid


def threads(daemon):
    """What /proc says of each: {tid: {key: text}}."""
    found = {}
    for path in glob.glob(f'/proc/{process_of(daemon)}/task/*/status'):
        with open(path, encoding='ascii') as file:
            found[int(path.split('/')[-2])] = dict(re.findall(r'(\w+):\s*(.*)', file.read()))
    return found


def check_threads(checks, daemon, uid, gid, name, seccomp='2', bounded=True):
    seen = threads(daemon)
    checks.ok(len(seen) >= 4, f'{name}: control core, workers and EAL have threads', seen)
    ids = {(one['Uid'], one['Gid']) for one in seen.values()}
    checks.equal(ids, {('\t'.join([str(uid)] * 4), '\t'.join([str(gid)] * 4))},
                 f'{name}: all threads have user and group')
    for tid, one in seen.items():
        may = kept(by_root=bounded) if tid == process_of(daemon) else 0
        checks.equal([int(one[key], 16) for key in ('CapEff', 'CapPrm', 'CapAmb')], [may, may, 0],
                     f'{name}: capabilities of {one["Name"]}')
    checks.equal({(one['NoNewPrivs'], one['Seccomp']) for one in seen.values()}, {('1', seccomp)},
                 f'{name}: no_new_privs, and the filter in all')
    if bounded:
        checks.equal({int(one['CapBnd'], 16) for one in seen.values()}, {0},
                     f'{name}: nothing can come back')


def core_limit(daemon):
    with open(f'/proc/{process_of(daemon)}/limits', encoding='ascii') as file:
        return re.search(r'Max core file size\s+(\S+)\s+(\S+)', file.read()).groups()


def check_work(checks, daemon, lab, name):
    """All reports, events, a capture of what the hosts say, and a reload."""
    listener = lab.b.listen(80)
    client = lab.a.connect(4000, (lab.b.ip4, 80))
    checks.ok(wait_for(lambda: daemon.json('conn', 'dport', '80')), f'{name}: it tracks')
    checks.equal([daemon.ask(report).stderr for report in REPORTS], [''] * len(REPORTS),
                 f'{name}: all reports')
    checks.equal(daemon.ask('conn', '--sort', 'bytes', '--json').returncode, 0, f'{name}: sorted')
    daemon.programs.write('privilege.conf', KEYS + 'timers { established = 1000 }\n')
    daemon.signal(signal.SIGHUP)
    checks.ok(wait_for(lambda: 'read again' in daemon.log()), f'{name}: SIGHUP', daemon.log())
    client.close()
    listener.close()


KEYS = f'workers = 2\nflows = 4096\ngroup = "{ASKERS}"\nadmin-group = "{ADMINS}"\n'


def drop_of(daemon):
    return daemon.json('allconn', '--limit', '1')[0]['id']


def check_drop(checks, daemon, name):
    programs = daemon.programs
    refused = programs.ask_as(daemon.socket, MEMBER, (MEMBER, ASKERS), 'drop', drop_of(daemon))
    checks.ok(refused.returncode == 1 and f'a member of group {ADMINS}' in refused.stderr,
              f'{name}: a member is refused a drop', refused)
    done = programs.ask_as(daemon.socket, ADMIN, (ADMIN, ASKERS, ADMINS), 'drop', drop_of(daemon))
    checks.equal((done.returncode, done.stderr), (0, ''), f'{name}: an admin is not')
    checks.ok(f'drop by uid {ADMIN}' in daemon.log(), f'{name}: the log has it', daemon.log())


def check_end(checks, daemon, name):
    checks.equal(daemon.terminate(5), 0, f'{name}: it ends')
    checks.equal([os.path.exists(daemon.socket), os.path.exists(daemon.socket + '.lock')],
                 [False, False], f'{name}: and removes its socket and lock')


def test_started_by_root(checks, programs, lab):
    config = programs.write('privilege.conf', KEYS)
    user = default_user()
    with Daemon(programs, lab.tap, '--config', config) as daemon:
        check_threads(checks, daemon, user.pw_uid, user.pw_gid, 'by root')
        checks.equal(core_limit(daemon), ('0', '0'), 'by root: no core file')
        status = os.stat(daemon.socket)
        checks.equal((status.st_uid, status.st_gid, status.st_mode & 0o777),
                     (user.pw_uid, ASKERS, 0o660), 'by root: whose socket it is')
        check_work(checks, daemon, lab, 'by root')
        check_drop(checks, daemon, 'by root')
        check_threads(checks, daemon, user.pw_uid, user.pw_gid, 'by root, later')
        check_end(checks, daemon, 'by root')


def test_as_root(checks, programs, lab):
    """Root without root's rights."""
    config = programs.write('privilege.conf', KEYS + 'user = root\ncore = true\nseccomp = false\n')
    with Daemon(programs, lab.tap, '--config', config) as daemon:
        check_threads(checks, daemon, 0, 0, 'as root', seccomp='0')
        checks.ok(core_limit(daemon) != ('0', '0'), 'as root: a core file where it is asked for')
        check_end(checks, daemon, 'as root')


def test_started_by_a_user(checks, programs, lab):
    """As a service manager does it: the user is there from the beginning."""
    config = programs.write('privilege.conf', KEYS)
    own = shutil.copy(programs.spanstatd, programs.path('spanstatd'))
    programs.spanstatd = own      # the build folder may be closed to that user
    wrap = ('setpriv', '--reuid', str(RUNNER), '--regid', str(RUNNER), '--groups', str(ASKERS),
            '--inh-caps', AMBIENT, '--ambient-caps', AMBIENT)
    with Daemon(programs, lab.tap, '--config', config, wrap=wrap) as daemon:
        check_threads(checks, daemon, RUNNER, RUNNER, 'by a user', bounded=False)
        check_work(checks, daemon, lab, 'by a user')
        check_drop(checks, daemon, 'by a user')
        done = programs.ask_as(daemon.socket, RUNNER, (RUNNER,), 'drop', 'dport', '80')
        checks.equal((done.returncode, done.stderr), (0, ''), 'by a user: he may drop himself')
        check_end(checks, daemon, 'by a user')


def test_closed_configuration(checks, programs, lab):
    config = programs.write('closed.conf', KEYS)
    os.chmod(config, 0o600)
    told = f'{config}: user {default_user().pw_name} may not read it'
    with Daemon(programs, lab.tap, '--config', config) as daemon:
        checks.ok(wait_for(lambda: told in daemon.log()), 'said at the start', daemon.log())
        daemon.signal(signal.SIGHUP)
        checks.ok(wait_for(lambda: daemon.log().count(told) == 2 and
                           'going on with the old one' in daemon.log()),
                  'and at a reload', daemon.log())
        checks.equal(daemon.ask('home').returncode, 0, 'it goes on')


def test_closed_folder(checks, programs, lab):
    folder = programs.path('closed')
    os.mkdir(folder, 0o755)
    path = os.path.join(folder, 'sock')
    for _ in range(2):
        with Daemon(programs, lab.tap, socket=path) as daemon:
            checks.ok('the next start replaces it' in daemon.log(),
                      'a socket that cannot be removed: said at the start', daemon.log())
            checks.equal(daemon.terminate(5), 0, 'and the next start does')


def test_wrong_user(checks, programs):
    config = programs.write('wrong.conf', 'user = "no-such-user"\n')
    done = programs.run(programs.spanstatd, '--config', config, '--vdev', 'net_ring0')
    checks.equal((done.returncode, done.stderr),
                 (2, 'spanstatd: user: there is no user no-such-user\n'), 'no such user')
