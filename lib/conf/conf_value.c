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

#include "base_plain.h"
#include "conf_address.h"
#include "conf_cpus.h"
#include "conf_eal.h"
#include "conf_value.h"

typedef int conf_value_reader(const struct conf_key *key, const char *text, void *at, char *why);

#define CONF_WHY(why, ...) (snprintf(why, CONF_WHY_MAX, __VA_ARGS__), -EINVAL)

static bool
conf_value_has_control(const char *text)
{
	size_t n = strlen(text), length;
	uint32_t code;

	for (; n > 0; text += length, n -= length) {
		length = base_plain_utf8(text, n, &code);
		if (length > 0 && !base_plain_is(code))
			return true;
		length += length == 0; /* a letter of another code than UTF-8, perhaps */
	}
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

static int
conf_value_number(const struct conf_key *key, const char *text, void *at, char *why)
{
	bool negative = text[0] == '-';
	uint64_t number = 0;
	uint32_t value;
	int rc = base_parse_number(text + negative, strlen(text + negative), key->max, &number);

	if (rc == -EINVAL)
		return CONF_WHY(why, "'%.64s' is not a whole number", text);
	if (rc || negative || number < key->min)
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

/* A network of the `n` bytes at `text`, which is the beginning of the value or all of it. */
static int
conf_value_net(const char *text, size_t n, struct base_net *net, char *why)
{
	int rc = base_parse_net(text, n, net), cut = n > 64 ? 64 : (int)n;
	char meant[BASE_NET_TEXT_MAX];

	if (rc == -ERANGE)
		return CONF_WHY(why, "'%.*s': a length is at most %s", cut, text,
		                memchr(text, ':', n) ? "128" : "32");
	if (rc)
		return CONF_WHY(why, "'%.*s' is not a network, as 10.0.0.0/8 or fd00::/8", cut,
		                text);
	if (!base_net_mask(net->addr, net->len))
		return 0;
	base_net_format(net, meant);
	return CONF_WHY(why, "'%.*s' has bits set beyond its length; %s?", cut, text, meant);
}

static int
conf_value_nets(const struct conf_key *key, const char *text, void *at, char *why)
{
	struct conf_home *home = at;
	struct base_net net;

	if (conf_value_net(text, strlen(text), &net, why))
		return -EINVAL;
	if (home->count == key->max)
		return CONF_WHY(why, "more than %u networks", key->max);
	home->net[home->count++] = net;
	return 0;
}

static int
conf_value_ports(const struct conf_key *key, const char *text, void *at, char *why)
{
	struct conf_ports *ports = at;
	uint64_t port;
	uint32_t i;

	if (base_parse_number(text, strlen(text), UINT16_MAX, &port) || port == 0)
		return CONF_WHY(why, "'%.64s' is not a port, 1 to 65535", text);
	for (i = 0; i < ports->count; i++)
		if (ports->port[i] == port)
			return CONF_WHY(why, "port %u is there already", ports->port[i]);
	if (ports->count == key->max)
		return CONF_WHY(why, "more than %u ports", key->max);
	ports->port[ports->count++] = (uint16_t)port;
	return 0;
}

/* ADDRESS[/LENGTH] NAME, as in /etc/hosts. */
static int
conf_value_names(const struct conf_key *key BASE_UNUSED, const char *text, void *at, char *why)
{
	static const char blanks[] = " \t";
	size_t n = strcspn(text, blanks);
	const char *label = text + n + strspn(text + n, blanks);
	struct conf_label item = { .label = "" };
	struct conf_names *names = at;
	uint32_t i;

	if (*label == '\0' || n >= BASE_NET_TEXT_MAX || label[strcspn(label, blanks)] != '\0')
		return CONF_WHY(why, "'%.64s' is not a network and its name, as \"10.0.0.1 db1\"",
		                text);
	if (conf_value_net(text, n, &item.net, why))
		return -EINVAL;
	if (!base_parse_is_label(label, strlen(label), ""))
		return CONF_WHY(why, "'%.64s' is not a name, 1 to %u letters, digits, . _ and -",
		                label, CONF_LABEL_MAX - 1);
	for (i = 0; i < names->count; i++)
		if (memcmp(&names->item[i].net, &item.net, sizeof(item.net)) == 0)
			return CONF_WHY(why, "'%.*s' has a name already, %s", (int)n, text,
			                names->item[i].label);
	if (names->count == CONF_NAMES_MAX)
		return CONF_WHY(why, "more than %u names", CONF_NAMES_MAX);
	strcpy(item.label, label);
	names->item[names->count++] = item;
	return 0;
}

static int
conf_value_eal(const struct conf_key *key, const char *text, void *at, char *why)
{
	if (conf_eal_refuses(text, why))
		return -EINVAL;
	return conf_value_text(key, text, at, why);
}

static int
conf_value_cpus(const struct conf_key *key, const char *text, void *at, char *why)
{
	struct conf_cpu_list list;
	int rc = conf_cpus_parse(text, key->max, &list, why);

	if (rc == 0)
		memcpy(at, &list, sizeof(list));
	return rc;
}

static int
conf_value_address(const struct conf_key *key, const char *text, void *at, char *why)
{
	struct conf_address address;

	if (text[0] != '\0' && conf_address_parse(text, &address) != 0)
		return CONF_WHY(why,
		                "'%.64s' is not an address and a port, as 127.0.0.1:9180 or "
		                "[::1]:9180",
		                text);
	return conf_value_text(key, text, at, why);
}

static conf_value_reader *const conf_value_readers[CONF_KINDS] = {
	[CONF_KIND_TEXT] = conf_value_text,     [CONF_KIND_PATH] = conf_value_path,
	[CONF_KIND_NUMBER] = conf_value_number, [CONF_KIND_BOOL] = conf_value_bool,
	[CONF_KIND_CHOICE] = conf_value_choice, [CONF_KIND_INTERFACE] = conf_value_interface,
	[CONF_KIND_PCI] = conf_value_pci,       [CONF_KIND_VDEV] = conf_value_vdev,
	[CONF_KIND_NETS] = conf_value_nets,     [CONF_KIND_NAMES] = conf_value_names,
	[CONF_KIND_PORTS] = conf_value_ports,   [CONF_KIND_EAL] = conf_value_eal,
	[CONF_KIND_CPUS] = conf_value_cpus,     [CONF_KIND_ADDRESS] = conf_value_address,
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
	memset((char *)conf + key->offset, 0, conf_key_bytes(key));
}
