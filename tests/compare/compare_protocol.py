# SPDX-License-Identifier: BSD-3-Clause
"""How a build packs requests and marks answers on the control socket: a class for each protocol.

A request has the name of its report, as the table of reports has it: CONN, LISTEN_ALL, GROUP. What
a frame of an answer is, is INFO, LABELS, END, or `rows of STRUCT`. So what two builds mean can be
compared, whatever they call it in a frame. Which protocol a build has is seen in its ctl_frame.h.

Each class gives the names of the constants and structs that the compiler is to be asked for
(compare_wire.Layout), and then works with the numbers of a Layout.
"""
import re
import struct

KINDS = {"INFO": "ctl_info", "LABELS": "report_label", "END": "ctl_end"}
ROWS = "rows of "


def struct_of(kind):
    """The struct that an answer of this kind is made of; None: nothing that is known."""
    return kind.removeprefix(ROWS) if kind.startswith(ROWS) else KINDS.get(kind)


class Typed:
    """Up to version 5: a type of frame for each request, and one for each kind of rows."""
    HEADER = struct.Struct("=IHHII")  # magic, version, type, length, reserved
    LINES = "CTL_"                    # what the names of enum ctl_lines begin with
    MEMBERS = {"of": "what"}          # of struct ctl_ask, which had other names
    ROWS = {"CTL_ROWS": "report_row", "CTL_COUNTERS": "report_stats", "CTL_NETS": "report_net",
            "CTL_FULL_ROWS": "report_full", "CTL_SOCKETS": "report_listen",
            "CTL_GROUPS": "report_group", "CTL_EVENT_ROWS": "report_event"}

    def __init__(self, text):
        """`text`: ctl_frame.h without comments and macros."""
        enum = re.search(r"enum ctl_type\s*\{([^}]*)\}", text).group(1)
        self.types = re.findall(r"CTL_\w+", enum)
        digests = (re.fullmatch(r"CTL_(\w+)_LINES", name) for name in self.types)
        self.rows = {**self.ROWS, **{one.group(): f"digest_{one.group(1).lower()}"
                                     for one in digests if one}}
        self.reports = [name.removeprefix("CTL_")
                        for name in self.types[:self.types.index("CTL_INFO")]]
        self.constants = self.types
        self.structs = ["ctl_drop", *self.rows.values()]

    def ask(self, report):
        """The struct of a request."""
        return "ctl_drop" if report == "DROP" else "ctl_ask"

    def head(self, layout, length, number):
        return self.HEADER.pack(layout.constants["CTL_MAGIC"], number["version"],
                                number.get("type", number["report"]), length, 0)

    def report(self, layout, name):
        return layout.constants["CTL_" + name]

    def unpack(self, layout, header, _asked):
        """(magic, version, length, kind, what else the header has) of a frame."""
        magic, version, number, length, reserved = self.HEADER.unpack(header)
        name = next((one for one in self.types if layout.constants[one] == number), None)
        kind = ROWS + self.rows[name] if name in self.rows else (name or f"type {number}")
        return magic, version, length, kind.removeprefix("CTL_"), reserved


class Asked:
    """From version 6 on: a request is CTL_ASK, rows are CTL_ROWS, both of a report of the table."""
    HEADER = struct.Struct("=IHHIHH")  # magic, version, type, length, report, reserved
    LINES = "QUERY_"
    MEMBERS = {}
    TYPES = ("CTL_ASK", "CTL_INFO", "CTL_LABELS", "CTL_ROWS", "CTL_END")

    def __init__(self, text):
        self.rows = dict(re.findall(r"compare_report (\w+) struct (\w+);", text))
        self.reports = list(self.rows)
        self.constants = [*self.TYPES, *("REPORT_ASK_" + name for name in self.reports)]
        self.structs = list(self.rows.values())

    def ask(self, _report):
        return "ctl_ask"

    def head(self, layout, length, number):
        return self.HEADER.pack(layout.constants["CTL_MAGIC"], number["version"],
                                number.get("type", layout.constants["CTL_ASK"]), length,
                                number["report"], 0)

    def report(self, layout, name):
        return layout.constants["REPORT_ASK_" + name]

    def unpack(self, layout, header, asked):
        """Of rows the report must be the one that was asked for."""
        magic, version, number, length, report, reserved = self.HEADER.unpack(header)
        name = next((one for one in self.TYPES if layout.constants[one] == number), None)
        kind = (name or f"type {number}").removeprefix("CTL_")
        if kind == "ROWS" and report == self.report(layout, asked.kind):
            kind, report = ROWS + self.rows[asked.kind], 0
        return magic, version, length, kind, reserved or report


# The table of reports, where there is one, is written out for Asked; else these words stay.
TABLE = ("#define COMPARE_REPORT(id, name, letter, row, ...) compare_report id row;\n"
         "REPORT_TABLE(COMPARE_REPORT) REPORT_VARIANTS(COMPARE_REPORT)\n")


def protocol_of(text):
    """`text`: ctl_frame.h and TABLE, without comments and macros."""
    return (Asked if "compare_report" in text else Typed)(text)
