# SPDX-License-Identifier: BSD-3-Clause
"""Completion of both programs in a real bash: source the file, set the words, look at COMPREPLY.

What must come is read from --help, /sys/class/net and the files of a folder of the test's own, or
asked of the program: each word that is offered must be understood, and a known wrong one must not
be offered.
"""
import os
import re
import shlex
import subprocess

from doc_pages import goes, options_in_help

NO_DAEMON = 3
SCRIPT = '''
. "$FILE"
COMP_WORDS=({words}); COMP_CWORD=$(({n} - 1)); COMP_LINE="${{COMP_WORDS[*]}}"
COMP_POINT=${{#COMP_LINE}}
function=$(complete -p {program}); function=${{function#*-F }}; function=${{function%% *}}
$function {program}
((${{#COMPREPLY[@]}})) && printf '%s\\n' "${{COMPREPLY[@]}}"
exit 0
'''


class Completion:
    def __init__(self, programs, program):
        self.program, self.folder = program, programs.folder
        self.path = programs.built(f'app/{os.path.basename(program)}.bash')

    def __call__(self, *words):
        """What bash offers for the last of the words."""
        name = os.path.basename(self.program)
        script = SCRIPT.format(program=name, n=len(words) + 1,
                               words=' '.join(map(shlex.quote, (name, *words))))
        done = subprocess.run(['bash', '--norc', '-uc', script], capture_output=True, text=True,
                              env={'PATH': os.environ['PATH'], 'FILE': self.path},
                              cwd=self.folder, timeout=30, check=False)
        if done.returncode or done.stderr:
            raise RuntimeError(f'{words}: {done.returncode} {done.stderr}')
        return set(done.stdout.splitlines())


def ask(program, *words):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL, check=False)


def helped(program):
    """({reports and letters}, {options and arguments}) of --help."""
    text = ask(program, '--help').stdout
    return dict(re.findall(r'^  ([a-z]+) +(-\S)? ', text, re.M)), options_in_help(text)


def understood(program, *words):
    return ask(program, '--socket', '/nonexistent/socket', *words).returncode == NO_DAEMON


def check_reports(checks, complete, reports, options):
    checks.equal(complete(''), set(reports), 'reports')
    checks.equal(complete('a'), {name for name in reports if name[0] == 'a'}, 'reports from a on')
    letters = set(filter(None, reports.values()))
    checks.equal(complete('-'), set(options) | letters, 'options and letters')
    checks.equal(complete('-r', 'trace.pcap', ''), set(reports), 'reports after -r FILE')
    checks.equal(complete('--js'), {'--json'}, 'an option that has begun')
    checks.ok('--all' in complete('listen', '--') and '--all' not in complete('conn', '--'),
              '--all is offered for listen alone')
    for report in reports:
        taken = {name for name, argument in options.items()
                 if goes(complete.program, report, name, argument)}
        checks.equal(complete(report, '-'), taken | {'-h', '--help', '--version'},
                     f'{report}: what it takes is offered, no more')


def check_filters(checks, complete, page_words):
    program = complete.program
    words = complete('conn', '')
    checks.equal(words, page_words, 'words of filters')
    checks.equal(complete('-c', ''), words, 'the same after a letter')
    checks.equal(complete('stats', ''), set(), 'none for a report that takes no filter')
    checks.ok({'close-wait', 'established', 'big'} <= complete('conn', 'state', ''), 'states')
    for before in ('state', 'exclude', 'client.state', 'server.state', 'flag', 'closed-by', 'end',
                   'proto'):
        offered = complete('conn', before, '')
        wrong = [word for word in offered if not understood(program, 'conn', before, word)]
        checks.ok(offered and not wrong, f'what is offered after {before} is understood', wrong)
    checks.equal(complete('conn', 'flag', '!=', 'mid'), {'midstream'}, 'after a comparison')
    checks.equal(complete('conn', 'state', 'close-w'), {'close-wait'}, 'a state that has begun')
    checks.equal(complete('conn', 'state', 'close-wait', 'dpo'), {'dport'}, 'a second test')


