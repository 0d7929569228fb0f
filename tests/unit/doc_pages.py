# SPDX-License-Identifier: BSD-3-Clause
"""Says the manual what the programs do? Renders each page and holds it against the programs.

What is documented is read from the rendered page, what is true from the programs as a shell meets
them: an option that is not understood ends with 2, a report that is understood with 3, for no
daemon answers at the socket that is asked. So each table is compared with what the program does,
not with itself. Pages must render without a warning.
"""
import itertools
import os
import re
import string
import subprocess

SOCKET = ('--socket', '/nonexistent/spanstatd.sock')
USAGE, NO_DAEMON, BAD = 2, 3, 4
# An argument that is right for each option that takes one; '--dialect zos' so that --format may be.
ARGUMENTS = {
    'FILE': '/nonexistent/file', 'PATH': '/nonexistent/socket', '+DURATION': '+5m',
    'FIELD': 'bytes', 'N': '5', 'HOST': '10.0.0.1', 'SYSTEM': 'zos', 'short|long|console': 'short',
    'ADDR[/LEN]': '10.0.0.0/8', 'PORT': '443', 'NAME': 'db*', 'SECONDS': '5', 'IF': 'eth0',
    'WORDS': 'vlan', 'RATE FLOWS': '10M 1M',
    'ADDR': '0000:03:00.0', 'MODE': 'verify', 'ARGS': 'net_null0', '"ARGS"': '-v',
}
BEFORE = {'--at': ('-r', '/nonexistent/file'), '--keep': ('-r', '/nonexistent/file'),
          '--checksum': ('-r', '/nonexistent/file'), '--identity': ('-r', '/nonexistent/file'),
          '--format': ('--dialect', 'zos'), '-M': ('--dialect', 'zos')}
# What stands after a word of filters, by what the page calls it.
VALUES = {'STATE': 'close-wait', 'SOCKET': '10.0.0.0/8', 'NET': '10.0.0.0/8', 'PORT': '443',
          'NAME': 'db*', 'TIME': '> 5m', 'COUNT': '> 10k', 'VLAN': '10', 'VNI': '10',
          'WORKER': '0', 'ID': '1F', 'PROTO': 'tcp', 'FLAG': 'gap', 'CLOSER': 'client',
          'CAUSE': 'rst', 'TUNNEL': 'vxlan', 'OUTER': '10.0.0.0/8'}
# Entries of the lists that hold many, by what the page calls them.
FORMS = {'networks': '0:0:{0}::/48', 'names': '"0:0:{0}::/48 n{0}"', 'ports': '1{0:03}'}
# Long options in the text that are not ours.
OTHERS = {'--bind', '--huge-dir', '--log-level'}


def argument_of(name, argument):
    return 'server' if name == '--by' else ARGUMENTS[argument]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=60, check=False, **more)


class Page:
    """A page as it is on the screen, by section."""

    def __init__(self, path):
        self.name = os.path.basename(path)
        self.done = run('man', '--warnings=w', '-P', 'cat', '-l', path, env={
            **os.environ, 'LC_ALL': 'C.UTF-8', 'MANWIDTH': '200', 'MAN_KEEP_FORMATTING': '',
            'MANOPT': '--no-hyphenation --no-justification'})
        self.text = self.done.stdout
        self.sections = {}
        for part in re.split(r'\n(?=\S)', self.text):
            title, _, body = part.partition('\n')
            self.sections[title] = body

    def heads(self, section):
        """The lines of a section that something is said under."""
        lines = self.sections[section].splitlines()
        return [line.strip() for line, after in zip(lines, lines[1:])
                if re.match(r' {7}\S', line) and re.match(r' {8}', after)]


def options_of(page, *sections):
    """{name: argument} of all options that the page tells of."""
    found = {}
    for head in itertools.chain(*(page.heads(section) for section in sections)):
        names, argument = re.fullmatch(r'((?:-\S+, )*-\S+)(?: (.*))?', head).groups()
        found.update({name: argument or '' for name in names.split(', ')})
    return found


def options_in_help(text):
    """The same of --help."""
    found = {}
    for line in text.splitlines():
        match = re.match(r'  ((?:-\S+, )?-\S+)(?: (\S+(?: [A-Z]+)?))?(?:\s{2,}| (?=with))',
                         line + '  ')
        if match:
            found.update({name: match[2] or '' for name in match[1].split(', ')})
    return found


