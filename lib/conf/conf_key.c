/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keys of the configuration: the table, the defaults, and one key set by hand.
 *
 * Ranges keep a slip of the finger from starting the daemon: an idle time beyond 30 days is not
 * meant, nor a table of more entries than memory is sold for.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_plain.h"
#include "conf_key.h"
#include "conf_value.h"

#define CONF_DAY_SEC       86400u
#define CONF_MONTH_SEC     (30u * CONF_DAY_SEC)
#define CONF_FLOWS_MAX     (CONF_WORKERS_MAX * CONF_FLOWS_WORKER)
#define CONF_LISTENERS_MAX (1u << 24)

#define CONF_HOME_DEFAULT                                                                          \
	"{10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, fc00::/7, fe80::/10}"

const char *const conf_sections[CONF_SECTIONS] = {
	CONF_SECTION_FILE, "cpus",       "sources", "identity",
	"decode",          "duplicates", "metrics", "timers",
};

/* In the order of enum base_log_level. */
static const char *const conf_log_levels[] = { "error", "warning", "info", "debug", NULL };

/* In the order of enum packet_checksum_mode. */
static const char *const conf_checksums[] = { "ignore", "count", "verify", NULL };

/* In the order of enum conf_preset. */
static const char *const conf_presets[] = { "rfc793", "linux", "windows", "zos", "solaris", NULL };
static_assert(BASE_COUNT_OF(conf_presets) == CONF_PRESETS + 1, "a name for every preset");

static const uint32_t conf_preset_msl[CONF_PRESETS] = { 120, 30, 60, 30, 30 };

#define AT(field) offsetof(struct conf, field)

#define TEXT(name, def, min, field, kind)                                                          \
	{                                                                                          \
		CONF_SECTION_FILE, name, def, kind, min, sizeof(((struct conf *)0)->field) - 1,    \
		    AT(field), "", NULL                                                            \
	}
#define NUMBER(section, name, def, min, max, unit, field)                                          \
	{                                                                                          \
		section, name, def, CONF_KIND_NUMBER, min, max, AT(field), unit, NULL              \
	}
#define BOOL(section, name, def, field)                                                            \
	{                                                                                          \
		section, name, def, CONF_KIND_BOOL, 0, 1, AT(field), "", NULL                      \
	}
#define CHOICE(section, name, def, choices, field)                                                 \
	{                                                                                          \
		section, name, def, CONF_KIND_CHOICE, 0, BASE_COUNT_OF(choices) - 2, AT(field),    \
		    "", choices                                                                    \
	}
#define LIST(section, name, def, max, kind, field)                                                 \
	{                                                                                          \
		section, name, def, kind, 0, max, AT(field), "", NULL                              \
	}
#define ADDRESS(section, name, def, field)                                                         \
	{                                                                                          \
		section, name, def, CONF_KIND_ADDRESS, 0, CONF_ADDRESS_MAX - 1, AT(field), "",     \
		    NULL                                                                           \
	}
#define TIMER(name, def, max, field) NUMBER("timers", name, def, 1, max, " seconds", field)

