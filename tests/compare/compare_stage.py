# SPDX-License-Identifier: BSD-3-Clause
"""What both builds meet alike: the captures, a Japanese locale, and a folder each to run in.

Both folders have the same names in them, so that no path tells one build from the other.
"""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
REPLAY = os.path.join(HERE, "..", "replay")
RUNNER = os.path.join(HERE, "..", "support", "runner.py")
sys.path[:0] = [REPLAY, os.path.join(HERE, "..", "support")]

from replay_make import capture_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import capture_write

JAPANESE = "ja_JP.UTF-8"
MAIN = "main.pcap"  # the capture that every option is tried on
CONNECTIONS = 600
# link, format, seed: one of each kind that replay_make makes
KINDS = (("ethernet", "pcap", 1), ("raw", "pcap", 2), ("sll", "pcap", 3), ("sll2", "pcap", 4),
         ("null", "pcap", 5), ("null", "swapped", 6), ("ethernet", "pcapng", 7),
         ("ethernet", "nsec", 8), ("ethernet", "swapped", 9))
# Replay tests that make captures of other kinds: damaged, with ICMP errors, moved in time.
RECORDED = ("at", "bad", "events", "icmp", "listen", "shift")
CONFIGURATION = """home = { "10.20.0.0/16", "fd00:20::/64" }
names = { "10.20.0.27/32 db1", "10.20.0.0/16 branch", "172.16.0.0/12 Web-A",
 "2001:db8::/32 web-b" }
"""
WRONG_CONFIGURATIONS = (
    "nothing = 1\n", "workers = x\nflows = -1\n", 'home = { "10.0.0.0/33" }\n',
    'names = { "10.0.0.1 x", "10.0.0.1 y" }\n', "timers { closed = 5x }\n", "socket = \n",
    "home = {\n", "log-level = 9\n")


class Build:
    """One of the two build folders, and the folder in which its programs run."""

    def __init__(self, name, folder, stage):
        self.name, self.folder = name, os.path.abspath(folder)
        self.spanstat = os.path.join(self.folder, "app/spanstat/spanstat")
        self.spanstatd = os.path.join(self.folder, "app/spanstatd/spanstatd")
        for program in (self.spanstat, self.spanstatd):
            if not os.access(program, os.X_OK):
                sys.exit(f"compare_builds: there is no {program}")
        self.place = os.path.join(stage, name)
        os.mkdir(self.place)

    def path(self, name):
        return os.path.join(self.place, name)


def environment(folder, language="C"):
    """The same for both builds, whoever runs them."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("LC_") and
            name not in ("LANG", "LANGUAGE", "COLUMNS", "LINES", "NO_COLOR")}
    return {**kept, "LANG": language, "LOCPATH": folder, "TZ": "Asia/Tokyo",
            "TERM": "xterm-256color"}


def locale_make(folder):
    subprocess.run(["localedef", "-i", "ja_JP", "-f", "UTF-8", "--no-archive",
                    os.path.join(folder, JAPANESE)], check=True, capture_output=True)


def capture_main_make(folder):
    """Gives the number of its packets."""
    packets, _ = capture_make(11, CONNECTIONS, "ethernet", True, SCENARIOS + HARD)
    capture_write(os.path.join(folder, MAIN), packets)
    return len(packets)


def captures_make(folder):
    """The captures of replay_make; gives their names."""
    scenarios, names = SCENARIOS + HARD, []
    for link, form, seed in KINDS:
        names.append(f"{link}-{form}.pcap")
        packets, _ = capture_make(seed, 4 * len(scenarios), link, form != "swapped", scenarios)
        capture_write(os.path.join(folder, names[-1]), packets, link, form, seed=seed)
    return names


def captures_record(folder, spanstat):
    """The captures that replay tests read, as they run with the spanstat given; gives their
    names. Whether a test passes does not matter here."""
    kept = os.path.join(folder, "recorded")
    os.mkdir(kept)
    variables = {**os.environ, "COMPARE_RECORD": kept, "COMPARE_SPANSTAT": spanstat,
                 "PYTHONDONTWRITEBYTECODE": "1"}

    def record(name):
        subprocess.run([sys.executable, RUNNER, os.path.join(REPLAY, f"replay_{name}.py"),
                        "--spanstat", os.path.join(HERE, "compare_record.py")],
                       env=variables, check=False, capture_output=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(record, RECORDED))
    return [f"recorded/{name}" for name in sorted(os.listdir(kept))]


def captures_found(folder):
    """All captures below a folder, in the order of their names."""
    found = []
    for where, _, names in os.walk(folder):
        found += (os.path.join(where, name) for name in names
                  if name.endswith((".pcap", ".pcapng", ".cap", ".trace")))
    return sorted(os.path.relpath(path, folder) for path in found)


class Stage:
    """Everything that is made once: the captures lie in `folder`, each build has links to them."""

    def __init__(self, folder, before, after, captures):
        self.folder = folder
        self.builds = [Build("before", before, folder), Build("after", after, folder)]
        locale_make(folder)
        self.packets = capture_main_make(folder)
        made = captures_make(folder)
        self.names = [MAIN, *made, *captures_record(folder, self.builds[0].spanstat)]
        self.others = [f"captures/{name}" for name in captures_found(captures)] if captures else []
        configured = self._configurations()
        for build in self.builds:
            for name in (MAIN, *made, *configured, "recorded"):
                os.symlink(os.path.join(folder, name), build.path(name))
            if captures:
                os.symlink(os.path.abspath(captures), build.path("captures"))

    def _configurations(self):
        """d.conf, which is right, and the wrong ones; gives their names."""
        files = {"d.conf": CONFIGURATION}
        files.update((f"wrong{i}.conf", text) for i, text in enumerate(WRONG_CONFIGURATIONS))
        for name, text in files.items():
            with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
                file.write(text)
        return list(files)
