/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as what a daemon answers: frames taken in and printed as the command does.
 *
 * The first byte says which report was asked for, the second the format. The rest is what comes:
 * whole frames of any type whose payload is any, headers that lie, and rubbish. Whatever it is, a
 * frame is what its type says or the conversation is over, and nothing that a terminal obeys is
 * printed. A libFuzzer target; fuzz_main.c runs it over kept inputs where there is no libFuzzer.
 */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl_client.h"
#include "fuzz_header.h"
#include "fuzz_output.h"
#include "fuzz_rows.h"
#include "fuzz_text.h"
#include "print_conn.h"

#define FUZZ_FRAMES_MAX 8

static struct print_out fuzz_out;
static struct report_labels fuzz_labels;
static struct report_paths fuzz_paths;

/* --- what the daemon says --------------------------------------------------------------------- */

static void
fuzz_say(int fd, const void *bytes, size_t n)
{
	fuzz_check(send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n);
}

/* A frame whose payload has the size of its type. */
static void
fuzz_say_frame(int fd, struct fuzz_data *data)
{
	static const size_t pieces[] = {
		[CTL_INFO] = sizeof(struct ctl_info),
		[CTL_LABELS] = sizeof(struct report_label),
		[CTL_PATHS] = sizeof(struct report_step),
		[CTL_END] = sizeof(struct ctl_end),
	};
	static char frame[sizeof(struct ctl_header) + CTL_PAYLOAD_MAX];
	unsigned type = 1 + fuzz_data_byte(data) % CTL_END, report = 0, n = 1;
	size_t bytes, used;

	if (type == CTL_ROWS)
		report = 1 + fuzz_data_byte(data) % (REPORT_REQUESTS - 1);
	if (type == CTL_ROWS || type == CTL_LABELS || type == CTL_PATHS)
		n = 1 + fuzz_data_byte(data) % 4;
	bytes = type == CTL_ROWS ? ctl_frame_row_bytes(report) : pieces[type];
	bytes *= bytes * n <= CTL_PAYLOAD_MAX ? n : 1;
	used = ctl_frame_pack(frame, (enum ctl_type)type, report, bytes);
	fuzz_rows_fill(data, frame + used, bytes);
	fuzz_say(fd, frame, used + bytes);
}

static void
fuzz_say_header(int fd, struct fuzz_data *data)
{
	struct ctl_header header = fuzz_header(data);

	fuzz_say(fd, &header, sizeof(header));
}

static void
fuzz_say_all(int fd, struct fuzz_data *data)
{
	for (unsigned i = 0; i < FUZZ_FRAMES_MAX && fuzz_data_has(data); i++) {
		unsigned how = fuzz_data_byte(data);
		char rubbish[64];

		if (how < 0xe0) {
			fuzz_say_frame(fd, data);
		} else if (how < 0xf0) {
			fuzz_say_header(fd, data);
		} else {
			fuzz_data_fill(data, rubbish, sizeof(rubbish));
			fuzz_say(fd, rubbish, how % 16 + 1);
		}
	}
}

/* --- what the command makes of it ------------------------------------------------------------- */

static void
fuzz_take_rows(const struct ctl_frame *frame, enum print_format format)
{
	const struct fuzz_report *report = &fuzz_reports[frame->report];
	const char *row = frame->payload;

	fuzz_check(frame->length % report->row_bytes == 0);
	/* Rows of health are judged first (fuzz_print.c); some have no printer (fuzz_dialect.c). */
	if (frame->report == REPORT_ASK_HEALTH || report->rows == &print_none)
		return;
	for (size_t at = 0; at < frame->length; at += report->row_bytes)
		print_row(&fuzz_out, report->rows, format, row + at);
}

static void
fuzz_take_end(const struct ctl_frame *frame)
{
	struct ctl_end end;

	fuzz_check(frame->length == sizeof(end));
	memcpy(&end, frame->payload, sizeof(end));
	fuzz_check(end.status <= 0 && memchr(end.text, '\0', sizeof(end.text)) != NULL);
	fuzz_check(fuzz_is_text(end.text, strlen(end.text)));
}

static void
fuzz_take(const struct ctl_frame *frame, unsigned report, enum print_format format)
{
	const struct ctl_info *info = frame->payload;

	fuzz_check(frame->length <= CTL_PAYLOAD_MAX);
	if (frame->type == CTL_LABELS) {
		report_labels_receive(&fuzz_labels, frame->payload,
		                      frame->length / sizeof(struct report_label));
	} else if (frame->type == CTL_PATHS) {
		report_paths_receive(&fuzz_paths, frame->payload,
		                     frame->length / sizeof(struct report_step));
	} else if (frame->type == CTL_INFO) {
		report_labels_begin(&fuzz_labels);
		fuzz_out.style.labels = report_labels_any(&fuzz_labels);
		fuzz_out.style.paths = &fuzz_paths;
		if (format == PRINT_TEXT)
			print_text_title(&fuzz_out, info->name, info->now_us);
		fuzz_check(fuzz_is_text(info->version, strlen(info->version)));
	} else if (frame->type == CTL_ROWS && frame->report == report) {
		fuzz_take_rows(frame, format);
	} else if (frame->type == CTL_END) {
		fuzz_take_end(frame);
	}
	fuzz_output_check(&fuzz_out, format);
}

static void
fuzz_listen(int fd, unsigned report, enum print_format format)
{
	struct ctl_client *client = ctl_client_adopt(fd);
	struct ctl_frame frame;
	int error;

	fuzz_check(client != NULL);
	while ((error = ctl_client_next(client, &frame)) == 0)
		fuzz_take(&frame, report, format);
	fuzz_check(error == -ECONNRESET || error == -EPROTO || error == -EPROTONOSUPPORT);
	ctl_client_close(client);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_data from = { data, data + size };
	unsigned report = 1 + fuzz_data_byte(&from) % (REPORT_REQUESTS - 1);
	enum print_format format = (enum print_format)(fuzz_data_byte(&from) % (PRINT_CSV + 1));
	const int room = FUZZ_FRAMES_MAX * (int)(sizeof(struct ctl_header) + CTL_PAYLOAD_MAX);
	int pair[2];

	fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	fuzz_output_init(&fuzz_out);
	memset(&fuzz_labels, 0, sizeof(fuzz_labels));
	report_paths_free(&fuzz_paths);
	fuzz_say_all(pair[1], &from);
	close(pair[1]);
	fuzz_listen(pair[0], report, format);
	return 0;
}
