/* SPDX-License-Identifier: BSD-3-Clause */
/* The ports of tunnels: the usual ones, and what the configuration says instead. Control. */

#include <errno.h>

#include "layer.h"

#define LAYER_USUAL_PORTS 2

static const struct {
	const char *key;
	uint8_t layer, either;
	uint16_t usual[LAYER_USUAL_PORTS];
} layer_port_kinds[] = {
#define X(symbol, name, is_either, ...)                                                            \
	[LAYER_PORT_##symbol] = { name, LAYER_##symbol, is_either, { __VA_ARGS__ } },
	LAYER_PORT_KINDS(X)
#undef X
};

const char *
layer_settings_key(enum layer_port_kind kind)
{
	assert(kind < LAYER_N_PORT_KINDS);
	return layer_port_kinds[kind].key;
}

void
layer_settings_init(struct layer_settings *settings)
{
	*settings = (struct layer_settings){ .depth = PACKET_TUNNEL_MAX };
	for (unsigned kind = 0; kind < LAYER_N_PORT_KINDS; kind++) {
		const uint16_t *usual = layer_port_kinds[kind].usual;

		layer_settings_set_ports(settings, (enum layer_port_kind)kind, usual,
		                         usual[1] != 0 ? 2 : 1);
	}
}

static int
layer_settings_add(struct layer_settings *settings, enum layer_port_kind kind, uint16_t port)
{
	unsigned layer = layer_port_kinds[kind].layer;

	for (unsigned i = 0; i < settings->n; i++)
		if (settings->ports[i] == port)
			return settings->layer[i] == layer ? 0 : -EEXIST;
	if (settings->n == LAYER_PORTS_MAX)
		return -ENOSPC;
	settings->ports[settings->n] = port;
	settings->layer[settings->n] = (uint8_t)layer;
	settings->either[settings->n] = layer_port_kinds[kind].either;
	settings->n++;
	return 0;
}

int
layer_settings_set_ports(struct layer_settings *settings, enum layer_port_kind kind,
                         const uint16_t *ports, unsigned n)
{
	struct layer_settings made = { .depth = settings->depth };
	int error = 0;

	for (unsigned i = 0; i < settings->n; i++)
		if (settings->layer[i] != layer_port_kinds[kind].layer) {
			made.ports[made.n] = settings->ports[i];
			made.layer[made.n] = settings->layer[i];
			made.either[made.n] = settings->either[i];
			made.n++;
		}
	for (unsigned i = 0; i < n && error == 0; i++)
		error = layer_settings_add(&made, kind, ports[i]);
	if (error == 0)
		*settings = made;
	return error;
}

unsigned
layer_settings_layer(const struct layer_settings *settings, uint16_t src, uint16_t dst)
{
	unsigned layer = 0;

	/* The receiver's port says more than the sender's. */
	for (unsigned i = 0; i < settings->n; i++) {
		if (settings->ports[i] == dst)
			return settings->layer[i];
		if (settings->ports[i] == src && settings->either[i])
			layer = settings->layer[i];
	}
	return layer;
}
