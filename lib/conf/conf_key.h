/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keys of the configuration: one table from which everything else is made.
 *
 * Which keys a file may set, the defaults, the ranges and the place of each value in struct conf
 * all come from conf_keys[]; a new setting is one row there, one field in struct conf and one entry
 * in config/spanstatd.conf.
 */
#ifndef CONF_KEY_H
#define CONF_KEY_H

#include "conf.h"
#include "conf_mistake.h"

BASE_BEGIN_DECLS

#define CONF_KEYS_MAX     64
#define CONF_SECTIONS     8 /* the file outside any section is the first */
#define CONF_SECTION_FILE ""

enum conf_kind {
	CONF_KIND_TEXT,      /* min..max bytes into char[] */
	CONF_KIND_PATH,      /* the same, beginning with a slash */
	CONF_KIND_NUMBER,    /* min..max into uint32_t */
	CONF_KIND_BOOL,      /* into bool */
	CONF_KIND_CHOICE,    /* one of choices[], its index into uint32_t */
	CONF_KIND_EAL,       /* text: arguments of DPDK that are not set by other keys */
	CONF_KIND_ADDRESS,   /* text: an address and a port of TCP, or empty */
	CONF_KIND_CPUS,      /* struct conf_cpu_list, at most max of them */
	CONF_KIND_INTERFACE, /* the kinds from here on are lists; three of struct conf_list */
	CONF_KIND_PCI,
	CONF_KIND_VDEV,
	CONF_KIND_NETS,  /* struct conf_home */
	CONF_KIND_NAMES, /* struct conf_names */
	CONF_KIND_PORTS, /* struct conf_ports */
	CONF_KINDS
};

struct conf_key {
	const char *section; /* CONF_SECTION_FILE, or as in the file */
	const char *name;
	const char *def; /* as it would stand in the file */
	enum conf_kind kind;
	uint32_t min, max;
	size_t offset;              /* in struct conf */
	const char *unit;           /* of a number, or "" */
	const char *const *choices; /* until NULL */
};

/* Where a file sets its keys: by their place in conf_keys[]. */
struct conf_lines {
	uint32_t line[CONF_KEYS_MAX]; /* from 1, where it was set last; 0: it was not */
};

extern const struct conf_key conf_keys[];
extern const unsigned conf_key_count;
extern const char *const conf_sections[CONF_SECTIONS];

static inline bool
conf_key_is_list(const struct conf_key *key)
{
	return key->kind >= CONF_KIND_INTERFACE;
}

/* Bytes of its value in struct conf, at its offset. */
size_t conf_key_bytes(const struct conf_key *key);

/*
 * Does a SIGHUP take it over? If not, it needs a restart. A section is taken over whole: all its
 * keys or none.
 */
bool conf_key_reloads(const struct conf_key *key);

/* Takes over from `fresh` what a SIGHUP takes over, and no more. Control core only. */
void conf_reload(struct conf *conf, const struct conf *fresh);

/* The key `name` of `len` bytes in `section`; NULL section: in any. NULL if there is none. Cold. */
const struct conf_key *conf_key_find(const char *section, const char *name, size_t len);

/* Sets the defaults. Any thread, on a struct of its own. */
void conf_init(struct conf *conf);

/*
 * Sets one key, named `workers` or `timers.syn-sent`, as if it stood in the file; a list gets
 * one entry more. For the command line, which beats the file: to replace a list, zero it
 * first. Any thread. 0; -ENOENT no such key; -EINVAL no such value. Then *conf is as before and
 * `report` got `KEY: what is wrong`.
 */
int
conf_set(struct conf *conf, const char *key, const char *text, conf_report_fn *report, void *arg);

/* Works out what is made of several keys: time_wait_sec. After conf_value_read. */
void conf_derive(struct conf *conf);

/* Maximum segment lifetime of a preset, seconds. */
uint32_t conf_preset_msl_sec(enum conf_preset preset);

BASE_END_DECLS

#endif
