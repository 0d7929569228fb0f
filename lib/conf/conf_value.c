/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One value as text: a reader for each kind of key.
 *
 * A reader gets the place to store into and leaves it as it was when the value will not do. What
 * the user wrote is cut to 64 bytes in messages.
 */

#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conf_value.h"

typedef int conf_value_reader(const struct conf_key *key, const char *text, void *at, char *why);

#define CONF_WHY(why, ...) (snprintf(why, CONF_WHY_MAX, __VA_ARGS__), -EINVAL)

static bool
conf_value_has_control(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

static int
conf_value_text(const struct conf_key *key, const char *text, void *at, char *why)
{
	size_t n = strlen(text);

	if (n < key->min)
		return CONF_WHY(why, "must not be empty");
	if (n > key->max)
		return CONF_WHY(why, "has %zu bytes, at most %u are possible", n, key->max);
	if (conf_value_has_control(text))
		return CONF_WHY(why, "has a control character or a line end in it");
	memset(at, 0, (size_t)key->max + 1);
	memcpy(at, text, n);
	return 0;
}

static int
conf_value_path(const struct conf_key *key, const char *text, void *at, char *why)
{
	if (text[0] != '\0' && text[0] != '/')
		return CONF_WHY(why, "'%.64s' is not a path from the root, as /run/spanstat", text);
	return conf_value_text(key, text, at, why);
}

/* Decimal digits and nothing else; a number beyond what is held reads as the greatest. */
static int
conf_value_digits(const char *text, uint64_t *number)
{
	*number = 0;
	if (*text == '\0')
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (*number > UINT64_MAX / 10 - 1)
			*number = UINT64_MAX / 10 - 1;
		*number = *number * 10 + (uint64_t)(*text - '0');
	}
	return 0;
}

static int
conf_value_number(const struct conf_key *key, const char *text, void *at, char *why)
{
	bool negative = text[0] == '-';
	uint64_t number;
	uint32_t value;

	if (conf_value_digits(text + negative, &number))
		return CONF_WHY(why, "'%.64s' is not a whole number", text);
	if (negative || number < key->min || number > key->max)
		return CONF_WHY(why, "%.64s is out of range, %u to %u%s", text, key->min, key->max,
		                key->unit);
	value = (uint32_t)number;
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int
conf_value_bool(const struct conf_key *key BASE_UNUSED, const char *text, void *at, char *why)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };
	unsigned i;

	for (i = 0; i < BASE_COUNT_OF(words); i++) {
		if (strcasecmp(text, words[i]) != 0)
			continue;
		*(bool *)at = i % 2 != 0;
		return 0;
	}
	return CONF_WHY(why, "'%.64s' is neither true nor false", text);
}

static int
conf_value_choice(const struct conf_key *key, const char *text, void *at, char *why)
{
	uint32_t i;
	int n;

	for (i = 0; key->choices[i]; i++) {
		if (strcmp(text, key->choices[i]) != 0)
			continue;
		memcpy(at, &i, sizeof(i));
		return 0;
	}
	n = snprintf(why, CONF_WHY_MAX, "'%.64s' is unknown; one of", text);
	for (i = 0; key->choices[i]; i++)
		n += snprintf(why + n, CONF_WHY_MAX - (size_t)n, " %s", key->choices[i]);
	assert(n < CONF_WHY_MAX);
	return -EINVAL;
}

/* One entry more in a list of texts; a source named twice would count every packet twice. */
static int
conf_value_append(const char *text, struct conf_list *list, char *why)
{
	uint32_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->item[i], text) == 0)
			return CONF_WHY(why, "'%.64s' is named twice", text);
	if (list->count == CONF_LIST_MAX)
		return CONF_WHY(why, "more than %u entries", CONF_LIST_MAX);
	memset(list->item[list->count], 0, CONF_ITEM_MAX);
	strcpy(list->item[list->count++], text);
	return 0;
}

static int
conf_value_interface(const struct conf_key *key BASE_UNUSED, const char *text, void *at, char *why)
{
	size_t n = strlen(text);

	if (n == 0 || n >= IF_NAMESIZE)
		return CONF_WHY(why, "'%.64s' is not an interface's name, 1 to %d bytes", text,
		                IF_NAMESIZE - 1);
	if (strpbrk(text, "/ ,") || conf_value_has_control(text))
		return CONF_WHY(why, "'%.64s' is not an interface's name", text);
	return conf_value_append(text, at, why);
}

/* [DDDD:]BB:DD.F, hexadecimal; the domain may have up to eight digits, as the kernel prints it. */
static bool
conf_value_is_pci(const char *text)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	size_t n = strspn(text, hex);

	if (n >= 4 && n <= 8 && text[n] == ':')
		text += n + 1;
	return strspn(text, hex) == 2 && text[2] == ':' && strspn(text + 3, hex) == 2 &&
	       text[5] == '.' && text[6] >= '0' && text[6] <= '7' && text[7] == '\0';
}

