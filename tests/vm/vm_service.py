# SPDX-License-Identifier: BSD-3-Clause
"""The package's whole life in a machine of its own, under a real systemd: scripts/test-vm service.

What tests/package cannot have in a root: the service started, watched, stalled, killed, reloaded,
upgraded while it runs, removed. It polls a NIC that vfio-pci has, on a hub with two NICs of the
guest's kernel, whose connections it sees beside those that the test sends. The steps stand in their
order, for each finds what the one before has left; docs/operation.md has the commands that they
carry out.
"""
import json
import re
import time

from lab import wait_for
from vm_frames import flows, frames
from vm_guest import options       # options(): for the runner
from vm_hosts import hosts_agree, watched
from vm_package import CONF, give, install, link_changes, next_version, service_conf

assert options
CONNECTIONS, MORE = 100, 20
WAIT_SEC, STEP_SEC = 90, 0.3
BLAME_SEC = 10
WATCHDOG_SEC = 5
# Those that need no timer of the kernel; all of them are played by scripts/test-vm hosts.
SCENARIOS = ('syn_sent_to_nobody', 'established_with_data', 'close_wait_server_still_sends',
             'time_wait_client')
GONE = ('/usr/bin/spanstatd', '/lib/systemd/system/spanstatd.service', '/run/spanstat',
        '/usr/share/spanstat')
PURGED = ('/etc/spanstat', '/var/lib/spanstat')


class Life:
    """What the steps share."""

    def __init__(self, checks, given, guest):
        self.checks, self.given, self.guest = checks, given, guest
        self.sent = self.flows = 0
        self.starts = 0

    def show(self, name):
        return self.guest.must(f'systemctl show -P {name} spanstatd').strip()

    def json(self, report):
        status, text = self.guest.run(f'spanstat {report} --json 2>/dev/null')
        return [json.loads(line) for line in text.splitlines()] if not status else []

    def wait(self, what, name):
        self.checks.ok(wait_for(what, WAIT_SEC, STEP_SEC), name,
                       self.guest.run('journalctl -u spanstatd -n 20 --no-pager')[1])

    def active(self, name):
        self.wait(lambda: self.show('ActiveState') == 'active' and self.json('stats'), name)

    def send(self, count):
        """More connections, and waits until they are there; gives stats."""
        wire = frames(count, self.flows)
        self.guest.nics['hub'].send(wire)
        self.sent += len(wire)
        self.flows += flows(count)
        self.wait(self.received, f'{count} connections come in')
        return self.json('stats')[0]

    def received(self):
        stats = self.json('stats')
        return stats and stats[0]['packets']['received'] >= self.sent

    def anew(self):
        """The service has begun anew, and knows nothing of what was sent."""
        self.sent = self.flows = 0


def step_install(life):
    """By apt, without a network; what it needs is in the image."""
    install(life.guest, give(life.guest, life.given.package))
    life.checks.equal(life.guest.run('systemctl is-enabled spanstatd')[1].strip(), 'disabled',
                      'installed, and not started before it has a source')


def step_configure(life):
    nic = life.guest.nics['n1']
    service_conf(life.guest, nic, metrics='127.0.0.1:9180')
    life.checks.equal(life.guest.must('spanstatd --check'), '', 'the configuration is right')
    doctor = life.guest.run('spanstat doctor')
    life.checks.ok(doctor[0] == 0, 'doctor finds nothing that must be mended', doctor[1])


def step_start(life):
    """How long it took is the guest's time. Where others are busy, QEMU had a part of a CPU then:
    that part of the time counts."""
    life.guest.must('systemctl enable spanstatd')
    begun, cpu = time.monotonic(), life.guest.cpu_sec()
    life.guest.must('systemctl start spanstatd')
    share = min(1, (life.guest.cpu_sec() - cpu) / (time.monotonic() - begun))
    blame = life.guest.must('systemd-analyze blame')
    took = re.search(r'(?m)^ *(.*) spanstatd\.service$', blame)
    seconds = share * sum(
        float(number) * {'min': 60, 's': 1, 'ms': 0.001}[unit]
        for number, unit in re.findall(r'([0-9.]+)(min|ms|s)', took[1] if took else ''))
    life.checks.ok(0 < seconds < BLAME_SEC, f'active within {BLAME_SEC} s of its start job', blame)
    life.checks.say(f'systemd-analyze blame: {took and took[1]}, with {share:.0%} of a CPU')
    life.active('it answers')
    owner = life.guest.must('ps -o user= -p $(systemctl show -P MainPID spanstatd)').strip()
    life.checks.equal(owner, 'spanstat', 'it runs as its user')


def step_frames(life):
    stats = life.send(CONNECTIONS)
    life.checks.equal((stats['packets']['received'], sum(stats['packets']['dropped'].values())),
                      (life.sent, 0), 'each frame received, none dropped')
    rows = life.json('conn')
    life.checks.equal(len(rows), life.flows, 'a row for each connection')
    states = {(row['client']['state'], row['server']['state']) for row in rows
              if row['proto'] == 'tcp'}
    life.checks.equal(states, {('ESTABLISHED', 'ESTABLISHED')}, 'all of TCP are established')
    bad = [check for check in life.json('health') if check.get('verdict') == 'bad']
    life.checks.equal(bad, [], 'health has nothing bad')


