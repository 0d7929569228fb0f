/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any text as a configuration.
 *
 * Whatever it is, every mistake is one printable line of its file, in the order of lines; or there
 * is none, and every value is within the range of its key, texts end in their fields, and the same
 * text gives the same bytes. Each line is also tried as one value of the command line. A libFuzzer
 * target; fuzz_main.c runs it over kept inputs where there is no libFuzzer.
 */

#include <errno.h>

#include "conf_key.h"
#include "conf_parse.h"
#include "fuzz_text.h"

#define FUZZ_TEXT_MAX 4096
#define FUZZ_FILE     "x.conf"

static struct conf fuzz_default, fuzz_conf, fuzz_again;

struct fuzz_reported {
	unsigned n, line;
};

static void
fuzz_check_line(const char *message)
{
	size_t n = strlen(message);

	fuzz_check(n > 0 && memchr(message, '\n', n) == NULL);
	fuzz_check(fuzz_is_text(message, n));
}

static void
fuzz_reported(void *arg, const char *message)
{
	struct fuzz_reported *reported = arg;
	unsigned line = 0;

	fuzz_check_line(message);
	fuzz_check(sscanf(message, FUZZ_FILE ":%u: ", &line) == 1 && line >= reported->line);
	reported->line = line;
	reported->n++;
}

static void
fuzz_reported_set(void *arg, const char *message)
{
	fuzz_check_line(message);
	++*(unsigned *)arg;
}

/* --- values ----------------------------------------------------------------------------------- */

static uint32_t
fuzz_u32(const struct conf_key *key)
{
	uint32_t value;

	memcpy(&value, (const char *)&fuzz_conf + key->offset, sizeof(value));
	return value;
}

/* It ends, and behind its end there is nothing. */
static void
fuzz_check_text(const char *text, size_t least, size_t most)
{
	size_t n = strnlen(text, most + 1);

	fuzz_check(n >= least && n <= most);
	for (size_t i = n; i <= most; i++)
		fuzz_check(text[i] == '\0');
}

static void
fuzz_check_text_key(const struct conf_key *key, const void *at)
{
	fuzz_check_text(at, key->min, key->max);
}

static void
fuzz_check_number(const struct conf_key *key, const void *at BASE_UNUSED)
{
	fuzz_check(fuzz_u32(key) >= key->min && fuzz_u32(key) <= key->max);
}

static void
fuzz_check_bool(const struct conf_key *key BASE_UNUSED, const void *at)
{
	fuzz_check(*(const uint8_t *)at <= 1);
}

/* Each begins with its count. */
static void
fuzz_check_count(const struct conf_key *key, const void *at BASE_UNUSED)
{
	fuzz_check(fuzz_u32(key) <= key->max);
}

static void
fuzz_check_items(const struct conf_key *key, const void *at)
{
	const struct conf_list *list = at;

	fuzz_check_count(key, at);
	for (uint32_t i = 0; i < list->count; i++)
		fuzz_check_text(list->item[i], 1, CONF_ITEM_MAX - 1);
}

static void (*const fuzz_checks[CONF_KINDS])(const struct conf_key *key, const void *at) = {
	[CONF_KIND_TEXT] = fuzz_check_text_key, [CONF_KIND_PATH] = fuzz_check_text_key,
	[CONF_KIND_EAL] = fuzz_check_text_key,  [CONF_KIND_NUMBER] = fuzz_check_number,
	[CONF_KIND_CHOICE] = fuzz_check_number, [CONF_KIND_BOOL] = fuzz_check_bool,
	[CONF_KIND_CPUS] = fuzz_check_count,    [CONF_KIND_INTERFACE] = fuzz_check_items,
	[CONF_KIND_PCI] = fuzz_check_items,     [CONF_KIND_VDEV] = fuzz_check_items,
	[CONF_KIND_NETS] = fuzz_check_count,    [CONF_KIND_NAMES] = fuzz_check_count,
	[CONF_KIND_PORTS] = fuzz_check_count,   [CONF_KIND_ADDRESS] = fuzz_check_text_key,
};

static void
fuzz_check_key(const struct conf_key *key)
{
	fuzz_checks[key->kind](key, (const char *)&fuzz_conf + key->offset);
}

/* --- a file, and a command line --------------------------------------------------------------- */

/* How many mistakes `text`, of `n` bytes, has. */
static unsigned
fuzz_parse(const char *text, size_t n, struct conf *conf)
{
	static char copy[FUZZ_TEXT_MAX + 1];
	struct fuzz_reported reported = { 0 };
	struct conf_mistakes mistakes;
	struct conf_lines lines;

	memcpy(copy, text, n);
	copy[n] = '\0';
	*conf = fuzz_default;
	conf_mistakes_init(&mistakes);
	conf_parse(copy, conf, &lines, &mistakes);
	conf_derive(conf);
	fuzz_check(conf_mistakes_report(&mistakes, FUZZ_FILE, fuzz_reported, &reported) ==
	           reported.n);
	conf_mistakes_fini(&mistakes);
	return reported.n;
}

/* The first line as KEY VALUE: taken, or refused with one message and nothing changed. */
static void
fuzz_set(const char *text, size_t n)
{
	char line[256] = "", *value;
	unsigned reported = 0;

	memcpy(line, text, n < sizeof(line) ? n : sizeof(line) - 1);
	value = line + strcspn(line, " \n");
	if (*value != '\0')
		*value++ = '\0';
	fuzz_conf = fuzz_default;
	if (conf_set(&fuzz_conf, line, value, fuzz_reported_set, &reported) == 0) {
		fuzz_check(reported == 0);
		return;
	}
	fuzz_check(reported == 1);
	fuzz_check(memcmp(&fuzz_conf, &fuzz_default, sizeof(fuzz_conf)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (fuzz_default.workers == 0)
		conf_init(&fuzz_default);
	if (size > FUZZ_TEXT_MAX || memchr(data, '\0', size) != NULL)
		return 0;
	fuzz_set((const char *)data, size);
	if (fuzz_parse((const char *)data, size, &fuzz_conf) > 0)
		return 0;
	for (unsigned i = 0; i < conf_key_count; i++)
		fuzz_check_key(&conf_keys[i]);
	fuzz_check(fuzz_parse((const char *)data, size, &fuzz_again) == 0);
	fuzz_check(memcmp(&fuzz_conf, &fuzz_again, sizeof(fuzz_conf)) == 0);
	return 0;
}
