# SPDX-License-Identifier: BSD-3-Clause
"""Every report in Japanese: what is for people is, what is for programs is as it was.

The locale is made here, of what the package locales has; reports are about a capture, so nothing
but the language differs between two runs. top runs in tmux over the daemon that reads it.
"""
import json
import os
import re
import unicodedata

from daemon import BareDaemon
from described import Described
from replay_make import capture_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import capture_write
from terminal import Terminal

LANGUAGE = 'ja_JP.UTF-8'
CONNECTIONS = 600
HOST = '10.20.0.27'
# Besides the reports themselves.
MORE = (('listen', '--all'), ('allconn', '--by', 'server'), ('allconn', '--as', HOST),
        ('conn', '--limit', '3'), ('allconn', '--by', 'state', '--limit', '2'),
        ('leaks', '--limit', '2'), ('sockets', '--limit', '2'))
DIALECTS = ('zos', 'linux', 'ss', 'bsd', 'solaris', 'windows')
# Tables, which programs read too. Other reports may be such, or their words are in Japanese.
TABLES = ('conn', 'allconn', 'all', 'byteinfo', 'sockets', 'listen', 'clients', 'stats', 'home',
          'events')
SPOKEN = ('leaks', 'health', 'states')  # some of those in Japanese
WRONG = (('conn', 'state', 'foo'), ('conn', 'idle', '3'), ('conn', '--sort', 'nothing'),
         ('conn', '--by', 'client-net'), ('conn', '--limit', '0'), ('nothing',), ('--nothing',),
         ('--json', '--csv'), ('conn', '--as', 'name'), ('conn', '-P', 'x'), ('home', 'x'),
         ('conn', '--socket', '/nowhere/spanstatd.sock'))


def columns(text):
    """Columns on a terminal, worked out from Unicode's tables and not from the locale's."""
    return sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)


def at_column(text, column):
    """The rest of the line from that column on; None: a character stands across it."""
    for i in range(len(text) + 1):
        if columns(text[:i]) == column:
            return text[i:]
    return None


def japanese(text):
    return re.search('[\u3040-\u30ff\u4e00-\u9fff]', text) is not None


def comparable(words, out):
    """The bytes of a report without what differs from run to run: sockets come in the order of a
    hash that is drawn anew each time, and counters have times and cycles among them."""
    if words[0] == 'listen':
        return sorted(out.splitlines())
    return re.sub(rb'[0-9]+', b'0', out) if words[0] == 'stats' else out


class Stage:
    def __init__(self, programs):
        self.programs, self.folder = programs, programs.folder
        self.capture = 'traffic.pcap'  # a short name for health, whose columns are looked at
        packets, _ = capture_make(11, CONNECTIONS, 'ethernet', True, SCENARIOS + HARD)
        capture_write(programs.path(self.capture), packets)
        programs.run('localedef', '-i', 'ja_JP', '-f', 'UTF-8', '--no-archive',
                     programs.path(LANGUAGE)).check_returncode()
        self.described = Described(programs.spanstat)
        names = self.described.reports('json', 'read')
        self.reports = [*((name,) for name in names), *MORE]
        self.spoken = [name for name in names if name not in TABLES and
                       self.report('C', name) != self.report(LANGUAGE, name)]

    def environment(self, language):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith('LC_') and name not in ('LANG', 'LANGUAGE', 'LOCPATH')}
        return {**kept, 'LANG': language, 'LOCPATH': self.folder, 'TZ': 'Asia/Tokyo'}

    def run(self, language, *words):
        done = self.programs.run(self.programs.spanstat, *words, text=False, timeout=120,
                                 cwd=self.folder, env=self.environment(language))
        return done.returncode, done.stdout, done.stderr

    def report(self, language, *words):
        status, out, err = self.run(language, '-r', self.capture, '--keep', *words)
        assert (status, err) == (0, b''), (words, status, err)
        return out

    def both(self, *words):
        return (self.report('C', *words).decode('ascii'),
                self.report(LANGUAGE, *words).decode('utf-8'))


def check_programs(checks, stage):
    for words in stage.reports:
        for form in ('--json', '--csv'):
            plain, spoken = (stage.report(one, *words, form) for one in ('C', LANGUAGE))
            checks.ok(plain.isascii() and
                      comparable(words, plain) == comparable(words, spoken) and plain,
                      f'{" ".join(words)} {form}: the same bytes')
    for line in stage.report(LANGUAGE, 'states', '--json').splitlines():
        json.loads(line)


def check_tables(checks, stage):
    """Tables differ in what stands in brackets for a person, and in nothing else."""
    for words in stage.reports:
        if words[0] in stage.spoken:
            continue
        plain, spoken = (text.splitlines() for text in stage.both(*words))
        if words[0] == 'listen':
            plain, spoken = sorted(plain), sorted(spoken)
        if words[0] == 'stats':
            plain, spoken = ([re.sub('[ 0-9]+', '0', line) for line in lines]
                             for lines in (plain, spoken))
        other = [(a, b) for a, b in zip(plain, spoken) if a != b]
        checks.ok(len(plain) == len(spoken) and
                  all(a.startswith('(') and japanese(b) for a, b in other),
                  f'{" ".join(words)}: the same table', *other)
        checks.equal(bool(other), '--limit' in words, f'{" ".join(words)}: cut short is told')
    for dialect in DIALECTS:
        plain, spoken = stage.both('allconn', '--as', HOST, '--dialect', dialect)
        checks.equal(spoken, plain, f'--dialect {dialect} is as that system prints it')


