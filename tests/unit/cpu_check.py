# SPDX-License-Identifier: BSD-3-Clause
"""CPUs that lack what the build may use, made up by qemu-user: a line and status 1, no crash."""
import os
import subprocess

EMULATOR = 'qemu-x86_64-static'

# Each with a feature that it lacks; Penryn is older than what DPDK wants.
POOR = (('Nehalem', 'avx2'), ('SandyBridge', 'bmi2'), ('Haswell,-avx2', 'avx2'),
        ('Haswell,-bmi1', 'bmi1'), ('Haswell,-movbe', 'movbe'), ('Haswell,-abm', 'abm'),
        ('Haswell,-fma', 'fma'), ('Haswell,-f16c', 'f16c'), ('Haswell,-xsave', 'avx2'),
        ('Penryn', 'sse4_2'))
GOOD = 'Haswell'


def emulate(cpu, program):
    return subprocess.run([EMULATOR, '-cpu', cpu, program, '--version'], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)


def says(line, name, feature):
    """Is it one line of that program, and does it name the feature?"""
    begin, _, rest = line.partition(': this CPU lacks ')
    features = rest.partition('):')[2].partition(';')[0].split()
    return begin == name and feature in features and line.count('\n') == 1


def test_poor(checks, programs):
    for program in (programs.spanstatd, programs.spanstat):
        name = os.path.basename(program)
        for cpu, feature in POOR:
            done = emulate(cpu, program)
            checks.ok(done.returncode == 1 and not done.stdout, f'{name} on {cpu} ends', done)
            # the emulator warns of what it leaves out of a CPU
            said = ''.join(line for line in done.stderr.splitlines(True)
                           if not line.startswith('qemu-'))
            checks.ok(says(said, name, feature), f'{name} on {cpu}: {feature} is missing', done)


def test_good(checks, programs):
    for program in (programs.spanstatd, programs.spanstat):
        name = os.path.basename(program)
        done = emulate(GOOD, program)
        checks.ok(done.returncode == 0 and done.stdout.startswith(name), f'{name} on {GOOD} runs',
                  done)
