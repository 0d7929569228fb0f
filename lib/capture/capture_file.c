/* SPDX-License-Identifier: BSD-3-Clause */
/* libpcap behind the functions of the header. One table lists the link types that are read. */

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture_file.h"

struct capture_file {
	pcap_t *pcap;
	uint8_t link; /* enum packet_link */
	char error[CAPTURE_ERROR_MAX];
};

static const struct {
	int dlt;
	enum packet_link link;
} capture_links[] = {
	{ DLT_EN10MB, PACKET_LINK_ETHERNET }, { DLT_RAW, PACKET_LINK_RAW },
	{ DLT_IPV4, PACKET_LINK_RAW },        { DLT_IPV6, PACKET_LINK_RAW },
	{ DLT_LINUX_SLL, PACKET_LINK_SLL },   { DLT_LINUX_SLL2, PACKET_LINK_SLL2 },
	{ DLT_NULL, PACKET_LINK_LOOPBACK },   { DLT_LOOP, PACKET_LINK_LOOPBACK },
	{ DLT_PPP, PACKET_LINK_PPP },         { DLT_PPP_SERIAL, PACKET_LINK_PPP },
};

static int
capture_find_link(struct capture_file *file, int dlt)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(capture_links); i++) {
		if (capture_links[i].dlt == dlt) {
			file->link = (uint8_t)capture_links[i].link;
			return 0;
		}
	}
	return -EPROTONOSUPPORT;
}

/* Keeps a message of libpcap on one line: it may run over several. */
static void
capture_set_error(char *error, const char *text)
{
	size_t n = 0;

	for (; *text != '\0' && n < CAPTURE_ERROR_MAX - 1; text++)
		error[n++] = *text == '\n' || *text == '\t' ? ' ' : *text;
	error[n] = '\0';
}

static const char *
capture_link_name(int dlt)
{
	const char *name = pcap_datalink_val_to_description(dlt);

	return name != NULL ? name : "unknown";
}

static int
capture_open_pcap(struct capture_file *file, const char *path, char *error)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int dlt;

	file->pcap =
	    pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_MICRO, text);
	if (file->pcap == NULL) {
		capture_set_error(error, text);
		return -EIO;
	}
	dlt = pcap_datalink(file->pcap);
	if (capture_find_link(file, dlt) == 0)
		return 0;
	snprintf(error, CAPTURE_ERROR_MAX, "link type %d (%s) is not read", dlt,
	         capture_link_name(dlt));
	return -EPROTONOSUPPORT;
}

struct capture_file *
capture_file_open(const char *path, char *error)
{
	struct capture_file *file = calloc(1, sizeof(*file));

	if (file == NULL) {
		capture_set_error(error, "out of memory");
		return NULL;
	}
	if (capture_open_pcap(file, path, error) == 0)
		return file;
	capture_file_close(file);
	return NULL;
}

void
capture_file_close(struct capture_file *file)
{
	if (file == NULL)
		return;
	if (file->pcap != NULL)
		pcap_close(file->pcap);
	free(file);
}

/* Files of the classic form have 32 bits without a sign, to 2106. libpcap takes them as signed. */
static uint64_t
capture_seconds(time_t sec)
{
	return sec < 0 && sec >= INT32_MIN ? (uint32_t)sec : (uint64_t)sec;
}

int
capture_file_next(struct capture_file *file, struct packet *pk)
{
	struct pcap_pkthdr *header;
	const uint8_t *data;
	int n = pcap_next_ex(file->pcap, &header, &data);

	if (n == PCAP_ERROR) {
		capture_set_error(file->error, pcap_geterr(file->pcap));
		return -EIO;
	}
	if (n != 1)
		return 0;
	pk->data = data;
	pk->data_len = header->caplen;
	pk->wire_len = header->len;
	pk->time_us = capture_seconds(header->ts.tv_sec) * 1000000 + (uint64_t)header->ts.tv_usec;
	pk->link = file->link;
	return 1;
}

const char *
capture_file_error(const struct capture_file *file)
{
	return file->error;
}

int
capture_file_measure(const char *path, uint64_t *packets, uint32_t *longest)
{
	char error[CAPTURE_ERROR_MAX];
	struct capture_file *file = capture_file_open(path, error);
	struct packet pk;
	int n = -EIO;

	*packets = 0;
	*longest = 0;
	if (file == NULL)
		return -EIO;
	while ((n = capture_file_next(file, &pk)) == 1) {
		(*packets)++;
		if (pk.data_len > *longest)
			*longest = pk.data_len;
	}
	capture_file_close(file);
	return n;
}