def check_render(checks, pages):
    for page in pages.values():
        checks.ok(page.done.returncode == 0 and not page.done.stderr and len(page.text) > 2000,
                  f'{page.name} renders without a warning', page.done.stderr)
        wanted = {'NAME', 'SYNOPSIS', 'DESCRIPTION', 'EXAMPLES', 'SEE ALSO'}
        checks.ok(wanted <= set(page.sections), f'{page.name} has its sections', page.sections)
        checks.ok(not re.search(r'@\w+@', page.text), f'{page.name}: every part is filled in')


# --- spanstat -------------------------------------------------------------------------------------

def spanstat_reports(checks, program, page):
    heads = [re.match(r'(\S+?)(?:, (-\S))?(?: (.*))?$', head) for head in page.heads('REPORTS')]
    reports = {head[1]: head[2] for head in heads}
    takers = {head[1] for head in heads if head[3]}
    helped = re.findall(r'^  ([a-z]+) +(-\S)? ', run(program, '--help').stdout, re.M)
    checks.equal(dict(helped), {name: letter or '' for name, letter in reports.items()},
                 '--help and the page have the same reports and letters')
    for name, letter in reports.items():
        for word in filter(None, (name, letter)):
            done = run(program, *SOCKET, word, *(['1'] if name == 'drop' else []))
            understood = (done.returncode in (0, NO_DAEMON, BAD) or
                          'draws on a terminal' in done.stderr)
            checks.ok(understood, f'report {word}', done)
        done = run(program, *SOCKET, name, 'proto', 'tcp')
        checks.ok(('takes no words' not in done.stderr) == (name in takers),
                  f'{name} takes a filter as the page says', done)
    return reports


def spanstat_letters(checks, program, reports, options):
    """No letter is understood that the page does not have."""
    known = {name[1] for name in [*options, *filter(None, reports.values())] if name[1] != '-'}
    understood = set()
    for letter in string.ascii_letters + string.digits:
        done = run(program, *SOCKET, '-' + letter, '5')
        if 'unknown option' not in done.stderr:
            understood.add(letter)
    checks.equal(understood, known, 'the letters understood are those of the page')


def spanstat_options(checks, program, page):
    options = options_of(page, 'OPTIONS')
    checks.equal(options_in_help(run(program, '--help').stdout), options,
                 '--help and the page have the same options and arguments')
    for name, argument in options.items():
        words = [name] + ([ARGUMENTS[argument]] if argument else [])
        done = run(program, *words, '--help')
        checks.ok(done.returncode == 0 and done.stdout, f'option {name} {argument}', done)
        if argument:
            done = run(program, name)
            checks.ok(done.returncode == USAGE and 'argument' in done.stderr,
                      f'option {name} wants its argument', done)
    return options


def taken_by(page, name, reports):
    """The reports that the page says take that option."""
    body = re.search(rf'^ {{7}}(?:-\S+, )?{re.escape(name)}\b.*\n((?: {{8}}.*\n|\n)*)',
                     page.sections['OPTIONS'] + '\n', re.M)[1]
    said = re.search(r'^ +With ([a-z, ]+)\.$', body, re.M)
    if not said:
        return set(reports)
    but = said[1].startswith('all reports but ')
    names = set(said[1].removeprefix('all reports but ').split(', '))
    return set(reports) - names if but else names


def goes(program, report, name, argument):
    """Does the program take that option with that report? Without a daemon nothing is printed."""
    if name in ('-h', '--help', '--version'):
        return False
    words = [*BEFORE.get(name, ()), name] + ([argument_of(name, argument)] if argument else [])
    if report == 'drop':
        words.append('1')
    if name == '--watch' and report == 'states':
        words += ['-o', '/dev/full']      # needs no daemon, and would go on and on
    where = () if '-r' in words or name in ('--read', '--socket') else SOCKET
    done = run(program, *where, report, *words)
    return done.returncode != USAGE or 'draws on a terminal; elsewhere' in done.stderr


def spanstat_goes(checks, program, page, reports, options):
    """Each option with each report: refused, or not, as the page says."""
    for name, argument in options.items():
        if name in ('-h', '--help', '--version'):
            continue
        got = {report for report in reports if goes(program, report, name, argument)}
        checks.equal(got, taken_by(page, name, reports),
                     f'{name} goes with the reports of the page')


