# SPDX-License-Identifier: BSD-3-Clause
"""Does docs/adding.md still lead to a report and a sink?

The code blocks behind a line `<!-- new FILE -->` or `<!-- in FILE before|after TEXT -->` go into
a copy of the tree, which is built; the new report is asked of a small capture, the new tests are
run.
"""
import json
import os
import re
import shutil
import struct
import subprocess

BLOCK = re.compile(r'<!-- (?:new (?P<new>\S+)|'
                   r'in (?P<file>\S+) (?P<where>before|after) (?P<text>.+?)) -->\n'
                   r'```\w*\n(?P<code>.*?)^```$', re.M | re.S)
TARGETS = ('app/spanstat/spanstat', 'app/spanstatd/spanstatd', 'tests/unit/test_digest',
           'tests/unit/test_export')
BUILD_SEC = 900


def options(parser):
    parser.add_argument('--keep', action='store_true', help='leave the copy, and say where it is')


def copy_of_tree(root, to):
    """What git knows or would add, as it lies in the folder."""
    listed = subprocess.run(['git', '-C', root, 'ls-files', '-z', '--cached', '--others',
                             '--exclude-standard'], capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split('\0')):
        source = os.path.join(root, name)
        if os.path.isfile(source):
            os.makedirs(os.path.join(to, os.path.dirname(name)), exist_ok=True)
            shutil.copy2(source, os.path.join(to, name))


def apply(block, tree):
    """One block of the page. Returns what is wrong with it, or nothing."""
    path = os.path.join(tree, block['new'] or block['file'])
    if block['new']:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.exists(path):
            return f'{path} is there already'
        text = block['code']
    else:
        with open(path, encoding='utf-8') as file:
            lines = file.readlines()
        at = [i for i, line in enumerate(lines) if block['text'] in line]
        if len(at) != 1:
            return f'{block["text"]!r} stands {len(at)} times in {path}'
        lines.insert(at[0] + (block['where'] == 'after'), block['code'])
        text = ''.join(lines)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return ''


def build(tree, folder):
    """Without optimization: it is to be right, not fast. Returns the status and what was said."""
    steps = (['meson', 'setup', folder, tree, '-Doptimization=0', '-Dwerror=true'],
             ['ninja', '-C', folder, *TARGETS])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, timeout=BUILD_SEC, check=False,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            return done.returncode, (done.stdout + done.stderr)[-4000:]
    return 0, ''


def frame(vlan, port):
    """A UDP datagram, tagged unless `vlan` is None."""
    tag = b'' if vlan is None else struct.pack('>HH', 0x8100, vlan)
    udp = struct.pack('>HHHH', port, 53, 12, 0) + b'data'
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), port, 0, 64, 17, 0,
                     bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))
    return bytes(12) + tag + struct.pack('>H', 0x0800) + ip + udp


def capture(path):
    frames = [frame(7, 1001), frame(7, 1002), frame(9, 1003), frame(None, 1004)]
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for i, data in enumerate(frames):
            out.write(struct.pack('<IIII', 1767225600, i, len(data), len(data)) + data)


def try_report(checks, programs, folder):
    spanstat = os.path.join(folder, 'app/spanstat/spanstat')

    def ask(*words):
        return programs.run(spanstat, '-r', path, 'vlans', *words)

    path = programs.path('vlans.pcap')
    capture(path)
    rows = [json.loads(line) for line in ask('--json').stdout.splitlines()]
    checks.equal([(row.get('vlan'), row['count']) for row in rows], [(7, 2), (9, 1), (None, 1)],
                 'the report counts connections by VLAN')
    checks.equal(ask('--csv', 'vlan 9').stdout, 'vlan,count,packets,bytes\n9,1,1,32\n',
                 'it takes a filter, and gives CSV')
    checks.equal(len(ask('-H', '--limit', '1').stdout.splitlines()), 2,
                 'it takes --limit, and says so')
    described = programs.run(spanstat, '--describe').stdout
    checks.ok('report\tvlans\t-\tfilter\t' in described, 'manual page and completion know it')


def test_adding(checks, programs, given):
    tree, folder = programs.path('tree'), programs.path('built')
    programs.keep = given.keep
    copy_of_tree(programs.root, tree)
    with open(os.path.join(tree, 'docs/adding.md'), encoding='utf-8') as page:
        blocks = list(BLOCK.finditer(page.read()))
    checks.ok(len(blocks) > 10, 'the page has blocks to be applied')
    checks.equal([wrong for wrong in (apply(block, tree) for block in blocks) if wrong], [],
                 'each goes where the page says')
    status, said = build(tree, folder)
    checks.equal((status, said), (0, ''), 'the tree is built, without a warning')
    if status:
        return
    try_report(checks, programs, folder)
    for test in ('test_digest', 'test_export'):
        done = programs.run(os.path.join(folder, 'tests/unit', test),
                            '--gtest_filter=DigestVlans*:ExportLines*')
        checks.ok(done.returncode == 0 and '[  PASSED  ] 1 test.' in done.stdout,
                  f'{test} of the page passes', done.stdout[-2000:])
