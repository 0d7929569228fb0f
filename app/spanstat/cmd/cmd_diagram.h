/* SPDX-License-Identifier: BSD-3-Clause */
/* What states becomes by --diagram. */
#ifndef CMD_DIAGRAM_H
#define CMD_DIAGRAM_H

struct ask;

/* For cmd_verb.parse of states: from here on a diagram is printed. Returns -1, or a status. */
int cmd_diagram_parse(struct ask *ask);

#endif
