# SPDX-License-Identifier: BSD-3-Clause
"""CPUs that lack instructions: without AVX-512 it works, without AVX2 it says so and ends.

TCG emulates no AVX-512 whatever the model; the model says so to the programs, too.
"""
import json

from lab import wait_for
from vm_frames import flows, frames
from vm_guest import Guest, Nic, options
from vm_package import give, install, service_conf, start

assert options
CONNECTIONS, WAIT_SEC, STEP_SEC = 50, 90, 0.3
WITHOUT_AVX512, WITHOUT_AVX2 = 'Haswell-noTSX', 'Nehalem'
PROGRAMS = ('spanstatd --version', 'spanstatd --check', 'spanstatd --interface lo',
            'spanstat --version', 'spanstat stats')


def test_without_avx512(checks, given):
    with Guest(given, [Nic('n1', 'e1000e', 2)], cpu=WITHOUT_AVX512) as guest:
        install(guest, give(guest, given.package))
        checks.ok('avx2' in guest.must('grep flags /proc/cpuinfo'), f'{WITHOUT_AVX512} has AVX2')
        service_conf(guest, guest.nics['n1'])
        start(guest)
        guest.nics['n1'].send(frames(CONNECTIONS))

        def rows():
            return len(guest.run('spanstat conn --json')[1].splitlines())
        checks.ok(wait_for(lambda: rows() == flows(CONNECTIONS), WAIT_SEC, STEP_SEC),
                  f'{WITHOUT_AVX512}: all connections', rows())
        status, text = guest.run('spanstat doctor --json')
        cpu = [line for line in map(json.loads, text.splitlines()) if line.get('check') == 'cpu']
        checks.ok(status == 0 and cpu and cpu[0]['verdict'] == 'ok',
                  f'{WITHOUT_AVX512}: doctor is content', text)


def test_without_avx2(checks, given):
    with Guest(given, [], cpu=WITHOUT_AVX2) as guest:
        install(guest, give(guest, given.package))
        checks.ok('avx2' not in guest.must('grep flags /proc/cpuinfo'), f'{WITHOUT_AVX2} has none')
        for command in PROGRAMS:
            status, text = guest.run(command)
            checks.ok(0 < status < 128 and 'avx2' in text.lower() and len(text.splitlines()) == 1,
                      f'{WITHOUT_AVX2}: {command} says what is missing', status, text)
        guest.run('systemctl start spanstatd')
        state = guest.must('systemctl show -P Result spanstatd').strip()
        checks.equal(state, 'exit-code', f'{WITHOUT_AVX2}: the service fails by its own word')
