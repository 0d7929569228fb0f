/* SPDX-License-Identifier: BSD-3-Clause */
/* What the server of a test asks: a source that makes up rows of any report. */
#ifndef CTL_SOURCE_FIXTURE_H
#define CTL_SOURCE_FIXTURE_H

#include <netinet/in.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "ctl_server.h"
#include "digest_row.h"
#include "report_event.h"
#include "report_group.h"

/* What a request said; its texts are gone when it is answered. */
struct Asked {
	unsigned report = 0, of = 0, lines = 0, as_version = 0;
	std::string filter, sort, by;
	uint64_t limit = 0, id = 0;
	uint8_t as[16] = {};
};

/* Rows 1 to n by id; what the server did with it is counted. */
struct FakeSource {
	std::atomic<uint64_t> n_rows{ 1000 };
	std::atomic<bool> sparse{ false };      /* every second slice has no row */
	std::atomic<uint64_t> fail_after{ ~0ull }; /* rows, then -EIO */
	std::atomic<uint64_t> rows_made{ 0 };
	std::atomic<unsigned> polls{ 0 };       /* times that an order is asked after before it is decided */
	std::atomic<int> drop_result{ 0 };
	std::atomic<unsigned> asked{ 0 };       /* times that there was no row yet */
	std::atomic<uint64_t> dropped_id{ 0 };
	std::atomic<int> open_result{ 0 };
	std::atomic<bool> cut{ false };        /* rows are left out for a limit */
	std::atomic<unsigned> opened{ 0 }, closed{ 0 };
	std::atomic<bool> live{ false };       /* more rows than n_rows may come: no end */
	Asked last_ask;
	std::atomic<unsigned> n_stats{ 0 };
	std::vector<struct report_label> labels; /* what hosts are called */

	struct ctl_source source() { return { this, open, info, names, nullptr, nullptr }; }

private:
	struct Query {
		struct query query; /* first: it is what the server has */
		FakeSource *source;
		unsigned report;
		uint64_t id, given, turns;
		char why[QUERY_TEXT_MAX];
	};

	static struct report_row *row_at(unsigned report, void *rows, unsigned n)
	{
		return reinterpret_cast<struct report_row *>(static_cast<char *>(rows) +
		                                             n * query_row_bytes(report));
	}
	static int sockets(Query *query, struct report_listen *rows, unsigned max)
	{
		unsigned n = 0;

		while (n < max && query->given < query->source->n_rows) {
			rows[n].port = static_cast<uint16_t>(++query->given);
			rows[n].vlan = REPORT_NO_VLAN;
			rows[n].proto = query->report == REPORT_ASK_LISTEN ? IPPROTO_TCP : IPPROTO_UDP;
			rows[n].ip_version = 4;
			n++;
		}
		return static_cast<int>(n);
	}
	/* Digests: rows 1 to n by their count. */
	static int digest(Query *query, void *rows, unsigned max)
	{
		unsigned n = 0;

		while (n < max && query->given < query->source->n_rows) {
			const uint64_t count = ++query->given;

			if (query->report == REPORT_ASK_LEAKS)
				static_cast<struct digest_leak *>(rows)[n] = leak(count);
			else if (query->report == REPORT_ASK_TIMEWAIT)
				static_cast<struct digest_timewait *>(rows)[n] = timewait(count);
			else
				static_cast<struct digest_client *>(rows)[n] = client(count);
			n++;
		}
		query->query.cut = query->source->cut;
		return static_cast<int>(n);
	}
	static struct digest_leak leak(uint64_t count)
	{
		struct digest_leak row = {};

		row.ip_version = 4;
		row.open_end = REPORT_CLOSER_SERVER;
		row.count = row.by_verdict[DIGEST_NOT_CLOSING] = count;
		row.verdict = DIGEST_NOT_CLOSING;
		row.heard_us = DIGEST_NEVER;
		return row;
	}
	static struct digest_timewait timewait(uint64_t count)
	{
		struct digest_timewait row = {};

		row.ip_version = 4;
		row.time_wait = count;
		row.runs_out_us = DIGEST_NEVER;
		return row;
	}
	static struct digest_client client(uint64_t count)
	{
		struct digest_client row = {};

