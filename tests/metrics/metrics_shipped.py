# SPDX-License-Identifier: BSD-3-Clause
"""The alerts and the dashboard that are shipped, by promtool: each alert comes when it should and
not otherwise, each query of the dashboard runs and finds something, on the series of a real scrape.
"""
import json
import os
import re
import shutil

from metrics_run import ScrapedDaemon, traffic

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
RULES = os.path.join(ROOT, 'share/prometheus/spanstat.rules.yml')
DASHBOARD = os.path.join(ROOT, 'share/grafana/spanstat.json')
TRIED = os.path.join(ROOT, 'tests/metrics/rules_test.yml')
METRIC = re.compile(r'\bspanstat_\w+')
ALERT = re.compile(r'^ *- alert: (\w+)$', re.M)
VARIABLES = {'$instance': '.*', '$__rate_interval': '5m'}
# A comparison leaves nothing over where all is well; the rest of the query is to find something.
BOUND = re.compile(r' > 0$')
PANELS = 15


def text_of(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def promtool(programs, *words):
    done = programs.run('promtool', *words, cwd=programs.folder)
    return done.returncode, done.stdout + done.stderr


def queries():
    """[(panel, query)] as Grafana would send them."""
    found = []
    for panel in json.loads(text_of(DASHBOARD))['panels']:
        for target in panel['targets']:
            query = target['expr']
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            found.append((panel['title'], query))
    return found


def known(scrape):
    """The names of its samples."""
    return {name for name, _ in scrape.samples}


def series(scrape):
    """A quarter of an hour of the scrape, as promtool wants it: counters go up."""
    rising = {name for name in known(scrape)
              if scrape.types.get(name) == 'counter' or re.search('_(bucket|sum|count)$', name)}
    found = []
    for (name, labels), value in scrape.samples.items():
        text = ','.join(f'{label}="{of}"' for label, of in (('instance', 'tap'), *labels))
        found.append({'series': f'{name}{{{text}}}',
                      'values': f'{value:g}+{60 if name in rising else 0}x15'})
    return found


def test_rules(checks, programs):
    shutil.copy(RULES, programs.path('spanstat.rules.yml'))
    shutil.copy(TRIED, programs.path('rules_test.yml'))
    status, said = promtool(programs, 'check', 'rules', 'spanstat.rules.yml')
    checks.equal(status, 0, f'promtool check rules: {said.strip().splitlines()[-1].strip()}')
    status, said = promtool(programs, 'test', 'rules', 'rules_test.yml')
    checks.ok(status == 0 and 'SUCCESS' in said, 'promtool test rules', said)
    alerts, tried = ALERT.findall(text_of(RULES)), text_of(TRIED)
    checks.equal([name for name in alerts if
                  len(re.findall(rf'\balertname: {name}\b', tried)) != 2], [],
                 f'{len(alerts)} alerts: each is tried where it should come and where not')


def test_names(checks, programs):
    """A query with a slip in a name is a right one that finds nothing, for ever."""
    with ScrapedDaemon(programs, traffic()) as daemon:
        names = known(daemon.walked())
    for path in (RULES, DASHBOARD):
        used = set(METRIC.findall(re.sub(r'^ *#.*$', '', text_of(path), flags=re.M)))
        checks.equal(sorted(used - names), [],
                     f'{os.path.basename(path)}: all of its {len(used)} metrics are served')


def test_dashboard(checks, programs):
    with ScrapedDaemon(programs, traffic()) as daemon:
        scrape = daemon.walked()
    every = queries()
    panels = json.loads(text_of(DASHBOARD))['panels']
    checks.ok(len({title for title, _ in every}) == len(panels) >= PANELS and
              len({panel['id'] for panel in panels}) == len(panels),
              f'{len(panels)} panels with {len(every)} queries')
    tests = [{'expr': f'count({BOUND.sub("", query)}) > bool 0', 'eval_time': '10m',
              'exp_samples': [{'labels': '{}', 'value': 1}]} for _, query in every]
    # JSON is YAML.
    programs.write('dashboard.yml', json.dumps({
        'evaluation_interval': '1m',
        'tests': [{'interval': '1m', 'input_series': series(scrape), 'promql_expr_test': tests}]}))
    status, said = promtool(programs, 'test', 'rules', 'dashboard.yml')
    checks.ok(status == 0 and 'SUCCESS' in said,
              'promtool runs each query, and each finds something', said)
