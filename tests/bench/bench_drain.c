/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_drain SOCKET: asks for `conn`, counts the rows and throws them away.
 *
 * What the control core can give, without a printer beside it. Prints one line of JSON: rows and
 * seconds.
 */

#include <stdio.h>
#include <string.h>

#include "base_clock.h"
#include "ctl_client.h"

/* Rows until the end of the answer; -1: it does not come to one. */
static long long
drain(struct ctl_client *client)
{
	struct ctl_frame frame;
	struct ctl_end end;
	long long rows = 0;

	while (ctl_client_next(client, &frame) == 0) {
		if (frame.type == CTL_ROWS)
			rows += (long long)(frame.length / sizeof(struct report_row));
		if (frame.type != CTL_END)
			continue;
		memcpy(&end, frame.payload, sizeof(end));
		return end.status == 0 ? rows : -1;
	}
	return -1;
}

int
main(int argc, char **argv)
{
	struct ctl_client *client = argc == 2 ? ctl_client_connect(argv[1]) : NULL;
	uint64_t begun_us = base_clock_mono_us();
	long long rows;

	if (client == NULL) {
		fputs("usage: bench_drain SOCKET of a daemon\n", stderr);
		return 2;
	}
	ctl_client_ask(client, REPORT_ASK_CONN, NULL);
	rows = drain(client);
	ctl_client_close(client);
	printf("{\"rows\":%lld,\"seconds\":%.6f}\n", rows,
	       (double)(base_clock_mono_us() - begun_us) / 1e6);
	return rows < 0;
}