def step_metrics(life):
    text = life.guest.must('python3 -c "import urllib.request as u; '
                           'print(u.urlopen(\'http://127.0.0.1:9180/metrics\').read().decode())"')
    packets = sum(float(line.split()[-1]) for line in text.splitlines()
                  if line.startswith('spanstat_packets_total{'))
    life.checks.equal(packets, life.json('stats')[0]['packets']['received'],
                      'metrics have the packets of stats')
    healthy = life.guest.must('python3 -c "import urllib.request as u; '
                              'print(u.urlopen(\'http://127.0.0.1:9180/healthz\').read())"')
    life.checks.ok('ok' in healthy, '/healthz is ok', healthy)


def step_hosts(life):
    """Real kernels talk on the hub: rows are what ss says on both hosts."""
    hosts_agree(life.checks, life.guest, *SCENARIOS)
    life.sent = life.json('stats')[0]['packets']['received']


def step_link(life):
    guest = life.guest
    before = len(link_changes(guest))
    guest.link('n1', False)
    life.wait(lambda: life.json('stats')[0]['ports'][0]['state'] == 'down', 'link off: stats')
    status, text = guest.run('spanstat health --fail')
    life.checks.ok(status == 4 and re.search(r'(?m)^bad +link', text), 'link off: health', text)
    guest.link('n1', True)
    life.wait(lambda: life.json('stats')[0]['ports'][0]['state'] == 'up', 'link on: stats')
    life.checks.equal(link_changes(guest)[before:], ['down', 'up'], 'both in the log')
    life.send(MORE)


def step_reload(life):
    life.guest.must(f"sed -i 's/^log-level = info/log-level = debug/' {CONF}")
    life.guest.must('systemctl reload spanstatd')
    life.wait(lambda: 'in force now: log-level' in life.guest.must(
        'journalctl -u spanstatd --no-pager'), 'reload takes a key over')
    life.guest.must(f"echo 'workers = 0' >> {CONF}")
    status, _ = life.guest.run('systemctl reload spanstatd')
    life.guest.must(f"sed -i '$d' {CONF}")
    life.checks.ok(status != 0, 'reload of a mistake fails')
    life.checks.equal(life.show('NRestarts'), '0', 'and ends nothing')


def restarted(life, how, name):
    before, pid = int(life.show('NRestarts')), life.show('MainPID')
    life.guest.must(how)
    life.wait(lambda: int(life.show('NRestarts')) == before + 1, f'{name}: started anew')
    life.active(f'{name}: active again')
    life.checks.ok(life.show('MainPID') != pid, f'{name}: another process')
    life.anew()
    stats = life.send(MORE)
    life.checks.equal(stats['packets']['received'], life.sent, f'{name}: it receives')


def step_stalled(life):
    folder = '/run/systemd/system/spanstatd.service.d'
    life.guest.must(f'mkdir -p {folder} && printf "[Service]\\nWatchdogSec={WATCHDOG_SEC}\\n" '
                    f'> {folder}/watchdog.conf && systemctl daemon-reload && '
                    'systemctl restart spanstatd')
    life.active('a shorter watchdog')
    restarted(life, 'kill -STOP $(systemctl show -P MainPID spanstatd)', 'stalled')
    log = life.guest.must('journalctl -u spanstatd --no-pager')
    life.checks.ok('Watchdog timeout' in log, 'by the watchdog', log)


def step_killed(life):
    restarted(life, 'kill -KILL $(systemctl show -P MainPID spanstatd)', 'killed')


def step_upgrade(life):
    pid = life.show('MainPID')
    mine = life.guest.must(f'cat {CONF}')
    install(life.guest, give(life.guest, next_version(life.given.package)))
    life.active('upgraded while it runs: active')
    life.checks.ok(life.show('MainPID') != pid, 'upgraded: another process')
    life.checks.equal(life.guest.must(f'cat {CONF}'), mine, 'upgraded: the configuration stays')
    life.anew()
    stats = life.send(MORE)
    life.checks.equal(stats['packets']['received'], life.sent, 'upgraded: it receives')


def step_remove(life):
    def left(paths):
        return life.guest.run(f'ls -d {" ".join(paths)} 2>/dev/null')[1].split()
    life.guest.must('apt-get remove -y spanstat')
    life.checks.equal(left(GONE), [], 'removed: programs, unit and its folder are gone')
    life.checks.equal(left(PURGED), list(PURGED), 'removed: configuration and state stay')
    life.checks.ok(life.guest.run('pidof spanstatd')[0] != 0, 'removed: no process')
    life.guest.must('apt-get purge -y spanstat')
    life.checks.equal(left(PURGED), [], 'purged: nothing stays')
    failed = life.guest.must('systemctl list-units --failed --plain --no-legend')
    life.checks.equal(failed, '', 'systemd has nothing that failed')


def step_silence(life):
    nics = life.guest.nics
    life.checks.ok(nics['a'].sent() and nics['b'].sent(), 'what NICs of the kernel send is seen')
    life.checks.equal(nics['n1'].sent(), 0, 'nothing was sent by the NIC that is watched')


STEPS = (step_install, step_configure, step_start, step_frames, step_metrics, step_hosts,
         step_link, step_reload, step_stalled, step_killed, step_upgrade, step_remove,
         step_silence)


def took(checks, guest, name, begun, cpu):
    checks.say(f'{name}: {time.monotonic() - begun:.1f} s, of QEMU {guest.cpu_sec() - cpu:.1f} s')


def test_service(checks, given):
    begun = time.monotonic()
    with watched(given) as guest:
        life = Life(checks, given, guest)
        took(checks, guest, 'boot', begun, 0)
        for step in STEPS:
            at, cpu = time.monotonic(), guest.cpu_sec()
            checks.call(step, life)
            took(checks, guest, step.__name__[5:], at, cpu)
        took(checks, guest, 'all of it', begun, 0)
