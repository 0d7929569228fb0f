# SPDX-License-Identifier: BSD-3-Clause
"""A package in clean roots of Debian: installed, upgraded from the version before, removed, purged.

    scripts/package --check         makes the package and calls this

A root is what debootstrap makes, unpacked anew for each test; programs run in it by chroot, in
namespaces of their own. The version before is the same package with a lower number and another
configuration: what dpkg keeps is decided by these two. systemd does not run in a root, so what the
unit does there is left to a machine.
"""
import json
import hashlib
import os
import re
import shutil
import subprocess

COMMAND_SEC = 600
MINE = 'workers = 2\n'
CONF = '/etc/spanstat/spanstatd.conf'
STATE = '/var/lib/spanstat'
WANTED = ('/usr/bin/spanstat', '/usr/bin/spanstatd', CONF, '/lib/systemd/system/spanstatd.service',
          '/usr/lib/sysusers.d/spanstat.conf', '/usr/lib/tmpfiles.d/spanstat.conf',
          '/lib/udev/rules.d/70-spanstat.rules', '/usr/share/man/man1/spanstat.1.gz',
          '/usr/share/man/man5/spanstatd.conf.5.gz', '/usr/share/man/man5/spanstat-json.5.gz',
          '/usr/share/man/man7/spanstat-filter.7.gz', '/usr/share/man/man8/spanstatd.8.gz',
          '/usr/share/bash-completion/completions/spanstat.bash',
          '/usr/share/bash-completion/completions/spanstatd.bash',
          '/usr/share/spanstat/spanstat.schema.json',
          '/usr/share/spanstat/prometheus/spanstat.rules.yml',
          '/usr/share/spanstat/grafana/spanstat.json',
          '/usr/share/locale/ja/LC_MESSAGES/spanstat.mo',
          '/usr/share/doc/spanstat/examples/hugepages.conf',
          '/usr/share/doc/spanstat/copyright', '/usr/share/doc/spanstat/changelog.gz')
# What others write: dpkg's and apt's own books, caches, logs, copies of the list of users.
OTHERS = re.compile(r'/(proc|sys|dev|tmp)/|/var/(cache|log|lib/(dpkg|apt|systemd))/|'
                    r'/etc/(passwd|group|g?shadow|sub[ug]id|ld\.so\.cache)')
MOUNTS = 'mount -t proc proc "$0/proc" && mount --rbind /sys "$0/sys" && exec chroot "$0" "$@"'
DAEMON = '''
spanstatd --interface lo --no-huge --flows 4096 >/tmp/log 2>&1 &
for i in $(seq 200); do grep -q ready: /tmp/log && break; sleep 0.1; done
spanstat home >/tmp/home && stat -c '%U:%G %a' /run/spanstat/spanstatd.sock
sed -n 's/^Uid:\\t//p' /proc/$!/status
kill $! && wait $! && cat /tmp/log
'''


def must(programs, *command):
    """What a command says; one that fails ends the test."""
    done = programs.run(*command, timeout=COMMAND_SEC)
    if done.returncode:
        raise RuntimeError(f'{" ".join(command)}: {done.stdout}{done.stderr}')
    return done.stdout


def options(parser):
    parser.add_argument('--package', required=True, help='the .deb')
    parser.add_argument('--base', required=True, help='a root as a tar file; made if missing')


class Root:
    """A root of Debian in a folder of the test; a context manager."""

    def __init__(self, programs, tar):
        self.programs, self.path = programs, programs.path('root')
        os.mkdir(self.path)
        must(programs, 'tar', '-C', self.path, '-xf', tar)
        shutil.copy('/etc/resolv.conf', self.inside('/etc/resolv.conf'))

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        shutil.rmtree(self.path)

    def inside(self, path):
        return self.path + path

    def run(self, *command):
        """In it, with /proc and /sys; what is left of it ends with it."""
        return self.programs.run(
            'unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', MOUNTS, self.path,
            *command, timeout=COMMAND_SEC,
            env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'DEBIAN_FRONTEND': 'noninteractive',
                 'LANG': 'C.UTF-8'})

    def must(self, *command):
        done = self.run(*command)
        if done.returncode:
            raise RuntimeError(f'{" ".join(command)}: {done.stdout}{done.stderr}')
        return done.stdout

    def give(self, deb):
        shutil.copy(deb, self.inside('/tmp/'))
        return '/tmp/' + os.path.basename(deb)

    def dpkg(self, *words):
        return self.must('dpkg', '--force-confold', *words)

    def read(self, path):
        with open(self.inside(path), encoding='utf-8') as file:
            return file.read()

    def write(self, path, text):
        with open(self.inside(path), 'w', encoding='utf-8') as file:
            file.write(text)

    def exists(self, path):
        return os.path.lexists(self.inside(path))

    def files(self):
        """All that is not written by others."""
        found = set()
        for folder, below, names in os.walk(self.path):
            for name in (*below, *names):
                path = os.path.join(folder, name)[len(self.path):]
                if not OTHERS.match(path + '/'):
                    found.add(path)
        return found

    def owner(self, path):
        return self.must('stat', '-c', '%U:%G %a', path).strip()


