/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters of which no two states have the same, and what is printed of them. */
#ifndef DIAGRAM_FIXTURE_H
#define DIAGRAM_FIXTURE_H

#include <memory>
#include <string>

#include "diagram.h"
#include "print_capture.h"
#include "report_names.h"

inline std::unique_ptr<struct report_stats>
diagram_counted()
{
	std::unique_ptr<struct report_stats> stats(new struct report_stats());

	for (unsigned s = 0; s < REPORT_STATES; s++) {
		stats->flows_client_state[s] = 100 + s;
		stats->flows_server_state[s] = 200 + s;
	}
	stats->flows_client_state[REPORT_ESTABLISHED] = 1048576;
	stats->flows_server_state[REPORT_ESTABLISHED] = 99999999;
	return stats;
}

template <typename Printer, typename... Arguments>
std::string
diagram_of(Printer printer, Arguments... arguments)
{
	Capture capture;

	printer(capture.out(), arguments...);
	return capture.text();
}

#endif
