# SPDX-License-Identifier: BSD-3-Clause
"""A virtual machine that starts from the image of vm_image.py, with NICs whose wire the test holds.

QEMU emulates all of it, CPU included (TCG), so no nested virtualisation is needed; a boot takes
half a minute. An IOMMU is emulated too, for vfio-pci without one takes a kernel that Debian does
not have. The test talks with vm_agent.py over a serial port, and with QEMU over its monitor (QMP).

    with Guest(given, [Nic('n1', 'e1000e', 2)]) as guest:
        guest.must('ip link')
        guest.nics['n1'].send(frames)

What a NIC sends is written to a file by QEMU (Nic.sent), and is lost behind it, unless the NIC is
on the hub: there every frame comes to all NICs, as a mirror port has it.
"""
import base64
import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile

BOOT_SEC, RUN_SEC, SEND_SEC, QUIT_SEC = 180, 90, 60, 20
MEMORY_MB, CPUS = 2048, 2
# tsc: to read any other clock, QEMU stops to emulate a device. no_timer_check: where the host is
# busy, a tick comes too late for that check. panic: with -no-reboot it ends QEMU.
KERNEL = ('root=/dev/vda rw quiet console=ttyS0 mitigations=off tsc=reliable no_timer_check '
          'panic=-1 intel_iommu=on iommu=pt')
# What is not loaded and not started is a third of a boot less.
UNUSED_MODULES = ('kvm_amd', 'kvm_intel', 'ahci', 'iTCO_wdt', 'i2c_i801', 'lpc_ich', 'aesni_intel',
                  'crct10dif_pclmul', 'crc32_pclmul', 'ghash_clmulni_intel', 'sha512_ssse3',
                  'sha256_ssse3', 'sha1_ssse3', 'pcspkr', 'psmouse', 'serio_raw', 'evdev')
UNUSED_UNITS = ('systemd-logind.service', 'modprobe@dm_mod.service', 'modprobe@drm.service',
                'modprobe@fuse.service', 'modprobe@loop.service', 'sys-kernel-debug.mount',
                'sys-kernel-tracing.mount', 'proc-sys-fs-binfmt_misc.automount')
PCAP_HEAD, PCAP_FRAME = 24, 16


class GuestError(Exception):
    """The guest does not start, does not answer, or a command in it failed."""


def options(parser):
    """For a test's own options(): every test of this folder takes these."""
    parser.add_argument('--package', required=True, help='the .deb of scripts/package')
    parser.add_argument('--image', required=True, help='the folder of vm_image.py')
    parser.add_argument('--qemu', default='qemu-system-x86_64', help='the program')


class Nic:
    """A NIC at the PCI address `slot`, of bus 0 or of the one that `bus` names."""

    def __init__(self, name, model, slot, more='', hub=False, bus=None):
        self.name, self.model, self.slot, self.more = name, model, slot, more
        self.hub, self.bus, self.mac = hub, bus, f'52:54:00:00:00:{slot:02x}'
        self.address = f'0000:00:{slot:02x}.0'
        self.folder = None

    def path(self, what):
        return os.path.join(self.folder, f'{self.name}.{what}')

    def wire(self, name):
        """A network of QEMU's: each datagram on the socket is a frame."""
        return ('-netdev', f'dgram,id={name},local.type=unix,local.path={self.path("sock")},'
                f'remote.type=unix,remote.path={self.path("nobody")}')

    def netdev(self):
        if self.hub:
            return ('-netdev', f'hubport,id={self.name},hubid=0')
        return self.wire(self.name)

    def arguments(self, folder):
        self.folder = folder
        place = f'bus={self.bus}' if self.bus else f'bus=pcie.0,addr={self.slot:x}'
        return (*self.netdev(), '-device',
                f'{self.model},id=card-{self.name},netdev={self.name},mac={self.mac},{place}'
                f'{self.more}',
                # rx: what the network receives, so what the NIC sends.
                '-object', f'filter-dump,id=dump-{self.name},netdev={self.name},queue=rx,'
                f'file={self.path("pcap")}')

    def send(self, frames):
        """Each comes in at the NIC, unless it has no room; returns when all are on their way."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.settimeout(SEND_SEC)
            wire.connect(self.path('sock'))
            for frame in frames:
                wire.send(frame)

    def sent(self):
        """How many frames it has sent."""
        with open(self.path('pcap'), 'rb') as file:
            content = file.read()
        at, count = PCAP_HEAD, 0
        while at + PCAP_FRAME <= len(content):
            at += PCAP_FRAME + struct.unpack_from('<I', content, at + 8)[0]
            count += 1
        return count


class HubWire(Nic):
    """No NIC: a socket by which frames come to all on the hub."""

    def __init__(self):
        super().__init__('hub', None, 0)

    def arguments(self, folder):
        self.folder = folder
        return (*self.wire('hub'), '-netdev', 'hubport,id=hubwire,hubid=0,netdev=hub')


class Monitor:
    """QEMU's, by QMP."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(QUIT_SEC)
        self.lines = self.socket.makefile('rb')
        self.lines.readline()
        self.ask('qmp_capabilities')

    def ask(self, command, **arguments):
        text = json.dumps({'execute': command, 'arguments': arguments})
        self.socket.sendall(text.encode() + b'\n')
        for line in self.lines:
            answer = json.loads(line)
            if 'error' in answer:
                raise GuestError(f'{command}: {answer["error"]["desc"]}')
            if 'return' in answer:
                return answer['return']
        raise GuestError(f'{command}: QEMU is gone')


