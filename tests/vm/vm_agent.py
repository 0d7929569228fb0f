#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""In the guest: does what the test on the host says, one thing after another.

The two talk over a serial port of virtio, a line of JSON each way, so the guest needs no network.
vm_image.py puts this file into the image, vm_guest.py has the other end.

    {"run": "shell command", "limit": seconds}   {"status": number, "output": text}
    {"put": "path", "data": base64, "mode": m}   {"status": 0}

The first line says how long the guest has been up, {"up": seconds}. A command that is not over in
time is ended, with status 124; what it left in the background lives on.
"""
import base64
import json
import os
import signal
import subprocess
import tempfile

PORT = '/dev/virtio-ports/spanstat'


def run(ask):
    # A file, not a pipe: who waits for a pipe's end waits for all that a command has started.
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(['bash', '-c', ask['run']], stdin=subprocess.DEVNULL,
                                 stdout=output, stderr=output, start_new_session=True)
        try:
            status = child.wait(ask['limit'])
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            status = 124
        output.seek(0)
        return {'status': status, 'output': output.read().decode('utf-8', 'replace')}


def put(ask):
    with open(ask['put'], 'wb') as file:
        file.write(base64.b64decode(ask['data']))
    os.chmod(ask['put'], ask['mode'])
    return {'status': 0}


def send(port, answer):
    """The port takes a part of a long line at a time."""
    rest = json.dumps(answer).encode() + b'\n'
    while rest:
        rest = rest[port.write(rest):]


def main():
    with open(PORT, 'r+b', buffering=0) as port, open('/proc/uptime', encoding='ascii') as uptime:
        answer = {'up': float(uptime.read().split()[0])}
        rest = b''
        while True:
            send(port, answer)
            while b'\n' not in rest:
                rest += port.read(65536)
            line, rest = rest.split(b'\n', 1)
            ask = json.loads(line)
            answer = run(ask) if 'run' in ask else put(ask)


if __name__ == '__main__':
    main()
