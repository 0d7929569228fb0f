# SPDX-License-Identifier: BSD-3-Clause
"""Who may ask and who may change, and one user's clients that are too many, silent, slow, that ask
without end or send rubbish: root and other users are answered meanwhile.

Users and groups are numbers that nobody has; the strangers run as such users in processes of their
own, and say by a line when they have done what they do. Needs root.
"""
import contextlib
import os
import resource
import select
import signal
import socket
import threading
import time

from dpdk_run import PortDaemon, capture, pcap, quiet, udp_frames, wait_for

FLOWS = 20000
ASKERS, ADMINS, STRANGERS = 64111, 64112, 64113      # groups
MEMBER, ADMIN, STRANGER, CROWD = 50001, 50002, 50003, 50004
NO_DAEMON = 3
CLIENTS = 1000
PLACES = 64            # of one user
ROUNDS = 20
RUBBISH = 1 << 30
GROWTH_KB = 40000      # a user's places, each with its block, and as much again

def connect(path):
    made = socket.socket(socket.AF_UNIX)
    made.connect(path)
    return made


# What strangers do: functions of the socket's path and a request for `conn`. What one returns is
# what it says when it has begun; what it made stays until it is ended.

def silent(path, _ask):
    """1,000 clients; says how many of them were turned away."""
    made = [connect(path) for _ in range(CLIENTS)]
    turned, end = set(), time.monotonic() + 20
    while len(turned) < CLIENTS - PLACES and time.monotonic() < end:
        turned |= set(select.select(made, [], [], 1)[0]) - turned
        made = [one for one in made if one not in turned]
    return len(turned), made


def slow(path, ask):
    """Asks for all connections again and again, and reads nothing."""
    made = [connect(path) for _ in range(PLACES)]
    for one in made:
        one.sendall(ask * 50)
    return 'asked', made


def flood(path, ask):
    """The same, and reads all that comes, as fast as it can."""
    made = slow(path, ask)[1]

    def go_on():
        while True:
            for one in select.select(made, [], [])[0]:
                if one.recv(1 << 20):
                    with contextlib.suppress(BlockingIOError):
                        one.send(ask, socket.MSG_DONTWAIT)
    threading.Thread(target=go_on, daemon=True).start()
    return 'asks', made


def vanish(path, ask):
    """Comes and goes, as fast as it can."""
    def go_on():
        while True:
            with contextlib.closing(connect(path)) as one, contextlib.suppress(OSError):
                one.send(ask[:7])
    threading.Thread(target=go_on, daemon=True).start()
    return 'vanishes', None


def rubbish(path, ask):
    """A gigabyte of it, a connection after another, each beginning as a request does."""
    piece = ask[:12] + bytes(range(256)) * 256

    def send(most):
        sent = 0
        while sent < most:
            with contextlib.closing(connect(path)) as one:
                with contextlib.suppress(OSError):
                    while sent < most:
                        sent += len(piece)
                        one.sendall(piece)
    send(RUBBISH)
    threading.Thread(target=send, args=(float('inf'),), daemon=True).start()
    return 'sent, and goes on', None