		row.ip_version = 4;
		row.count = count;
		return row;
	}
	static int stats(Query *query, struct report_stats *stats)
	{
		if (query->given++ > 0)
			return 0;
		stats->received = 77;
		stats->uptime_us = 1000000 * ++query->source->n_stats;
		stats->flows_created = query->source->n_stats;
		stats->ports[0].state = REPORT_PORT_UP;
		stats->flows_client_state[REPORT_CLOSE_WAIT] = 41;
		stats->flows_server_state[REPORT_CLOSE_WAIT] = 42;
		stats->n_ports = 1;
		strcpy(stats->ports[0].name, "tap0");
		return 1;
	}
	static int home(Query *query, struct report_net *nets, unsigned max)
	{
		if (max < 2)
			abort();
		if (query->given++ > 0)
			return 0;
		nets[0] = { { 10 }, 8, 4 };
		nets[1] = { { 0xfe, 0x80 }, 10, 6 };
		return 2;
	}
	static int drop(Query *query)
	{
		FakeSource *self = query->source;

		self->dropped_id = query->id;
		if (self->polls > 0) {
			self->polls--;
			return -EAGAIN;
		}
		snprintf(query->why, sizeof(query->why), "no connection has the id %08llX",
		         static_cast<unsigned long long>(query->id));
		query->query.why = self->drop_result == -ENOENT ? query->why : nullptr;
		return self->drop_result;
	}
	static int connections(Query *query, void *rows, unsigned max)
	{
		FakeSource *self = query->source;
		unsigned n = 0;

		if (self->sparse && query->turns++ % 2 == 0)
			return -EAGAIN;
		if (query->given >= self->fail_after)
			return -EIO;
		while (n < max && query->given < self->n_rows) {
			struct report_row *row = row_at(query->report, rows, n++);

			row->id = ++query->given;
			row->proto = IPPROTO_TCP;
			row->worker = static_cast<uint8_t>(query->report);
		}
		if (n == 0 && self->live) {
			self->asked++;
			query->query.endless = true;
			return -EINPROGRESS;
		}
		self->rows_made += n;
		query->query.cut = self->cut;
		return static_cast<int>(n);
	}
	static int rows(struct query *base, void *rows, unsigned max)
	{
		Query *query = reinterpret_cast<Query *>(base);

		switch (query->report) {
		case REPORT_ASK_LISTEN:
		case REPORT_ASK_LISTEN_ALL:
			return sockets(query, static_cast<struct report_listen *>(rows), max);
		case REPORT_ASK_LEAKS:
		case REPORT_ASK_TIMEWAIT:
		case REPORT_ASK_CLIENTS:
			return digest(query, rows, max);
		case REPORT_ASK_STATS:
		case REPORT_ASK_HEALTH:
		case REPORT_ASK_STATES:
			return stats(query, static_cast<struct report_stats *>(rows));
		case REPORT_ASK_HOME:
			return home(query, static_cast<struct report_net *>(rows), max);
		case REPORT_ASK_DROP:
			return drop(query);
		default:
			return connections(query, rows, max);
		}
	}
	static void close(struct query *base)
	{
		Query *query = reinterpret_cast<Query *>(base);

		query->source->closed++;
		delete query;
	}
	static struct query *open(void *ctx, const struct query_request *request, int *error, char *text)
	{
		static const struct query_ops ops = { nullptr, rows, close };
		FakeSource *self = static_cast<FakeSource *>(ctx);
		Asked &asked = self->last_ask;
		Query *query;

		asked.report = request->report;
		asked.of = request->of;
		asked.lines = request->lines;
		asked.as_version = request->as_version;
		asked.filter = request->filter;
		asked.sort = request->sort;
		asked.by = request->by;
		asked.limit = request->limit;
		asked.id = request->id;
		memcpy(asked.as, request->as, sizeof(asked.as));
		*error = self->open_result;
		if (*error != 0) {
			strcpy(text, "asked wrongly");
			return nullptr;
		}
		self->opened++;
		query = new Query();
		query->query.ops = &ops;
		query->source = self;
		query->report = request->report;
		query->id = request->id;
		return &query->query;
	}
	static void info(void *, struct ctl_info *info)
	{
		strcpy(info->name, "tap1");
		strcpy(info->version, "9.9");
		info->now_us = 123456;
	}
	static const struct report_label *names(void *ctx, unsigned *n)
	{
		FakeSource *self = static_cast<FakeSource *>(ctx);

		*n = static_cast<unsigned>(self->labels.size());
		return self->labels.data();
	}
};

#endif
