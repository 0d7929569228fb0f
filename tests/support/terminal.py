# SPDX-License-Identifier: BSD-3-Clause
"""A real terminal for a program that draws on one: tmux, with a server of the test's own.

    with Terminal(folder, 80, 24, 'spanstat', 'top') as terminal:
        terminal.keys('v')
        lines = terminal.screen()

The program runs under a shell that afterwards prints `status N` and the terminal's settings, so
that a test sees what is left when it is gone.
"""
import itertools
import os
import shlex
import subprocess

from lab import LabError, wait_for

SHOW_SEC = 10


class Terminal:
    _numbers = itertools.count()      # a server that ends must not meet the next one's socket

    def __init__(self, folder, width, height, *command):
        number = next(self._numbers)
        self.socket = os.path.join(folder, f'tmux{number}.sock')
        self.size = width, height
        self.pid_path = os.path.join(folder, f'terminal{number}.pid')
        words = ' '.join(shlex.quote(word) for word in command)
        # Ctrl-C goes to the shell too, which must outlive it; the pid is the program's.
        run = f"sh -c 'echo $$ >{self.pid_path}; exec \"$@\"' sh {words}"
        self.script = f'trap : INT QUIT; stty -g; {run}; echo "status $?"; stty -g; cat'

    def tmux(self, *words, check=True):
        done = subprocess.run(['tmux', '-S', self.socket, '-f', '/dev/null', *words],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, 'LC_ALL': 'C.UTF-8', 'TERM': 'xterm-256color',
                                   'SHELL': '/bin/sh'})
        if check and done.returncode:
            raise LabError(f'tmux {" ".join(words)}: {done.stderr.strip()}')
        return done.stdout

    def __enter__(self):
        width, height = self.size
        self.tmux('new-session', '-d', '-x', str(width), '-y', str(height), self.script)
        self.tmux('set-option', '-g', 'status', 'off')
        self.resize(width, height)
        return self

    def __exit__(self, *_exception):
        self.tmux('kill-server', check=False)

    def resize(self, width, height):
        self.tmux('resize-window', '-x', str(width), '-y', str(height))

    def keys(self, *keys):
        """Names of keys as tmux has them: 'q', 'Enter', 'Down', 'C-c'."""
        self.tmux('send-keys', *keys)

    def type(self, text):
        self.tmux('send-keys', '-l', text)

    def screen(self):
        """The lines that the screen shows, blanks at their ends cut."""
        return [line.rstrip() for line in self.tmux('capture-pane', '-p').split('\n')][:-1]

    def shows(self, *parts):
        """Waits until each part is somewhere on the screen, and all of it is drawn: the next
        capture is the same. Gives the screen, or None."""
        def there():
            screen = self.screen()
            return screen if all(any(part in line for line in screen) for part in parts) and \
                screen == self.screen() else None
        return wait_for(there, SHOW_SEC, 0.05)

    def pid(self):
        def known():
            try:
                with open(self.pid_path, encoding='ascii') as file:
                    return int(file.read())
            except (OSError, ValueError):
                return None
        return wait_for(known, SHOW_SEC)

    def cursor(self):
        """Is the cursor shown?"""
        return self.tmux('display-message', '-p', '#{cursor_flag}').strip() == '1'

    def alternate(self):
        """Is the program on a screen of its own, under which the old one waits?"""
        return self.tmux('display-message', '-p', '#{alternate_on}').strip() == '1'