def protocol_number(daemon):
    """The version of the frames: what the daemon says to one of another version."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as made:
        made.connect(daemon.socket)
        made.sendall((0x54535053).to_bytes(4, 'little') + bytes((255, 255, 1, 0)) + bytes(8))
        return int.from_bytes(made.recv(4096)[4:6], 'little')


def conn_frame(daemon):
    """A request for `conn`: the first report of the table."""
    return ((0x54535053).to_bytes(4, 'little') + protocol_number(daemon).to_bytes(2, 'little') +
            bytes((1, 0)) + bytes(4) + bytes((1, 0)) + bytes(2))


class Stranger:
    """A process of that user that does `what`; `said` is what it returned. Forked and not started
    anew: that user may not be able to run this Python."""

    def __init__(self, daemon, uid, what):
        ask, (ear, mouth) = conn_frame(daemon), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self._be(mouth, uid, what, daemon.socket, ask)
        os.close(mouth)
        with os.fdopen(ear) as file:
            self.said = file.readline().strip()

    @staticmethod
    def _be(mouth, uid, what, path, ask):
        try:
            signal.alarm(0)
            resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
            os.setgroups((ASKERS,))
            os.setgid(STRANGERS)
            os.setuid(uid)
            said, _kept = what(path, ask)
            os.write(mouth, f'{said}\n'.encode())
            signal.pause()
        finally:
            os._exit(1)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def started(programs, *keys):
    """A daemon with all flows of a capture, and these keys in its configuration."""
    config = quiet(programs)
    with open(config, 'a', encoding='utf-8') as file:
        file.write('\n'.join(keys) + '\n')
    path = capture(programs, 'flows.pcap', udp_frames(FLOWS))
    return PortDaemon(programs, '--config', config, *pcap(path))


def as_text(done):
    return done.returncode, done.stdout, done.stderr


def test_who_may(checks, programs):
    with started(programs, f'group = "{ASKERS}"', f'admin-group = "{ADMINS}"') as daemon:
        daemon.received(FLOWS)

        def ask(uid, groups, *words):
            return programs.ask_as(daemon.socket, uid, groups, *words)
        ids = [row['id'] for row in daemon.json('conn', '--limit', '6')]
        checks.equal(ask(MEMBER, (STRANGERS, ASKERS), 'home').returncode, 0,
                     'a member by a supplementary group may ask')
        checks.equal(ask(MEMBER, (ASKERS,), 'home').returncode, 0,
                     'one whose own group it is may ask')
        checks.equal(ask(STRANGER, (STRANGERS,), 'home').returncode, NO_DAEMON,
                     'one who is in no such group may not')
        refused = ask(MEMBER, (STRANGERS, ASKERS), 'drop', ids[0])
        checks.equal(as_text(refused),
                     (1, '', f'spanstat: drop needs root or a member of group {ADMINS}\n'),
                     'a member is refused a drop, by id')
        refused = ask(MEMBER, (STRANGERS, ASKERS), 'drop', 'dport', '53')
        checks.ok(refused.returncode == 1 and f'group {ADMINS}' in refused.stderr,
                  'and by a filter', refused)
        checks.equal(daemon.stats()['flows']['dropped'], 0, 'nothing was dropped')
        dropped = [ask(ADMIN, (STRANGERS, ASKERS, ADMINS), 'drop', ids[0]),
                   ask(ADMIN, (ADMINS, ASKERS), 'drop', ids[1]), daemon.ask('drop', ids[2])]
        checks.equal([as_text(one) for one in dropped], [(0, '', '')] * 3,
                     'admins, by a supplementary group and by their own, and root may drop')
        checks.equal(ask(ADMIN, (STRANGERS, ASKERS, ADMINS), 'drop', 'src', '10.32.0.0',
                         'and', 'sport', '1030').returncode, 0, 'and by a filter')
        checks.equal(daemon.stats()['flows']['dropped'], 4, 'each was dropped')
        log = daemon.log()
        checks.equal([log.count(f'drop by uid {ADMIN}, pid '), log.count('drop by user root (uid '),
                      log.count(f'refused to uid {MEMBER}, pid ')], [3, 1, 2],
                     'the log has a line for each, with who it was')
        checks.ok(f'1 forgotten, id {ids[0]}' in log and
                  '1 forgotten, all that match: src 10.32.0.0 and sport 1030' in log,
                  'and how many of which', log)
        checks.ok(f'group {ASKERS} may ask, root and group {ADMINS} may drop' in log,
                  'at the start it says who may', log)


def test_no_such_group(checks, programs):
    for key in 'group', 'admin-group':
        config = programs.write('wrong.conf', f'{key} = "no-such-group"\n')
        done = programs.run(programs.spanstatd, '--config', config, '--vdev', 'net_ring0')
        checks.equal(as_text(done),
                     (2, '', f'spanstatd: {key}: there is no group no-such-group\n'),
                     f'{key}: one that is not there')


def answered(checks, daemon, programs, name):
    """Root and a member are answered, many times; says how long the slowest of root's took."""
    took = []
    for _ in range(ROUNDS):
        begun = time.monotonic()
        done = daemon.ask('home')
        took.append(time.monotonic() - begun)
        if done.returncode:
            break
    checks.equal((done.returncode, done.stderr), (0, ''), f'{name}: root is answered')
    checks.say(f'{name}: of {ROUNDS} answers to root, program and all, the slowest took '
               f'{1000 * max(took):.1f} ms')
    done = programs.ask_as(daemon.socket, MEMBER, (STRANGERS, ASKERS), 'home')
    checks.equal((done.returncode, done.stderr), (0, ''), f'{name}: another user too')
    rows = daemon.ask('conn', '--sort', 'bytes', '--limit', '5', '--json').stdout
    checks.equal(rows.count('\n'), 5, f'{name}: and a sorted report is whole')


def memory_kb(daemon):
    with open(f'/proc/{daemon.process.pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS'))


def test_crowds(checks, programs):
    with started(programs, f'group = "{ASKERS}"') as daemon:
        daemon.received(FLOWS)
        daemon.ask('conn', '--sort', 'bytes')
        before = memory_kb(daemon)
        with Stranger(daemon, CROWD, silent) as crowd:
            checks.equal(crowd.said, str(CLIENTS - PLACES),
                         f'{CLIENTS} silent clients: all but {PLACES} are turned away')
            done = programs.ask_as(daemon.socket, CROWD, (STRANGERS, ASKERS), 'home')
            checks.equal(as_text(done),
                         (1, '', f'spanstat: {PLACES} clients of user {CROWD} are being served, '
                          'and no user may have more\n'), 'the next one hears why')
            answered(checks, daemon, programs, 'silent clients')
        checks.ok(wait_for(lambda: programs.ask_as(daemon.socket, CROWD, (STRANGERS, ASKERS),
                                                   'home').returncode == 0),
                  'when they are gone there is room for the user')
        for name, what in (('slow readers', slow), ('a flood of requests', flood),
                           ('clients that vanish', vanish), ('a gigabyte of rubbish', rubbish)):
            with Stranger(daemon, CROWD, what) as crowd:
                checks.ok(crowd.said, f'{name}: begun')
                answered(checks, daemon, programs, name)
        checks.ok(memory_kb(daemon) < before + GROWTH_KB, 'memory is bounded',
                  before, memory_kb(daemon))
        checks.equal(daemon.terminate(5), 0, 'it ends when asked to')