/* clang-format off */
const struct conf_key conf_keys[] = {
	TEXT("name",     "spanstatd",                    1, name,   CONF_KIND_TEXT),
	TEXT("socket",   "/run/spanstat/spanstatd.sock", 1, socket, CONF_KIND_PATH),
	TEXT("eal",      "",                             0, eal,    CONF_KIND_EAL),
	NUMBER(CONF_SECTION_FILE, "workers", "1", 1, CONF_WORKERS_MAX, "", workers),
	NUMBER(CONF_SECTION_FILE, "flows", "1048576", 1024, CONF_FLOWS_MAX, "", flows),
	NUMBER(CONF_SECTION_FILE, "listeners", "65536", 1024, CONF_LISTENERS_MAX, "", listeners),
	BOOL(CONF_SECTION_FILE, "no-huge", "false", no_huge),
	NUMBER(CONF_SECTION_FILE, "query-memory", "1024", 16, 1048576, " MiB", query_memory_mb),
	TEXT("user",        "", 0, user,        CONF_KIND_TEXT),
	TEXT("group",       "", 0, group,       CONF_KIND_TEXT),
	TEXT("admin-group", "", 0, admin_group, CONF_KIND_TEXT),
	BOOL(CONF_SECTION_FILE, "seccomp", "true", seccomp),
	BOOL(CONF_SECTION_FILE, "core", "false", core),
	NUMBER(CONF_SECTION_FILE, "cut-at", "0", 0, 65535, " bytes", cut_at),
	CHOICE(CONF_SECTION_FILE, "log-level", "info", conf_log_levels, log_level),
	LIST(CONF_SECTION_FILE, "home", CONF_HOME_DEFAULT, CONF_NETS_MAX, CONF_KIND_NETS, home),
	LIST(CONF_SECTION_FILE, "names", "{}", CONF_NAMES_MAX, CONF_KIND_NAMES, names),

	LIST("cpus", "control", "", 1,                CONF_KIND_CPUS, cpus.control),
	LIST("cpus", "receive", "", 1,                CONF_KIND_CPUS, cpus.receive),
	LIST("cpus", "workers", "", CONF_WORKERS_MAX, CONF_KIND_CPUS, cpus.workers),

	LIST("sources", "interface", "{}", CONF_LIST_MAX, CONF_KIND_INTERFACE, sources.interface),
	LIST("sources", "pci",       "{}", CONF_LIST_MAX, CONF_KIND_PCI,       sources.pci),
	LIST("sources", "vdev",      "{}", CONF_LIST_MAX, CONF_KIND_VDEV,      sources.vdev),

	BOOL("sources", "wait", "false", sources.wait),

	BOOL("identity", "vlan",   "false", identity.vlan),
	BOOL("identity", "tunnel", "true",  identity.tunnel),

	CHOICE("decode", "checksum", "ignore", conf_checksums, decode.checksum),
	NUMBER("decode", "depth", "8", 1, PACKET_TUNNEL_MAX, " tunnels", decode.depth),
#define X(symbol, name, either, ...)                                                               \
	LIST("decode", name, "{" #__VA_ARGS__ "}", CONF_PORTS_MAX, CONF_KIND_PORTS,                \
	     decode.ports[LAYER_PORT_##symbol]),
	LAYER_PORT_KINDS(X)
#undef X
	LIST("decode", "mirror-to", "{}", CONF_MIRRORS_MAX, CONF_KIND_NETS, decode.mirror_to),

	BOOL("duplicates", "detect", "true", duplicates.detect),
	NUMBER("duplicates", "window-ms", "5", 1, 1000, " milliseconds", duplicates.window_ms),

	ADDRESS("metrics", "listen", "", metrics.listen),
	NUMBER("metrics", "top", "10", 0, 1000, " servers", metrics.top),

	TIMER("syn-sent",     "120",   CONF_DAY_SEC,   timers.syn_sent_sec),
	TIMER("syn-received", "60",    CONF_DAY_SEC,   timers.syn_received_sec),
	TIMER("established",  "86400", CONF_MONTH_SEC, timers.established_sec),
	TIMER("half-closed",  "21600", CONF_MONTH_SEC, timers.half_closed_sec),
	TIMER("closing",      "60",    CONF_DAY_SEC,   timers.closing_sec),
	TIMER("last-ack",     "60",    CONF_DAY_SEC,   timers.last_ack_sec),
	CHOICE("timers", "preset", "rfc793", conf_presets, preset),
	NUMBER("timers", "msl", "0", 0, 3600, " seconds", msl_sec),
	TIMER("closed",       "10",    CONF_DAY_SEC,   timers.closed_sec),
	TIMER("midstream",    "300",   CONF_MONTH_SEC, timers.midstream_sec),
	TIMER("udp-oneway",   "30",    CONF_DAY_SEC,   timers.udp_oneway_sec),
	TIMER("udp",          "180",   CONF_MONTH_SEC, timers.udp_sec),
};
/* clang-format on */

const unsigned conf_key_count = BASE_COUNT_OF(conf_keys);
static_assert(BASE_COUNT_OF(conf_keys) <= CONF_KEYS_MAX, "arrays by key are that long");

const struct conf_key *
conf_key_find(const char *section, const char *name, size_t len)
{
	unsigned i;

	for (i = 0; i < conf_key_count; i++) {
		const struct conf_key *key = &conf_keys[i];

		if (section && strcmp(section, key->section) != 0)
			continue;
		if (strlen(key->name) == len && memcmp(key->name, name, len) == 0)
			return key;
	}
	return NULL;
}

/* The table holds no default that it does not allow. */
static void
conf_init_value(struct conf *conf, const struct conf_key *key, const char *value)
{
	char why[CONF_WHY_MAX];
	int error = conf_value_read(key, value, conf, why);

	assert(error == 0);
	(void)error;
}

/* The entries of a list as the table writes it: {a, b}. */
static void
conf_init_list(struct conf *conf, const struct conf_key *key)
{
	const char *p = key->def + strspn(key->def, "{}, ");
	char item[CONF_ITEM_MAX];

	while (*p) {
		size_t n = strcspn(p, "{}, ");

		assert(n < sizeof(item));
		memcpy(item, p, n);
		item[n] = '\0';
		conf_init_value(conf, key, item);
		p += n + strspn(p + n, "{}, ");
	}
}

void
conf_init(struct conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	for (unsigned i = 0; i < conf_key_count; i++) {
		if (conf_key_is_list(&conf_keys[i]))
			conf_init_list(conf, &conf_keys[i]);
		else
			conf_init_value(conf, &conf_keys[i], conf_keys[i].def);
	}
	conf_derive(conf);
}

static const struct {
	const char *section, *name; /* NULL: all of the section */
} conf_reloads[] = {
	{ "timers", NULL },
	{ CONF_SECTION_FILE, "home" },
	{ CONF_SECTION_FILE, "names" },
	{ CONF_SECTION_FILE, "log-level" },
};

bool
conf_key_reloads(const struct conf_key *key)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(conf_reloads); i++)
		if (strcmp(key->section, conf_reloads[i].section) == 0 &&
		    (!conf_reloads[i].name || strcmp(key->name, conf_reloads[i].name) == 0))
			return true;
	return false;
}