def spanstat_fields(checks, program, page):
    body = page.sections['FIELDS']
    lists = [re.findall(r'[a-z][a-zA-Z./-]*(?=[,.]\s|[,.]$)', part) for part in body.split('\n\n')
             if re.match(r'\s+[a-z.-]+(/LENGTH)?,', part)]
    checks.equal(len(lists), 3, 'three lists of fields')
    ways = (('conn', '--sort', ()), ('conn', '--sort', ('--by', 'server')), ('conn', '--by', ()))
    for fields, (report, option, more) in zip(lists, ways):
        for field in set(itertools.chain(*lists)):
            value = field.replace('/LENGTH', '/24')
            done = run(program, *SOCKET, report, option, value, *more)
            listed = field in fields
            checks.ok((done.returncode == NO_DAEMON) == listed,
                      f'{option} {field} {" ".join(more)}: {listed}', done)


def check_spanstat(checks, program, page):
    reports = spanstat_reports(checks, program, page)
    options = spanstat_options(checks, program, page)
    spanstat_letters(checks, program, reports, options)
    spanstat_goes(checks, program, page, reports, options)
    spanstat_fields(checks, program, page)
    dialects = re.search(r'states:\n\n\s+(.*)\.', page.sections['DIALECTS'])[1].split(', ')
    told = run(program, 'conn', '--dialect', 'x').stderr
    checks.ok(len(dialects) > 5 and all(name in told for name in dialects), 'dialects', told)
    for name in dialects:
        done = run(program, *SOCKET, 'conn', '--dialect', name)
        checks.equal(done.returncode, NO_DAEMON, f'dialect {name}')
    return reports, options


def check_filter(checks, program, page):
    """Each word with the value that the page says, each state, each comparison, and no others."""
    def status(*words):
        return run(program, *SOCKET, 'conn', *words).returncode

    heads = [head.split() for head in page.heads('WORDS')]
    for word, *rest in heads:
        if word in ('and', 'or', 'not'):
            continue
        value = VALUES[rest[-1]]
        checks.equal(status(word, value), NO_DAEMON, f'word {word} {value}')
        for compare in ('!=', '<'):
            may = ('COMPARE' in ' '.join(rest)) or (compare == '!=' and '=' in ' '.join(rest))
            got = status(word, compare, value.removeprefix('> '))
            checks.equal(got, NO_DAEMON if may else USAGE, f'word {word} {compare}')
        checks.equal(status(word), USAGE, f'word {word} alone')
    states = re.findall(r'[a-z][a-z0-9-]*(?=[,.])', page.sections['STATES'].partition(':')[2])
    checks.ok(len(states) > 30, 'states are listed', states)
    for state in states:
        checks.equal(status('state', state.upper().replace('-', '_')), NO_DAEMON, f'state {state}')
    compares = re.search(r'words:\n\n\s+(.*)\.', page.sections['COMPARISONS'])[1].split(', ')
    for compare in compares:
        checks.equal(status('port', compare, '443'), NO_DAEMON, f'comparison {compare}')
    known = {head[0] for head in heads} | set(states) | set(compares)
    for word in ('sstate', 'ports', 'hosts', 'srcport', 'dst.port', 'client.ip', 'rtt', 'mss',
                 'ip'):
        checks.ok(word not in known and status(word, '1') == USAGE, f'no word {word}')
    return {head[0] for head in heads}


# --- spanstatd ------------------------------------------------------------------------------------

def check_daemon(checks, program, page):
    options = options_of(page, 'SOURCES', 'OPTIONS')
    told = run(program, '--help')
    checks.equal(options_in_help(told.stdout), options, 'spanstatd --help and its page: options')
    for name, argument in options.items():
        done = run(program, name, *(ARGUMENTS[argument].split() if argument else []), '--help')
        checks.ok(done.returncode == 0 and done.stdout, f'spanstatd {name} {argument}', done)
    understood = {'-' + letter for letter in string.ascii_letters + string.digits
                  if 'invalid option' not in run(program, '-' + letter).stderr}
    checks.equal(understood, {name for name in options if len(name) == 2},
                 'letters that spanstatd understands')
    return options


