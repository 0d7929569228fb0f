# SPDX-License-Identifier: BSD-3-Clause
"""What a soak measures of a daemon, and when that counts as flat.

A program that has come up takes more for a while: the table is used for the first time, caches
fill. So the first five minutes do not count, of a soak of less than ten minutes the first half. The
rest is cut in two, and what is seen in the later part, by its median, must not be more than in the
earlier one, but for a hundredth and a little. Resident memory has, besides, up to 30 MB of what
sorts have freed: malloc gives pages back when it likes, within some ten seconds. So its later
median is compared with the highest that was seen before.
"""
import os
import statistics

SETTLE_SEC = 300
GROWTH = 1.01
KB, MB = 1 << 10, 1 << 20
# What may be more: bytes, or how many.
SLACK = {'rss': 2 * MB, 'control core': 64 * KB, 'tables': 0, 'threads': 0,
         'descriptors': 1}   # whoever asked last may not be gone yet


def status_bytes(process, key):
    with open(f'/proc/{process.pid}/status', encoding='ascii') as file:
        return next(int(line.split()[1]) * KB for line in file if line.startswith(f'{key}:'))


def descriptors(process):
    return len(os.listdir(f'/proc/{process.pid}/fd'))


class Sample:
    """A look at a daemon that nobody asks anything else."""

    def __init__(self, daemon, at_sec):
        open_now = descriptors(daemon.process)
        self.at_sec, self.stats = at_sec, daemon.stats()
        memory = self.stats['memory']
        self.values = {
            'rss': status_bytes(daemon.process, 'VmRSS'),
            'control core': memory['control_bytes'],
            'tables': memory['table_bytes'],
            'threads': len(os.listdir(f'/proc/{daemon.process.pid}/task')),
            'descriptors': open_now,
        }

    def line(self, asked):
        received, flows = self.stats['packets']['received'], self.stats['flows']
        return (f'{self.at_sec / 60:.1f} min: {received} packets, '
                f'{received / self.at_sec / 1e6:.2f} Mpps, {flows["created"]} flows, '
                f'{flows["live"]} live, {asked} reports; rss {self.values["rss"] / MB:.1f} MB, '
                f'control core {self.values["control core"] / KB:.0f} kB')


def settled(samples, seconds):
    """Those that count, of a soak of so many seconds."""
    return [one for one in samples if one.at_sec >= min(SETTLE_SEC, seconds / 2)]


def verdicts(samples, seconds):
    """Of each value: its name, whether it is flat, and why."""
    counted = settled(samples, seconds)
    halves = counted[:len(counted) // 2], counted[len(counted) // 2:]
    for name, slack in SLACK.items():
        before, after = ([one.values[name] for one in half] for half in halves)
        early = max(before) if name == 'rss' else statistics.median(before)
        late = statistics.median(after)
        yield (name, late <= early * (GROWTH if slack else 1) + slack,
               [f'{early}, then {late}', [one.values[name] for one in samples]])