static int
conf_value_pci(const struct conf_key *key BASE_UNUSED, const char *text, void *at, char *why)
{
	if (!conf_value_is_pci(text))
		return CONF_WHY(why, "'%.64s' is not a PCI address, as 0000:03:00.0", text);
	return conf_value_append(text, at, why);
}

static int
conf_value_vdev(const struct conf_key *key BASE_UNUSED, const char *text, void *at, char *why)
{
	size_t n = strlen(text);

	if (n == 0 || n >= CONF_ITEM_MAX)
		return CONF_WHY(why, "a device takes 1 to %u bytes", CONF_ITEM_MAX - 1);
	if (conf_value_has_control(text))
		return CONF_WHY(why, "has a control character or a line end in it");
	return conf_value_append(text, at, why);
}

static int
conf_value_net(const char *text, struct conf_net *net, char *why)
{
	char meant[CONF_NET_TEXT_MAX];
	int rc = conf_net_parse(net, text);

	if (rc == -EDOM && conf_net_mask(net, text) == 0) {
		conf_net_format(net, meant);
		return CONF_WHY(why, "'%.64s' has bits set beyond its length; %s?", text, meant);
	}
	if (rc == -ERANGE)
		return CONF_WHY(why, "'%.64s': a length is at most %s", text,
		                strchr(text, ':') ? "128" : "32");
	if (rc)
		return CONF_WHY(why, "'%.64s' is not a network, as 10.0.0.0/8 or fd00::/8", text);
	return 0;
}

static int
conf_value_nets(const struct conf_key *key BASE_UNUSED, const char *text, void *at, char *why)
{
	struct conf_home *home = at;
	struct conf_net net;

	if (conf_value_net(text, &net, why))
		return -EINVAL;
	if (home->count == CONF_NETS_MAX)
		return CONF_WHY(why, "more than %u networks", CONF_NETS_MAX);
	home->net[home->count++] = net;
	return 0;
}

/* One word that needs no quotes anywhere: in a filter, in JSON, in CSV, as a column. */
static bool
conf_value_is_label(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n < CONF_LABEL_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                    "0123456789._-") == n;
}

static int
conf_value_name(const char *net_text, const char *label, struct conf_names *names, char *why)
{
	struct conf_label item = { .label = "" };
	uint32_t i;

	if (conf_value_net(net_text, &item.net, why))
		return -EINVAL;
	if (!conf_value_is_label(label))
		return CONF_WHY(why, "'%.64s' is not a name, 1 to %u letters, digits, . _ and -",
		                label, CONF_LABEL_MAX - 1);
	for (i = 0; i < names->count; i++)
		if (memcmp(&names->item[i].net, &item.net, sizeof(item.net)) == 0)
			return CONF_WHY(why, "'%.64s' has a name already, %s", net_text,
			                names->item[i].label);
	if (names->count == CONF_NAMES_MAX)
		return CONF_WHY(why, "more than %u names", CONF_NAMES_MAX);
	strcpy(item.label, label);
	names->item[names->count++] = item;
	return 0;
}

/* ADDRESS[/LENGTH] NAME, as in /etc/hosts. */
static int
conf_value_names(const struct conf_key *key BASE_UNUSED, const char *text, void *at, char *why)
{
	static const char blanks[] = " \t";
	size_t n = strcspn(text, blanks);
	const char *label = text + n + strspn(text + n, blanks);
	char net[CONF_NET_TEXT_MAX];

	if (*label == '\0' || n >= sizeof(net) || label[strcspn(label, blanks)] != '\0')
		return CONF_WHY(why, "'%.64s' is not a network and its name, as \"10.0.0.1 db1\"",
		                text);
	memcpy(net, text, n);
	net[n] = '\0';
	return conf_value_name(net, label, at, why);
}

static conf_value_reader *const conf_value_readers[CONF_KINDS] = {
	[CONF_KIND_TEXT] = conf_value_text,     [CONF_KIND_PATH] = conf_value_path,
	[CONF_KIND_NUMBER] = conf_value_number, [CONF_KIND_BOOL] = conf_value_bool,
	[CONF_KIND_CHOICE] = conf_value_choice, [CONF_KIND_INTERFACE] = conf_value_interface,
	[CONF_KIND_PCI] = conf_value_pci,       [CONF_KIND_VDEV] = conf_value_vdev,
	[CONF_KIND_NETS] = conf_value_nets,     [CONF_KIND_NAMES] = conf_value_names,
};

int
conf_value_read(const struct conf_key *key, const char *text, struct conf *conf,
                char why[CONF_WHY_MAX])
{
	assert(key->kind < CONF_KINDS);
	return conf_value_readers[key->kind](key, text, (char *)conf + key->offset, why);
}

void
conf_value_clear(const struct conf_key *key, struct conf *conf)
{
	assert(conf_key_is_list(key));
	if (key->kind == CONF_KIND_NETS)
		memset(&conf->home, 0, sizeof(conf->home));
	else if (key->kind == CONF_KIND_NAMES)
		memset(&conf->names, 0, sizeof(conf->names));
	else
		memset((char *)conf + key->offset, 0, sizeof(struct conf_list));
}