def check_fields(checks, complete):
    program = complete.program
    for report, option in (('conn', '--sort'), ('conn', '--by'), ('clients', '--sort')):
        offered = complete(report, option, '')
        wrong = [field for field in offered if not understood(
            program, report, option, field + ('24' if field.endswith('/') else ''))]
        checks.ok(len(offered) >= 4 and not wrong, f'fields of {report} {option}', offered, wrong)
    checks.equal(complete('conn', '--sort', '-by'), {'-bytes'}, 'a field the largest first')
    checks.equal(complete('conn', '--sort', 'client,-by'), {'client,-bytes'}, 'a second field')
    checks.equal(complete('conn', '--by', 'server,server-p'), {'server,server-port'}, 'two of --by')
    checks.equal(complete('conn', '--sort', '=', 'pay'), {'payload'}, '--sort=FIELD')
    checks.equal(complete('conn', '--by', 'server', '--sort', ''),
                 {'count', 'packets', 'bytes', 'payload'}, 'fields of groups after --by')
    checks.equal(complete('conn', '--dialect', ''),
                 {'zos', 'linux', 'ss', 'bsd', 'solaris', 'windows'}, 'dialects')
    checks.equal(complete('conn', '--dialect', '=', ''), complete('conn', '--dialect', ''),
                 '--dialect=')
    checks.equal(complete('conn', '-M', ''), {'short', 'long', 'console'}, 'forms')
    checks.equal(complete('conn', '--limit', ''), set(), 'nothing where a number is wanted')


def check_files(checks, complete, *options):
    for option in options:
        checks.equal(complete(option, 'tra'), {'trace.pcap'}, f'files after {option}')
        checks.equal(complete(option, 'two'), {'two words.pcap'}, f'a blank in a name, {option}')


def check_ports(checks, complete):
    offered = complete('doctor', '')
    interfaces = {name for name in os.listdir('/sys/class/net') if name != 'lo' and os.path.isdir(
        f'/sys/class/net/{name}')}
    checks.ok(interfaces <= offered, 'interfaces after doctor', offered)
    for address in offered - interfaces:
        checks.ok(os.path.isdir(f'/sys/bus/pci/devices/{address}'), f'NIC {address}')


def check_daemon(checks, complete, options):
    checks.equal(complete('-'), set(options), 'options of spanstatd')
    interfaces = {name for name in os.listdir('/sys/class/net') if name != 'lo' and os.path.isdir(
        f'/sys/class/net/{name}')}
    checks.equal(complete('--interface', ''), interfaces, 'interfaces')
    for name in interfaces:
        checks.equal(complete('--interface', '=', name[:-1]),
                     {other for other in interfaces if other.startswith(name[:-1])},
                     f'--interface={name}')
    checks.equal(complete('--workers', ''), set(), 'nothing where a number is wanted')
    for path in complete('--pci', ''):
        checks.ok(os.path.isdir(f'/sys/bus/pci/devices/{path}'), f'NIC {path}')


def test_completion(checks, programs):
    with open(programs.built('app/spanstat.describe'), encoding='utf-8') as file:
        words = set(re.findall(r'^word\t(\S+)', file.read(), re.M))
    for name in ('trace.pcap', 'two words.pcap', 'other'):
        programs.write(name, '')
    complete = Completion(programs, programs.spanstat)
    daemon = Completion(programs, programs.spanstatd)
    check_reports(checks, complete, *helped(programs.spanstat))
    check_filters(checks, complete, words)
    check_fields(checks, complete)
    check_ports(checks, complete)
    check_files(checks, complete, '-r', '--read', '-o', '--output', '--socket', '--config')
    check_daemon(checks, daemon, helped(programs.spanstatd)[1])
    check_files(checks, daemon, '--read', '--config', '--socket')