class Guest:
    """A machine that is on; a context manager."""

    def __init__(self, given, nics, cpu='max', cpus=CPUS, kernel='', more=(), wrap=()):
        """`more`: arguments of QEMU, which runs under the command `wrap`."""
        self.given, self.nics, self.cpu = given, {nic.name: nic for nic in nics}, cpu
        self.cpus = cpus
        self.kernel, self.more, self.wrap = kernel, more, wrap
        self.folder = None      # made when it starts
        self.up = self.process = self.monitor = self.port = None
        self.rest = b''         # of the agent's next line
        self.lost = False       # an answer did not come: nothing more is asked

    def path(self, name):
        return os.path.join(self.folder, name)

    def kernel_words(self):
        yield from (KERNEL, self.kernel, f'modprobe.blacklist={",".join(UNUSED_MODULES)}')
        yield from (f'systemd.mask={unit}' for unit in UNUSED_UNITS)

    def command(self):
        image = self.given.image
        return [*self.wrap, self.given.qemu, '-nodefaults', '-no-user-config', '-display', 'none',
                '-no-reboot',
                '-machine', 'q35,kernel-irqchip=split', '-accel', 'tcg,thread=multi',
                '-cpu', self.cpu, '-smp', str(self.cpus), '-m', f'{MEMORY_MB}M',
                '-device', 'intel-iommu,intremap=on',
                '-kernel', f'{image}/vmlinuz', '-initrd', f'{image}/initrd',
                '-append', ' '.join(self.kernel_words()),
                '-drive', f'id=root,file={image}/root.img,format=raw,if=none,snapshot=on',
                '-device', 'virtio-blk-pci,drive=root,bus=pcie.0,addr=1b',
                '-device', 'virtio-rng-pci,bus=pcie.0,addr=1c',
                '-device', 'virtio-serial-pci,bus=pcie.0,addr=1d',
                '-chardev', f'socket,id=agent,path={self.path("agent")}',
                '-device', 'virtserialport,chardev=agent,name=spanstat',
                '-serial', f'file:{self.path("console")}',
                '-qmp', f'unix:{self.path("qmp")},server=off',
                *self.more, *(word for nic in self.nics.values()
                              for word in nic.arguments(self.folder))]

    def __enter__(self):
        """A guest that does not come up is started once more: where the host is busy, QEMU loses a
        timer of one of its CPUs now and then."""
        try:
            try:
                self.start()
            except GuestError:
                self.stop()
                self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.folder = tempfile.mkdtemp(prefix='spanstat-vm-')
        self.rest, self.lost = b'', False
        with self.listener('agent') as agent, self.listener('qmp') as monitor, \
                open(self.path('qemu'), 'wb') as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env={**os.environ, 'TMPDIR': '/var/tmp'})
            try:
                self.port = agent.accept()[0]
                self.monitor = Monitor(monitor.accept()[0])
            except (OSError, GuestError) as error:
                raise GuestError(f'QEMU does not start: {self.said("qemu")}') from error
        self.up = self.answer(BOOT_SEC)['up']

    def listener(self, name):
        """A socket to which QEMU connects when it starts."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.bind(self.path(name))
        made.listen(1)
        made.settimeout(QUIT_SEC)
        return made

    def said(self, name):
        with open(self.path(name), encoding='utf-8', errors='replace') as file:
            return file.read()[-4000:]

    def answer(self, limit):
        """The agent's next line."""
        self.port.settimeout(limit)
        if self.lost:
            raise GuestError('the guest did not answer before')
        try:
            while b'\n' not in self.rest:
                more = self.port.recv(1 << 20)
                if not more:
                    raise GuestError(f'QEMU is gone: {self.said("qemu")}{self.said("console")}')
                self.rest += more
        except TimeoutError as error:
            self.lost = True
            raise GuestError(f'no answer in {limit} s\n{self.said("console")}') from error
        line, self.rest = self.rest.split(b'\n', 1)
        return json.loads(line)

    def ask(self, wait, **what):
        self.port.settimeout(SEND_SEC)
        self.port.sendall(json.dumps(what).encode() + b'\n')
        return self.answer(wait)

    def run(self, command, limit=RUN_SEC):
        """A command of bash as root: exit status, and all that it printed."""
        done = self.ask(limit + QUIT_SEC, run=command, limit=limit)
        return done['status'], done['output']

    def must(self, command, limit=RUN_SEC):
        status, output = self.run(command, limit)
        if status:
            raise GuestError(f'{command}: {status}\n{output}')
        return output

    def put(self, path, data, mode=0o644):
        """A file; `data` is text or bytes."""
        data = data.encode() if isinstance(data, str) else data
        self.ask(RUN_SEC, put=path, data=base64.b64encode(data).decode(), mode=mode)

    def cpu_sec(self):
        """What QEMU has computed since it started: other than the clock's, it does not depend on
        what else the machine does."""
        with open(f'/proc/{self.process.pid}/stat', encoding='ascii') as file:
            fields = file.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def link(self, nic, on):
        """Of the NIC, whatever is behind it."""
        self.monitor.ask('set_link', name=f'card-{nic}', up=on)

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        if self.monitor:
            with contextlib.suppress(OSError, GuestError):
                self.monitor.ask('quit')
        if self.process:
            try:
                self.process.wait(QUIT_SEC)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for connection in (self.port, self.monitor and self.monitor.socket):
            if connection:
                connection.close()
        self.process = self.monitor = self.port = None
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
