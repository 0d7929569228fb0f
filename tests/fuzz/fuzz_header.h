/* SPDX-License-Identifier: BSD-3-Clause */
/* The header of a frame on the control socket, as either end may lie about it. */
#ifndef FUZZ_HEADER_H
#define FUZZ_HEADER_H

#include "ctl_frame.h"
#include "fuzz_data.h"

/* Any type, report and length; of this version, or one that is not ours. */
static inline struct ctl_header
fuzz_header(struct fuzz_data *data)
{
	struct ctl_header header = { .magic = CTL_MAGIC, .version = CTL_VERSION };

	header.type = fuzz_data_byte(data);
	header.report = fuzz_data_byte(data);
	header.length = (uint32_t)fuzz_data_u16(data) << fuzz_data_byte(data) % 17;
	header.version = (uint16_t)(header.version + fuzz_data_byte(data) / 128);
	return header;
}

#endif