size_t
conf_key_bytes(const struct conf_key *key)
{
	static const size_t bytes[CONF_KINDS] = {
		[CONF_KIND_NUMBER] = sizeof(uint32_t),
		[CONF_KIND_BOOL] = sizeof(bool),
		[CONF_KIND_CHOICE] = sizeof(uint32_t),
		[CONF_KIND_CPUS] = sizeof(struct conf_cpu_list),
		[CONF_KIND_INTERFACE] = sizeof(struct conf_list),
		[CONF_KIND_PCI] = sizeof(struct conf_list),
		[CONF_KIND_VDEV] = sizeof(struct conf_list),
		[CONF_KIND_NETS] = sizeof(struct conf_home),
		[CONF_KIND_NAMES] = sizeof(struct conf_names),
		[CONF_KIND_PORTS] = sizeof(struct conf_ports),
	};

	/* What is not there is text, as long as its row says, and its NUL. */
	return bytes[key->kind] ? bytes[key->kind] : (size_t)key->max + 1;
}

void
conf_reload(struct conf *conf, const struct conf *fresh)
{
	for (unsigned i = 0; i < conf_key_count; i++)
		if (conf_key_reloads(&conf_keys[i]))
			memcpy((char *)conf + conf_keys[i].offset,
			       (const char *)fresh + conf_keys[i].offset,
			       conf_key_bytes(&conf_keys[i]));
	conf_derive(conf);
}

uint32_t
conf_preset_msl_sec(enum conf_preset preset)
{
	assert(preset < CONF_PRESETS);
	return conf_preset_msl[preset];
}

void
conf_derive(struct conf *conf)
{
	uint32_t msl_sec = conf->msl_sec;

	if (msl_sec == 0)
		msl_sec = conf_preset_msl_sec((enum conf_preset)conf->preset);
	conf->timers.time_wait_sec = 2 * msl_sec;
}

int
conf_set(struct conf *conf, const char *key_name, const char *text, conf_report_fn *report,
         void *arg)
{
	const char *dot = strchr(key_name, '.');
	const char *name = dot ? dot + 1 : key_name;
	char message[CONF_WHY_MAX + 64], why[CONF_WHY_MAX] = "no such key";
	const struct conf_key *key;
	int rc = -ENOENT;
	unsigned i;

	for (i = 0; i < CONF_SECTIONS && rc == -ENOENT; i++) {
		size_t n = dot ? (size_t)(dot - key_name) : 0;

		if (strlen(conf_sections[i]) != n || memcmp(conf_sections[i], key_name, n) != 0)
			continue;
		key = conf_key_find(conf_sections[i], name, strlen(name));
		if (key)
			rc = conf_value_read(key, text, conf, why);
	}
	if (rc == 0) {
		conf_derive(conf);
		return 0;
	}
	snprintf(message, sizeof(message), "%.60s: %s", key_name, why);
	base_plain_array(message, sizeof(message));
	report(arg, message);
	return rc;
}
