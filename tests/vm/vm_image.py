#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes the disk, kernel and initial RAM disk from which the guests of tests/vm start.

    vm_image.py FOLDER PACKAGE [--have]

The disk has Debian 12 with systemd, Debian's own kernel (that of the cloud has no drivers for the
NICs that are emulated), what the .deb PACKAGE needs but not itself, and vm_agent.py. It comes from
the mirror that apt of this machine uses. What is in it is named in FOLDER/made; it is made anew
when that changes. With --have nothing is made: exit status 0 if it is there, 1 if not.

Needs root, debootstrap and e2fsprogs, and about three minutes. Guests write to a copy that is
forgotten, so all start alike.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE = 'bookworm'
SIZE = '2600M'
PACKAGES = ('linux-image-amd64', 'systemd', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'iproute2',
            'pciutils', 'procps', 'initramfs-tools', 'zstd', 'python3', 'dpdk', 'ethtool',
            'nftables', 'apt-utils')
# Seconds of a boot, and nobody asks for them here.
MASKED = ('dpdk.service', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer',
          'e2scrub_all.timer', 'e2scrub_reap.service', 'fstrim.timer', 'systemd-pstore.service',
          'systemd-timesyncd.service', 'serial-getty@ttyS0.service', 'getty@tty1.service')
# Files of the disk besides the packages.
FILES = {
    'etc/hostname': 'spanstat\n',
    'etc/hosts': '127.0.0.1 localhost spanstat\n',
    # A few modules in place of all: 7 MB to unpack in place of 31.
    'etc/initramfs-tools/conf.d/vm': 'MODULES=list\nCOMPRESS=zstd\n',
    'usr/share/initramfs-tools/modules.d/vm': 'virtio_pci\nvirtio_blk\next4\ncrc32c_generic\n',
    'etc/dpkg/dpkg.cfg.d/vm': 'force-unsafe-io\n',
    'etc/systemd/system/vm-agent.service':
        '[Unit]\nConditionPathExists=/dev/virtio-ports/spanstat\n'
        '[Service]\nExecStart=/usr/local/sbin/vm-agent\nKillMode=process\n',
    'etc/udev/rules.d/99-vm-agent.rules':
        'SUBSYSTEM=="virtio-ports", ATTR{name}=="spanstat", TAG+="systemd", '
        'ENV{SYSTEMD_WANTS}+="vm-agent.service"\n',
}


class ImageError(Exception):
    """The image cannot be made; says which command failed and the end of what it said."""


def run(*command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **more)
    if done.returncode:
        end = '\n'.join(done.stdout.splitlines()[-20:])
        raise ImageError(f'{" ".join(command)}: {done.returncode}\n{end}')
    return done.stdout


def mirror():
    """Where apt of this machine has SUITE from."""
    found = run('apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages',
                f'Codename: {SUITE}', 'Component: main')
    if not found.strip():
        raise ImageError(f'apt of this machine has no source of {SUITE}')
    return found.splitlines()[0]


def needs(package):
    return run('dpkg-deb', '-f', package, 'Depends').strip()


def wanted(package):
    """What the disk is made of, as one text."""
    with open(os.path.join(HERE, 'vm_agent.py'), encoding='utf-8') as agent:
        parts = [SUITE, SIZE, PACKAGES, MASKED, FILES, needs(package), agent.read()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest() + '\n'


def have(folder, package):
    try:
        with open(os.path.join(folder, 'made'), encoding='ascii') as made:
            return made.read() == wanted(package)
    except FileNotFoundError:
        return False


def chroot(tree, *command):
    """In it, with its own /proc; nothing of it is started or stays mounted."""
    return run('unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c',
               'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', tree, *command,
               env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'DEBIAN_FRONTEND': 'noninteractive',
                    'LANG': 'C.UTF-8'})


def write_files(tree):
    for path, text in FILES.items():
        path = os.path.join(tree, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    for unit in MASKED:
        os.symlink('/dev/null', os.path.join(tree, 'etc/systemd/system', unit))
    agent = os.path.join(tree, 'usr/local/sbin/vm-agent')
    shutil.copy(os.path.join(HERE, 'vm_agent.py'), agent)
    os.chmod(agent, 0o755)


def fill(tree, package):
    run('debootstrap', '--variant=minbase', SUITE, tree, mirror())
    write_files(tree)
    shutil.copy('/etc/resolv.conf', os.path.join(tree, 'etc/resolv.conf'))
    chroot(tree, 'apt-get', 'update')
    chroot(tree, 'apt-get', 'satisfy', '-y', '--no-install-recommends',
           ', '.join((*PACKAGES, needs(package))))
    chroot(tree, 'apt-get', 'clean')
    shutil.rmtree(os.path.join(tree, 'var/lib/apt/lists'))


def make(folder, package):
    """Into FOLDER: root.img, vmlinuz, initrd and, as the last one, made."""
    os.makedirs(folder, exist_ok=True)
    tree, disk = os.path.join(folder, 'tree'), os.path.join(folder, 'root.img')
    for old in (disk, os.path.join(folder, 'made')):
        if os.path.exists(old):
            os.remove(old)
    shutil.rmtree(tree, ignore_errors=True)
    try:
        fill(tree, package)
        for name in ('vmlinuz', 'initrd'):
            shutil.copy(os.path.realpath(os.path.join(tree, name + '.img' * (name == 'initrd'))),
                        os.path.join(folder, name))
        run('mkfs.ext4', '-q', '-F', '-d', tree, disk, SIZE)
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    with open(os.path.join(folder, 'made'), 'w', encoding='ascii') as made:
        made.write(wanted(package))


def main(folder, package, *words):
    if have(folder, package):
        return 0
    if words == ('--have',):
        return 1
    begun = time.monotonic()
    make(folder, package)
    print(f'vm: image made in {time.monotonic() - begun:.0f} s')
    return 0


if __name__ == '__main__':
    if not 3 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except ImageError as error:
        sys.exit(f'vm: {error}')