def bare(given):
    """The tar file of a root as debootstrap makes it, from the machine's own mirror."""
    if not os.path.exists(given.base):
        folder = given.base + '.new'
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(['debootstrap', '--variant=minbase', 'bookworm', folder], check=True,
                       stdout=subprocess.DEVNULL, timeout=COMMAND_SEC)
        subprocess.run(['tar', '-C', folder, '-cf', given.base, '.'], check=True)
        shutil.rmtree(folder)
    return given.base


def prepared(programs, given):
    """The same with what the package needs, and without it."""
    tar = given.base.replace('.tar', '-needs.tar')
    if not os.path.exists(tar) or os.path.getmtime(tar) < os.path.getmtime(given.base):
        needs = must(programs, 'dpkg-deb', '-f', given.package, 'Depends').strip()
        with Root(programs, bare(given)) as root:
            root.must('apt-get', 'update')
            root.must('apt-get', 'satisfy', '-y', '--no-install-recommends', needs)
            root.must('apt-get', 'clean')
            must(programs, 'tar', '-C', root.path, '-cf', tar, '.')
    return tar


def before(programs, deb):
    """The package with a lower number and another configuration."""
    folder, old = programs.path('before'), programs.path('spanstat_before.deb')
    must(programs, 'dpkg-deb', '-R', deb, folder)
    with open(f'{folder}{CONF}', 'a', encoding='utf-8') as file:
        file.write('# of the version before\n')
    must(programs, 'sed', '-i', 's/^Version: .*/&~before/', f'{folder}/DEBIAN/control')
    must(programs, 'dpkg-deb', '--root-owner-group', '-b', folder, old)
    return old


def check_installed(checks, root, name):
    missing = [path for path in WANTED if not root.exists(path)]
    checks.equal(missing, [], f'{name}: every file is there')
    user = [line for line in root.read('/etc/passwd').splitlines() if line.startswith('spanstat:')]
    checks.ok(len(user) == 1 and user[0].endswith(f':{STATE}:/usr/sbin/nologin'),
              f'{name}: the user, who cannot log in', user)
    checks.ok(re.search(r'(?m)^spanstat:', root.read('/etc/group')), f'{name}: the group')
    checks.equal(root.owner(STATE), 'spanstat:spanstat 700', f'{name}: {STATE}')
    checks.equal(root.owner(CONF), 'root:root 644', f'{name}: {CONF}')
    done = root.run('spanstatd', '--check')
    checks.equal(done.returncode, 0, f'{name}: the configuration has no mistake')


def test_install(checks, programs, given):
    """In a root with nothing but Debian's base: apt brings what it needs, and it runs."""
    with Root(programs, bare(given)) as root:
        root.must('apt-get', 'update')
        root.must('apt-get', 'install', '-y', '--no-install-recommends', root.give(given.package))
        check_installed(checks, root, 'install')
        checks.equal(root.run('systemctl', 'is-enabled', 'spanstatd').stdout, 'disabled\n',
                     'install: it is not started before it has a source')
        verify = root.run('systemd-analyze', 'verify', '--man=no', 'spanstatd.service')
        checks.ok(verify.returncode == 0 and 'spanstatd' not in verify.stderr,
                  'install: systemd has nothing against the unit', verify.stderr)
        uid = root.must('id', '-u', 'spanstat').strip()
        done = root.run('sh', '-c', DAEMON)
        checks.ok(done.returncode == 0 and done.stdout.startswith(
            'spanstat:spanstat 660\n' + '\t'.join([uid] * 4) + '\n'),
                  'install: the daemon runs with its drivers, as its user', done)


