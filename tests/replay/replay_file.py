# SPDX-License-Identifier: BSD-3-Clause
"""Captures in every wrapping: compressed or not, by name or through a pipe, of mixed link types.

The packets are the same each time, so the rows that must come of them are too. Files that are cut
short inside their compression give what could be read, and a message.
"""
import gzip
import itertools
import json
import lzma
import os
import random
import signal
import struct
import subprocess

from runner import Case
import replay_check
import replay_make
from replay_scenarios import SCENARIOS
from replay_wire import MASK, capture_write, ng_block, ng_section

END_SEC = 60


def zstd(content):
    return subprocess.run(['zstd', '-q', '-c'], input=content, stdout=subprocess.PIPE,
                          check=True).stdout


PACKINGS = {'plain': lambda content: content, 'gzip': gzip.compress, 'xz': lzma.compress,
            'zstd': zstd}
# Frames of the same datagram on each link: (number of the link type, what stands before it).
ETHERTYPE = {4: b'\x08\0', 6: b'\x86\xdd'}
MIXED = (
    (101, lambda version: b''),
    (1, lambda version: bytes(12) + ETHERTYPE[version]),
    (113, lambda version: struct.pack('>HHH8x', 0, 1, 6) + ETHERTYPE[version]),
    (276, lambda version: ETHERTYPE[version] + struct.pack('>HIHBB8x', 0, 2, 1, 0, 6)),
    (0, lambda version: struct.pack('<I', 2 if version == 4 else 30)),
)


def pcapng_mixed(packets, order, snaplens):
    """One section with an interface for each link type, each packet by another one of them."""
    parts = [ng_section(order)]
    for (number, _), snaplen in zip(MIXED, snaplens):
        parts.append(ng_block(1, struct.pack(order + 'HHI', number, 0, snaplen), order))
    for (at, datagram), (port, (_, head)) in zip(packets, itertools.cycle(enumerate(MIXED))):
        frame = head(datagram[0] >> 4) + datagram
        data = frame[:snaplens[port]]
        parts.append(ng_block(6, struct.pack(order + 'IIIII', port, at >> 32, at & MASK,
                                             len(data), len(frame)) + data, order))
    return b''.join(parts)


