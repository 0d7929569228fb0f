# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of this folder share: a daemon that has read a capture and serves its metrics.

Each run has a loopback address of its own, so that nobody else has its port.
"""
import http.client
import os
import re

from daemon import BareDaemon
from lab import wait_for
import replay_make
from replay_scenarios import SCENARIOS
from replay_wire import capture_write

CONNECTIONS = 4 * len(SCENARIOS)
SETTLE_SEC, ANSWER_SEC = 60, 20
PORT = 9180
SAMPLE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def address():
    pid = os.getpid()
    return f'127.{pid >> 16 & 127 | 128}.{pid >> 8 & 255}.{pid & 255 or 1}'


class Scrape:
    """The text of one: .types {family: type}, .helps, .samples {(name, labels): value}."""

    def __init__(self, text):
        self.text, self.types, self.helps, self.samples = text, {}, {}, {}
        for line in text.splitlines():
            if line.startswith('# HELP '):
                name, self.helps[name] = line.split(' ', 3)[2:]
            elif line.startswith('# TYPE '):
                name, self.types[name] = line.split(' ', 3)[2:]
            else:
                found = SAMPLE.match(line)
                labels = tuple(LABEL.findall(found['labels'] or ''))
                self.samples[found['name'], labels] = float(found['value'])

    def value(self, name, **labels):
        return self.samples[name, tuple(labels.items())]

    def family(self, name):
        """{labels: value} of one family."""
        return {labels: value for (of, labels), value in self.samples.items() if of == name}

    def labels(self, family):
        """The names of its labels, in their order; those of a histogram without its bounds."""
        for name, labels in self.samples:
            if name == family or self.types[family] == 'histogram' and name == family + '_count':
                return [label for label, _ in labels]
        return []


class ScrapedDaemon(BareDaemon):
    """spanstatd that has read `packets`, and serves; `conf` is more of its configuration."""

    def __init__(self, programs, packets, conf='', top=10):
        self.packets, self.host = len(packets), address()
        capture_write(programs.path('traffic.pcap'), packets)
        self.config = programs.write(
            'metrics.conf', f'metrics {{ listen = "{self.host}:{PORT}"\ntop = {top} }}\n{conf}')
        super().__init__(programs, '--config', self.config, '--read',
                         programs.path('traffic.pcap'))

    def start(self):
        super().start()
        if not wait_for(lambda: self.stats()['packets']['received'] >= self.packets, SETTLE_SEC):
            raise AssertionError(f'not all packets were read\n{self.log()}')
        return self

    def get(self, path, method='GET'):
        """Status, headers and text of one request."""
        connection = http.client.HTTPConnection(self.host, PORT, timeout=ANSWER_SEC)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def scrape(self):
        return Scrape(self.get('/metrics')[2])

    def walked(self, times=1):
        """The first scrape behind so many walks."""
        seen = []

        def there():
            seen[:] = [self.scrape()]
            return seen[0].value('spanstat_walks_total') >= times
        wait_for(there, SETTLE_SEC)
        return seen[0]


def traffic(seed=41):
    return replay_make.capture_make(seed, CONNECTIONS, 'ethernet', True, SCENARIOS)[0]
