/* SPDX-License-Identifier: BSD-3-Clause */
/* The request's lines and the view they are printed in; see view.h. */

#include <string.h>

#include "base_log.h"
#include "base_text.h"
#include "filter_value.h"
#include "narrow.h"
#include "view.h"

/* The reports that have lines. `order` is that in which the report makes sense; NULL: any. */
static const struct {
	enum report_request ask;
	enum dialect_report report;
	int always; /* it has lines without --as and --dialect too */
	const char *order;
} view_reports[] = {
	{ REPORT_ASK_CONN, DIALECT_CONN, 0, NULL },
	{ REPORT_ASK_ALLCONN, DIALECT_ALLCONN, 0, NULL },
	{ REPORT_ASK_BYTEINFO, DIALECT_BYTEINFO, 0, NULL },
	{ REPORT_ASK_SOCKETS, DIALECT_SOCKETS, 1, "bound" },
};

static int
view_refuse(const char *option, const char *expected, const char *value)
{
	base_error(_("%s takes %s, not '%s'"), option, expected, value);
	return STATUS_USAGE;
}

/* --as: an address; never a name, for no report asks a name server. */
static int
view_host(struct ask *ask)
{
	const char *as = ask->options->as;
	struct filter_socket host;

	if (!as)
		return -1;
	if (filter_value_net((struct filter_span){ as, strlen(as) }, &host) != 0 ||
	    strchr(as, '/') || host.version == 0)
		return view_refuse("--as", _("the address of a host such as 10.0.0.1"), as);
	ask->request.as_version = host.version;
	memcpy(ask->request.as, host.addr, sizeof(ask->request.as));
	return -1;
}

static int
view_dialect(struct ask *ask)
{
	const struct options *options = ask->options;

	if (!options->dialect)
		return -1;
	ask->view.id = dialect_find(options->dialect);
	if (ask->view.id == DIALECT_NONE)
		return view_refuse("--dialect", _("zos, linux, ss, bsd, solaris or windows"),
		                   options->dialect);
	if (!dialect_has(ask->view.id, ask->view.report)) {
		base_error(_("--dialect %s has no %s"), options->dialect, options->cmd->name);
		return STATUS_USAGE;
	}
	if (options->by) {
		base_error(_("--by and --dialect exclude each other"));
		return STATUS_USAGE;
	}
	return -1;
}

/*
 * z/OS prints SHORT where the stack knows only IPv4, else LONG. A tap knows both; the host that
 * --as names says which is meant. The console's form is that too, with words of its own.
 */
static int
view_form(struct ask *ask)
{
	const char *form = ask->options->form;

	ask->view.long_form = ask->request.as_version != 4;
	if (!form)
		return -1;
	if (ask->view.id != DIALECT_ZOS) {
		base_error(_("--format goes with --dialect zos only"));
		return STATUS_USAGE;
	}
	ask->view.console = !strcasecmp(form, "console");
	if (ask->view.console)
		return -1;
	ask->view.long_form = !strcasecmp(form, "long");
	if (!ask->view.long_form && strcasecmp(form, "short") != 0)
		return view_refuse("--format", _("short, long or console"), form);
	return -1;
}

/* Which lines that system's own command would show. */
static unsigned
view_lines(const struct dialect_view *view)
{
	const struct dialect *dialect = dialect_get(view->id);
	int all = view->report == DIALECT_ALLCONN;
	unsigned lines = QUERY_LINES;

	if (all && dialect->closed)
		lines |= QUERY_LINES_CLOSED;
	if (dialect->served && view->report != DIALECT_SOCKETS)
		lines |= QUERY_LINES_SERVED;
	if (view->report == DIALECT_SOCKETS || (all && dialect->all_sockets) ||
	    (view->report == DIALECT_CONN && dialect->conn_sockets))
		lines |= QUERY_LINES_SOCKETS;
	return lines;
}

/* Text that has sections, or is by host, needs its order; programs take lines as they come. */
static void
view_order(struct ask *ask, const char *report_order)
{
	const char *order = dialect_get(ask->view.id)->order;

	if (report_order)
		order = report_order;
	else if (ask->options->format != PRINT_TEXT)
		return;
	if (order && !ask->options->sort && !ask->options->by)
		memcpy(ask->request.sort, order, strlen(order) + 1);
}

/* The request asks for lines. */
static void
view_ask(struct ask *ask, const char *order)
{
	ask->view.lines = 1;
	ask->request.lines = (uint8_t)view_lines(&ask->view);
	view_order(ask, order);
}

int
view_parse(struct ask *ask)
{
	const struct options *options = ask->options;
	size_t i = 0;
	int status;

	while (view_reports[i].ask != options->cmd->report)
		i++;
	ask->view.report = view_reports[i].report;
	ask->view.wide = options->wide;
	status = narrow_parse(ask);
	if (status < 0)
		status = view_host(ask);
	if (status < 0)
		status = view_dialect(ask);
	if (status < 0)
		status = view_form(ask);
	if (status < 0 && (options->as || options->dialect || view_reports[i].always))
		view_ask(ask, view_reports[i].order);
	return status;
}