def conf_keys(page):
    """[(section, key, what it says)]"""
    section, keys = '', []
    for line in page.sections['KEYS'].splitlines():
        opened, key = re.match(r' {3}([a-z]+) \{', line), re.match(r' {7}([a-z0-9-]+)$', line)
        if opened:
            section = opened[1]
        elif key:
            keys.append([section, key[1], ''])
        elif keys:
            keys[-1][2] += ' ' + line.strip()
    return keys


def values_of(said):
    """(values that are right, values that are wrong) after a page's `Value: ...`."""
    value, default = re.search(r'Value: (.*)\. Default: (.*?)\. (?:Taken|Needs)', said).groups()
    numbers = re.match(r'(\d+) to (\d+)( \w+)?$', value)
    sized = re.match(r'(a path from the root|text), (\d+) to (\d+) bytes', value)
    listed = re.match(r'a list of \w+, up to (\d+)', value)
    if numbers:
        least, most = int(numbers[1]), int(numbers[2])
        return [default, least, most], [least - 1, most + 1, '"x"']
    if sized:
        first = '/' if 'path' in sized[1] else 'a'
        fits = first + 'x' * (int(sized[3]) - 1)
        return ([f'"{fits}"', f'"{default}"'] if default != '""' else [f'"{fits}"', '""'],
                [f'"{fits}x"'])
    if value == 'an address and a port of TCP':
        return (['"127.0.0.1:9180"', '"[::1]:65535"', default],
                ['"localhost:80"', '"127.0.0.1"', '"::1:80"'])
    if listed:
        form = next((form for word, form in FORMS.items() if f'of {word},' in value), None)
        many = [form.format(at) for at in range(int(listed[1]) + 1)] if form else []
        return ([default, '{' + ', '.join(many[:-1]) + '}'],
                ['{ "" }'] + (['{' + ', '.join(many) + '}'] if form else []))
    if 'CPU' in value:
        there = min(os.sched_getaffinity(0))
        return ['""', there], ['many', f'"{there},{there}"', 1023, '"0-"']
    if value.startswith('true or false'):
        return [default, 'true', 'false', 'yes', 'no', 'on', 'off'], ['maybe', '2']
    return [default, *value.split(', ')], ['nosuch']


def check_conf(checks, programs, page):
    sample = os.path.join(programs.root, 'config/spanstatd.conf')
    source = os.path.join(programs.root, 'app/spanstatd/man/spanstatd.conf.5.scd')

    def status(text):
        return run(programs.spanstatd, '--check', '--config', programs.write('conf', text))

    keys = conf_keys(page)
    with open(sample, encoding='utf-8') as file:
        in_sample = re.findall(r'^\t?([a-z0-9-]+) = ', file.read(), re.M)
    checks.equal([key for _, key, _ in keys], in_sample, 'keys of the page and of the sample file')
    for section, key, said in keys:
        good, bad = values_of(said)
        for value, wanted in [(value, 0) for value in good] + [(value, 2) for value in bad]:
            line = f'{key} = {value}'
            # Each worker's table has a bound of its own, which is that of `flows` for all of them.
            more = 'workers = 64\n' if key == 'flows' else ''
            done = status(f'{section} {{ {line} }}\n' if section else f'{more}{line}\n')
            checks.ok(done.returncode == wanted, f'{section} {line[:60]}: {wanted}', done)
    with open(source, encoding='utf-8') as file:
        blocks = re.findall(r'^```\n(.*?)^```', file.read(), re.M | re.S)
    for block in blocks:
        if not block.startswith(('#', '$')):
            done = status(block)
            checks.ok(done.returncode == 0, f'example {block.splitlines()[0]}', done)


def check_prose(checks, pages, known):
    """No option is named in a text that none of the programs has."""
    for page in pages.values():
        named = set(re.findall(r'(?<![\w-])--[a-z][a-z-]*', page.text))
        checks.equal(named - known - OTHERS, set(), f'{page.name} names no other option')


def options(parser):
    parser.add_argument('--pages', nargs='+', required=True, help='as they are installed')


def test_pages(checks, programs, given):
    pages = {page.name: page for page in map(Page, given.pages)}
    check_render(checks, pages)
    _, known = check_spanstat(checks, programs.spanstat, pages['spanstat.1'])
    check_filter(checks, programs.spanstat, pages['spanstat-filter.7'])
    daemon_options = check_daemon(checks, programs.spanstatd, pages['spanstatd.8'])
    check_conf(checks, programs, pages['spanstatd.conf.5'])
    check_prose(checks, pages, set(known) | set(daemon_options))
