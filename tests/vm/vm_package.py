# SPDX-License-Identifier: BSD-3-Clause
"""The package in a guest: given to it, installed, configured for a NIC by docs/operation.md."""
import os
import re
import shutil
import subprocess
import tempfile

CONF = '/etc/spanstat/spanstatd.conf'
UNIT = '/etc/systemd/system/spanstatd.service.d'
EXAMPLES = '/usr/share/doc/spanstat/examples'
INSTALL_SEC = 240


def give(guest, deb):
    path = '/tmp/' + os.path.basename(deb)
    with open(deb, 'rb') as file:
        guest.put(path, file.read())
    return path


def install(guest, path):
    return guest.must('DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends '
                      f'-o Dpkg::Options::=--force-confold {path}', INSTALL_SEC)


def next_version(deb):
    """The same package with a higher number, in a folder of its own beside it."""
    folder, made = tempfile.mkdtemp(), deb.replace('.deb', '_next.deb')
    try:
        for command in (('dpkg-deb', '-R', deb, f'{folder}/files'),
                        ('sed', '-i', 's/^Version: .*/&+next/', f'{folder}/files/DEBIAN/control'),
                        ('dpkg-deb', '--root-owner-group', '-b', f'{folder}/files', made)):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    finally:
        shutil.rmtree(folder)
    return made


def service_conf(guest, *nics, workers=1, flows=65536, hugepages=128, metrics=''):
    """The NICs are bound to vfio-pci, hugepages reserved when the service starts."""
    for nic in nics:
        guest.must(f'modprobe vfio-pci && dpdk-devbind.py --bind=vfio-pci {nic.address}')
    text = guest.must(f'cat {CONF}')
    listed = ', '.join(f'"{nic.address}"' for nic in nics)
    # A tab: in a section.
    for key, value in (('workers', workers), ('flows', flows), ('\tpci', f'{{ {listed} }}'),
                       ('\tlisten', f'"{metrics}"')):
        text = re.sub(rf'(?m)^{key} = .*$', f'{key} = {value}', text)
    guest.put(CONF, text)
    guest.must(f'mkdir -p {UNIT} && sed s/HUGEPAGES_NODE0=512/HUGEPAGES_NODE0={hugepages}/ '
               f'{EXAMPLES}/hugepages.conf > {UNIT}/hugepages.conf && systemctl daemon-reload')


def start(guest):
    """The service, or all that it said."""
    guest.must('systemctl restart spanstatd || '
               '{ journalctl -u spanstatd -n 20 --no-pager; false; }')


def link_changes(guest):
    """Those that the log has of the port, in their order."""
    log = guest.must('journalctl -u spanstatd --no-pager')
    return re.findall(r'port \S+: link (up|down)', log)
