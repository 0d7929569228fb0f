# SPDX-License-Identifier: BSD-3-Clause
"""Is every message of the sources translated, and does each translation fit its message?

xgettext reads the sources anew; msgcmp and msgfmt, of gettext, judge the catalogues by that.
"""
import glob
import os
import re
import subprocess

MARK = re.compile(r'(?<!\w)N?_\(')


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, 'LC_ALL': 'C'})
    return done.returncode, (done.stdout + done.stderr).strip()


def marked(root):
    """The files that mark messages, as scripts/translate takes them."""
    for path in sorted(glob.glob(os.path.join(root, '*', '**', '*.[chy]'), recursive=True)):
        name = os.path.relpath(path, root)
        if name.startswith(('app/', 'lib/')) and name != 'lib/base/base_text.h':
            with open(path, encoding='utf-8') as file:
                if MARK.search(file.read()):
                    yield name


def check_catalogue(checks, catalogue, template):
    name = os.path.basename(catalogue)
    status, said = run('msgcmp', catalogue, template)
    checks.ok(status == 0, f'{name}: no message is missing or fuzzy', said)
    status, said = run('msgfmt', '--check', '--statistics', '--output-file=/dev/null', catalogue)
    checks.ok(status == 0, f'{name}: formats agree', said)
    checks.ok(re.fullmatch(r'[1-9]\d* translated messages\.', said.splitlines()[-1]) is not None,
              f'{name}: all are translated', said)
    status, said = run('msgattrib', '--only-obsolete', '--no-wrap', catalogue)
    checks.equal((status, said), (0, ''), f'{name}: none is there that no source has')


def test_catalogues(checks, programs):
    root, template = programs.root, programs.path('spanstat.pot')
    sources = sorted(marked(root))
    status, said = run('xgettext', '--directory=' + root, '--from-code=UTF-8', '--language=C',
                       '--keyword=_', '--keyword=N_', '--output=' + template, *sources)
    checks.ok(status == 0, 'the sources are read', said)
    catalogues = sorted(glob.glob(os.path.join(root, 'app/spanstat/po/*.po')))
    checks.ok(any(path.endswith('/ja.po') for path in catalogues), 'there is Japanese')
    for catalogue in catalogues:
        check_catalogue(checks, catalogue, template)