class Files(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        packets, cls.truth = replay_make.capture_make(17, 2 * len(SCENARIOS), 'raw', True,
                                                      SCENARIOS)
        cls.packets = sorted(packets, key=lambda packet: packet[0])

    def setUp(self):
        self.fresh()

    def content(self, form):
        capture_write(self.name, self.packets, 'raw', form)
        with open(self.name, 'rb') as file:
            return file.read()

    def put(self, content, name=None):
        """The file is called as if it were something else: only its bytes count."""
        with open(name or self.name, 'wb') as out:
            out.write(content)

    def report(self, *words, **more):
        return self.said(*words, '--keep', 'all', '--json', **more)

    def assert_truth(self, said, about):
        status, out, err = said
        bad = replay_check.compare(self.truth, [json.loads(line) for line in out])
        self.assertEqual((status, err, bad[:3]), (0, [], []), about)

    def piped(self, content, *words):
        """spanstat -r -, with the content in a pipe."""
        command = [self.programs.spanstat, '-r', '-', *words]
        done = subprocess.run(command, input=content, capture_output=True, timeout=END_SEC,
                              check=False)
        return (done.returncode, done.stdout.decode().splitlines(),
                done.stderr.decode().splitlines())

    def test_packed(self):
        for form in ('pcap', 'pcapng'):
            content = self.content(form)
            for name, pack in PACKINGS.items():
                packed = pack(content)
                self.put(packed)
                self.assert_truth(self.report('-r', self.name), (form, name))
                self.assert_truth(self.piped(packed, '--keep', 'all', '--json'), (form, name))

    def test_packed_and_cut(self):
        """What could be read is reported, as it is of a file that is not compressed."""
        content = self.content('pcap')
        for name, pack in PACKINGS.items():
            packed = pack(content)
            self.put(packed[:len(packed) * 2 // 3])
            status, out, err = self.report('-r', self.name)
            self.assertEqual((status, len(err)), (1, 1), err)
            self.assertRegex(err[0], f'^spanstat: {self.name}: (its {name} data end too early|'
                                     'cut short), after packet [0-9]+$')
            self.assertGreater(len(out), len(self.truth) // 4, name)
            self.assertLess(len(out), len(self.truth), name)

    def test_noise_in_packing(self):
        noise = random.Random(3).randbytes(5000)
        for name, pack in PACKINGS.items():
            self.put(pack(noise))
            status, out, err = self.said('-r', self.name)
            self.assertEqual((status, out, len(err)), (1, [], 1), name)

    def test_mixed_links(self):
        """Every interface of a section has its own link type and snap length."""
        for order, snaplens in (('<', (262144,) * 5), ('>', (200, 262144, 300, 250, 240))):
            self.put(pcapng_mixed(self.packets, order, snaplens))
            self.assert_truth(self.report('-r', self.name), order)

    def test_several_sections(self):
        """As of files that were put behind one another: each section has a byte order."""
        third = len(self.packets) // 3
        parts = self.packets[:third], self.packets[third:2 * third], self.packets[2 * third:]
        self.put(b''.join(pcapng_mixed(part, order, (262144,) * 5)
                          for part, order in zip(parts, '<><')))
        self.assert_truth(self.report('-r', self.name), 'sections')

    def test_merged(self):
        """Packets in several files of different kinds are put together by their times."""
        files = [[], [], []]
        for packet in self.packets:
            files[packet[0] * 7 // 5 % 3].append(packet)
        names = [self.programs.path(name) for name in ('one.txt', 'two', 'three.gz')]
        capture_write(names[0], files[0], 'raw', 'nsec')
        capture_write(names[1], files[1], 'raw', 'swapped')
        with open(names[1], 'rb') as file:
            packed = zstd(file.read())
        self.put(packed, names[1])
        self.put(pcapng_mixed(files[2], '>', (262144,) * 5), names[2])
        words = [word for name in names for word in ('-r', name)]
        self.assert_truth(self.report(*words), names)

    def test_input_and_files(self):
        """Standard input is one file among others, and may be named once."""
        half = self.packets[::2], self.packets[1::2]
        capture_write(self.name, half[0], 'raw')
        with open(self.name, 'rb') as file:
            content = file.read()
        capture_write(self.name, half[1], 'raw')
        self.assert_truth(self.piped(content, '-r', self.name, '--keep', 'all', '--json'), 'both')
        status, out, err = self.piped(content, '-r', '-')
        self.assertEqual((status, out, len(err)), (2, [], 1))
        self.assertIn('standard input', err[0])

    def test_input_that_is_none(self):
        for content in (b'', b'nothing of the kind', self.content('pcap')[:30]):
            status, out, err = self.piped(content)
            self.assertEqual((status, out, len(err)), (1, [], 1))
            self.assertTrue(err[0].startswith('spanstat: standard input: '), err)

    def test_interrupt_ends_the_writer(self):
        """Who interrupts `tcpdump -w - | spanstat -r -` wants to see the report. The pipe is full
        until it is read from, so what is read says that the reader is there."""
        content = self.content('pcap')
        end = len(content) - 1000
        self.assertGreater(end, 2 * 65536, 'more than a pipe holds')
        with subprocess.Popen([self.programs.spanstat, '-r', '-', '--keep', 'all', '--json'],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, start_new_session=True) as process:
            process.stdin.write(content[:end])
            process.stdin.flush()
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(content[end:], timeout=END_SEC)
        self.assert_truth((process.returncode, out.decode().splitlines(),
                           err.decode().splitlines()), 'interrupted')