def test_remove_and_purge(checks, programs, given):
    with Root(programs, prepared(programs, given)) as root:
        clean = root.files()
        root.dpkg('-i', root.give(given.package))
        root.must('systemctl', 'enable', 'spanstatd')
        root.write(CONF, MINE)
        root.write(f'{STATE}/history', 'x')
        root.dpkg('-r', 'spanstat')
        left = root.files() - clean
        checks.ok(root.read(CONF) == MINE and root.exists(f'{STATE}/history'),
                  'remove: configuration and history stay', left)
        checks.equal([path for path in WANTED if path != CONF and path in left], [],
                     'remove: all else goes')
        root.dpkg('-P', 'spanstat')
        checks.equal(sorted(root.files() - clean), [], 'purge: nothing is left')
        checks.equal(sorted(clean - root.files()), [], 'purge: nothing else went')
        checks.ok('\nspanstat:' in root.read('/etc/passwd'), 'purge: the user keeps his number')
        root.dpkg('-i', root.give(given.package))
        check_installed(checks, root, 'install again')


def test_upgrade(checks, programs, given):
    """A configuration that was changed stays, one that was not becomes the new one."""
    old = before(programs, given.package)
    for mine in (None, MINE):
        name = 'upgrade, configuration changed' if mine else 'upgrade, configuration as it was'
        with Root(programs, prepared(programs, given)) as root:
            root.dpkg('-i', root.give(old))
            checks.ok(root.read(CONF).endswith('# of the version before\n'),
                      f'{name}: the version before is there')
            root.must('systemctl', 'enable', 'spanstatd')
            root.write(f'{STATE}/history', 'x')
            if mine:
                root.write(CONF, mine)
            root.dpkg('-i', root.give(given.package))
            check_installed(checks, root, name)
            checks.equal(root.read(CONF) == mine, mine is not None, f'{name}: {CONF}')
            checks.ok('version before' not in root.read(CONF), f'{name}: not the one before')
            checks.equal(root.read(f'{STATE}/history'), 'x', f'{name}: history stays')
            checks.equal(root.run('systemctl', 'is-enabled', 'spanstatd').stdout, 'enabled\n',
                         f'{name}: who had enabled it has it enabled')


def test_sbom(checks, programs, given):
    """The document beside the package: files with their sums, what it needs, no loose end."""
    with open(given.package.replace('.deb', '.spdx.json'), encoding='utf-8') as file:
        sbom = json.load(file)
    folder = programs.path('files')
    must(programs, 'dpkg-deb', '-x', given.package, folder)
    sums = {}
    for top, _below, names in os.walk(folder):
        for path in (os.path.join(top, name) for name in names):
            if not os.path.islink(path):
                with open(path, 'rb') as file:
                    sums['.' + path[len(folder):]] = hashlib.sha256(file.read()).hexdigest()
    listed = {one['fileName']: one['checksums'][1]['checksumValue'] for one in sbom['files']}
    checks.equal(listed, sums, 'each file of the package with its sum')
    ids = [one['SPDXID'] for one in (*sbom['packages'], *sbom['files'])] + ['SPDXRef-DOCUMENT']
    checks.equal(len(set(ids)), len(ids), 'each name once')
    checks.ok(all(re.fullmatch(r'SPDXRef-[A-Za-z0-9.-]+', one) for one in ids),
              'names as SPDX has them')
    ends = {one[end] for one in sbom['relationships'] for end in ('spdxElementId',
                                                                 'relatedSpdxElement')}
    checks.equal(sorted(ends - set(ids)), [], 'no relation has a loose end')
    needs = must(programs, 'dpkg-deb', '-f', given.package, 'Depends')
    wanted = set(re.findall(r'(?:^|, )([a-z0-9.+-]+)', needs.strip()))
    named = {one['relatedSpdxElement'] for one in sbom['relationships']
             if one['relationshipType'] == 'DEPENDS_ON'}
    checks.equal(sorted(name for name in wanted if f'SPDXRef-Package-{name}' not in named), [],
                 'each package that it needs')
