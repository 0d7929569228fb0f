# SPDX-License-Identifier: BSD-3-Clause
"""Nothing that comes from outside reaches a terminal as it is.

A socket that lies stands in the place of a daemon: its name, its version and its errors hold what
terminals obey. So do the words of command lines, names of files, and a configuration. What the
programs print of it has no control character but the ends of lines, no character that turns a line
round, and is UTF-8.
"""
import json
import os
import socket
import struct
import threading
import unicodedata

from terminal import Terminal

STEER = b'\x1b]0;owned\x07\x1b[2J\x9b1m\xc2\x9b5m\xe2\x80\xaetxt\xff\r\nspanstat: all is well'
NAME = STEER.replace(b'\n', b'').replace(b'/', b'')
INFO, END = 2, 6
HEADER = struct.Struct('=IHHIHH')


class Liar:
    """Answers every request with a greeting and an end, both of which steer terminals."""

    def __init__(self, programs):
        self.socket = programs.path('liar.sock')
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.socket)
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_exception):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def serve(self):
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            with client:
                while self.lie(client):
                    pass

    @staticmethod
    def lie(client):
        """Answers one request; False: nobody asks any more."""
        asked = client.recv(HEADER.size, socket.MSG_WAITALL)
        if len(asked) < HEADER.size:
            return False
        magic, version, _type, length, _report, _reserved = HEADER.unpack(asked)
        client.recv(length, socket.MSG_WAITALL)
        info = struct.pack('=64s32sQ', STEER, STEER, 1767225600000000)
        end = struct.pack('=iIQ256s', -22, 0, 0, STEER * 9)
        for kind, payload in ((INFO, info), (END, end)):
            client.sendall(HEADER.pack(magic, version, kind, len(payload), 0, 0) + payload)
        return True


def faults(output):
    """What must not be there."""
    try:
        text = output.decode('utf-8')
    except UnicodeDecodeError as error:
        return [str(error)]
    return sorted({repr(char) for char in text
                   if char != '\n' and unicodedata.category(char) in ('Cc', 'Cf', 'Zl', 'Zp')})


def check_output(checks, programs, what, *words, **more):
    done = programs.run(*words, text=False, **more)
    output = done.stdout + done.stderr
    checks.ok(not faults(output), what, faults(output), output)
    checks.ok(done.returncode > 0, f'{what}: it fails', done)
    return output


def test_a_daemon_that_lies(checks, programs):
    with Liar(programs) as liar:
        for language in ('C', 'C.UTF-8'):
            for form in ((), ('--json',), ('--csv',), ('-b',)):
                output = check_output(checks, programs, f'{language} {form}', programs.spanstat,
                                      '--socket', liar.socket, *form,
                                      env={**os.environ, 'LC_ALL': language})
                checks.ok(rb'\x1b[2J' in output, 'what it said is shown', output)
        with Terminal(programs.folder, 80, 24, programs.spanstat, '--socket', liar.socket,
                      'top') as terminal:
            screen = terminal.shows('owned')
            checks.ok(screen, 'top shows its name or its error', *terminal.screen())
            checks.equal(faults('\n'.join(screen or []).encode()), [], 'and is not steered')
            checks.equal(terminal.tmux('display-message', '-p', '#{pane_title}').count('owned'), 0,
                         'nor is its title')


def test_words_and_files(checks, programs):
    programs.write('empty.conf', '')
    steered = os.path.join(os.fsencode(programs.folder), NAME)
    with open(steered, 'wb') as file:
        file.write(b'no capture')
    for words in (('conn', STEER), ('conn', '--sort', STEER), ('conn', '--by', STEER),
                  ('conn', '--limit', STEER), ('conn', '--' + os.fsdecode(NAME)), (STEER,),
                  ('-r', steered), ('-r', steered + b'no'), ('conn', '--as', STEER),
                  ('--socket', steered + b'no', 'conn'), ('--socket', steered, 'conn'),
                  ('-r', steered, '-o', steered + b'/x', 'conn')):
        check_output(checks, programs, f'spanstat {words}', programs.spanstat, *words)
    for words in (('--interface', STEER), ('--flows', STEER), ('--read', steered),
                  ('--config', steered + b'no'), ('--config', steered), (STEER,),
                  ('--check', '--config', steered),
                  ('--vdev', b'net_pcap0,rx_pcap=' + steered + b'no', '--no-huge')):
        check_output(checks, programs, f'spanstatd {words}', programs.spanstatd, '--socket',
                     programs.path('d.sock'), *words)


def test_a_configuration(checks, programs):
    path = os.fsencode(programs.path('d.conf'))
    with open(path, 'wb') as file:
        for line in (b'%s = 1', b'names = { "10.0.0.1 %s" }', b'flows = %s', b'home = { "%s" }',
                     b'log-level = %s', b'interface = { "%s" }'):
            file.write(line % STEER.replace(b'\n', b'').replace(b'"', b'') + b'\n')
    output = check_output(checks, programs, 'all its mistakes', programs.spanstatd, '--check',
                          '--config', path)
    checks.ok(output.count(b'\n') >= 5, 'each in a line', output)


def test_names_of_captures_in_reports(checks, programs):
    steered = os.path.join(os.fsencode(programs.folder), NAME)
    with open(steered, 'wb') as file:       # a pcap without a packet
        file.write(struct.pack('=IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for report in ('stats', 'health'):
        for form in ((), ('--json',), ('--csv',)):
            done = programs.run(programs.spanstat, '-r', steered, report, *form, text=False)
            checks.ok(not faults(done.stdout + done.stderr), f'{report} {form}', done)
            if form == ('--json',):
                lines = [json.loads(line) for line in done.stdout.splitlines()]
                checks.ok(lines, f'{report} is JSON', done)
