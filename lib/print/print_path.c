/* SPDX-License-Identifier: BSD-3-Clause */
/* Tunnels in every form; see print_path.h. */

#include "packet_tunnel.h"
#include "print_path.h"
#include "report_format.h"

static const char *
path_kind(const struct report_step *step)
{
	return step->kind < PACKET_N_TUNNELS
	           ? packet_tunnel_name((enum packet_tunnel_kind)step->kind)
	           : "unknown";
}

/* --- JSON ----------------------------------------------------------------------------------- */

static char *
path_json_address(char *p, const char *key, const uint8_t *addr, unsigned version)
{
	p = report_format_addr(report_format_text(p, key), addr, version);
	*p++ = '"';
	return p;
}

static char *
path_json_step(char *p, const struct report_step *step)
{
	p = report_format_text(report_format_text(p, "{\"kind\":\""), path_kind(step));
	*p++ = '"';
	if (step->has_id)
		p = report_format_u64(report_format_text(p, ",\"id\":"), step->id);
	if (step->version != 0) {
		p = path_json_address(p, ",\"src\":\"", step->src, step->version);
		p = path_json_address(p, ",\"dst\":\"", step->dst, step->version);
	}
	*p++ = '}';
	return p;
}

static char *
path_json(char *p, const char *key, const struct report_path *path)
{
	if (path->n == 0)
		return p;
	p = report_format_text(p, key);
	for (unsigned i = 0; i < path->n; i++) {
		*p++ = i == 0 ? '[' : ',';
		p = path_json_step(p, path->step[i]);
	}
	*p++ = ']';
	return p;
}

char *
print_path_json(char *p, const struct report_paths *paths, uint32_t number)
{
	struct report_path path, back;

	report_paths_read(paths, number, &path, &back);
	return path_json(path_json(p, ",\"tunnel\":", &path), ",\"tunnel_back\":", &back);
}

/* --- text and CSV --------------------------------------------------------------------------- */

char *
print_path_step(char *p, const struct report_step *step)
{
	p = report_format_text(p, path_kind(step));
	if (step->has_id) {
		*p++ = ' ';
		p = report_format_u64(p, step->id);
	}
	if (step->version == 0)
		return p;
	*p++ = ' ';
	p = report_format_addr(p, step->src, step->version);
	p = report_format_text(p, " > ");
	return report_format_addr(p, step->dst, step->version);
}

char *
print_path_csv(char *p, const struct report_paths *paths, uint32_t number)
{
	struct report_path path;

	report_paths_read(paths, number, &path, NULL);
	for (unsigned i = 0; i < path.n; i++)
		p = print_path_step(i > 0 ? report_format_text(p, "; ") : p, path.step[i]);
	return p;
}