def check_widths(checks, stage):
    checks.ok(set(SPOKEN) <= set(stage.spoken), 'some reports are for people', *stage.spoken)
    for name in stage.spoken:
        text = stage.report(LANGUAGE, name).decode('utf-8')
        long = [line for line in text.splitlines() if columns(line) > 80 and japanese(line[:40])]
        checks.ok(japanese(text) and not long, f'{name} is in Japanese and fits 80 columns', *long)
    text = stage.run(LANGUAGE, '--help')[1].decode('utf-8')
    long = [line for line in text.splitlines() if columns(line) > 90]
    checks.ok(japanese(text) and not long, 'so is the help, in 90', *long)


def check_health(checks, stage):
    lines = [line for line in stage.report(LANGUAGE, 'health', '-H').decode('utf-8').splitlines()
             if not line.startswith('  ')]
    checks.ok(len(lines) > 5, 'health has its checks', *lines)
    for line in lines:
        name, figure = at_column(line, 6), at_column(line, 36)
        checks.ok(name and figure and name[0] != ' ' and re.match(r'\d|ダウン', figure),
                  'its columns stand where they should', line, name, figure)


def check_digest_lines(checks, stage):
    """Numbers of those with a row a line end in the columns where the English ones end."""
    for name in (one for one in stage.spoken if stage.described.takes(one, 'limit')):
        plain, spoken = ([line for line in text.splitlines()[1:] if not line.startswith('  ')]
                         for text in stage.both(name))
        checks.equal([columns(line) for line in spoken], [columns(line) for line in plain],
                     f'{name}: lines of numbers are as wide as in English')
        checks.equal(spoken[0], plain[0], f'{name}: the heading is the same')


def check_mistakes(checks, stage):
    for words in WRONG:
        plain, spoken = stage.run('C', *words), stage.run(LANGUAGE, *words)
        checks.equal(spoken[0], plain[0], f'{" ".join(words)}: the same exit status')
        text = spoken[2].decode('utf-8')
        checks.ok(text.startswith('spanstat: ') and text.count('\n') == 1 and japanese(text),
                  f'{" ".join(words)}: told in one line of Japanese', text)
        checks.ok(plain[2].isascii() and plain[2].count(b'\n') == 1,
                  f'{" ".join(words)}: and in English', plain[2])


def check_missing(checks, stage):
    """A locale that nobody has generated: told in one line, and the report is as in English."""
    for words in (('states',), ('conn', '--json'), ('--help',)):
        plain, spoken = (stage.run(one, *words, *(() if words[0] == '--help' else
                                                  ('-r', stage.capture, '--keep')))
                         for one in ('C', 'xx_YY.UTF-8'))
        told = spoken[2].decode('utf-8')
        checks.ok(told.startswith("spanstat: the locale 'xx_YY.UTF-8' of LANG is not on this ") and
                  'dpkg-reconfigure locales' in told and told.count('\n') == 1,
                  f'{" ".join(words)}: a locale that is missing is told once', told)
        checks.equal(spoken[:2], plain[:2], f'{" ".join(words)}: and it goes on in English')


def check_doctor(checks, stage):
    """Findings are for people; what programs read has them in English. Figures may move between."""
    plain, spoken = (stage.run(one, 'doctor', 'lo', 'none0') for one in ('C', LANGUAGE))
    checks.equal((spoken[0], spoken[2]), (plain[0], plain[2]), 'doctor: the same exit status')
    checks.ok(plain[1].isascii() and japanese(spoken[1].decode('utf-8')), 'doctor is in Japanese')
    checks.ok('インターフェースはありません' in spoken[1].decode('utf-8'), 'and so are its findings')
    for form in ('--json', '--csv'):
        plain, spoken = (re.sub(rb'characters are.*|\d+', b'0', stage.run(
            one, 'doctor', 'lo', 'none0', form)[1]) for one in ('C', LANGUAGE))
        lines = [one for one in zip(plain.splitlines(), spoken.splitlines())
                 if b'locale' not in one[0]]
        checks.ok(len(lines) > 10 and all(a == b and a.isascii() for a, b in lines),
                  f'doctor {form}: the same findings')


def check_top(checks, stage):
    programs = stage.programs
    with BareDaemon(programs, '--read', programs.path(stage.capture)) as daemon, \
            Terminal(stage.folder, 80, 24, 'env', f'LANG={LANGUAGE}', 'LC_ALL=',
                     f'LOCPATH={stage.folder}', programs.spanstat, '--socket', daemon.socket,
                     'top') as terminal:
        look_at_top(checks, terminal)


def look_at_top(checks, terminal):
    screen = terminal.shows('フロー', 'q 終了')
    checks.ok(screen, 'top is in Japanese', *terminal.screen())
    checks.ok(all(columns(line) <= 80 for line in screen or ['x' * 99]), 'and fits', *screen or [])
    heading = next((line for line in screen or [] if line.startswith('Client ')), '')
    checks.ok('State' in heading and 'bit/s' in heading, 'its headings stay', heading)
    terminal.keys('h')
    screen = terminal.shows('キー操作', 'スクロール')
    checks.ok(screen, 'its help too', *terminal.screen())
    terminal.keys('x')
    terminal.shows('q 終了')
    terminal.keys('f')
    terminal.shows('フィルタ: ')
    terminal.type('state foo')
    terminal.keys('Enter')
    checks.ok(terminal.shows('状態 (established'), 'a mistake in a filter', *terminal.screen())
    terminal.keys('Escape')
    terminal.keys('q')
    checks.ok(terminal.shows('status 0'), 'top ends', *terminal.screen())


def test_language(checks, programs):
    stage = Stage(programs)
    for check in (check_programs, check_tables, check_widths, check_health,
                  check_digest_lines, check_mistakes, check_missing, check_doctor, check_top):
        checks.call(check, checks, stage)
