/* SPDX-License-Identifier: BSD-3-Clause */
/* From a configuration and words to ports; see doctor_setup.h. */

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_check.h"
#include "conf_file.h"
#include "doctor_setup.h"

static void
setup_take_mistake(void *arg, const char *message)
{
	struct doctor_setup *setup = arg;

	if (setup->error[0] == '\0')
		snprintf(setup->error, sizeof(setup->error), "%s", message);
}

static int
setup_add(struct doctor_setup *setup, enum doctor_port_kind kind, const char *name)
{
	bool is_short = kind == DOCTOR_PORT_PCI && strlen(name) == strlen("BB:DD.F");
	struct doctor_port port = { .kind = kind };

	if (setup->n_ports == DOCTOR_PORTS_MAX)
		return -ENOSPC;
	snprintf(port.name, sizeof(port.name), "%s%.32s", is_short ? "0000:" : "", name);
	setup->ports[setup->n_ports] = port;
	setup->n_ports++;
	return 0;
}

/* Some virtual devices stand on a kernel interface. */
static void
setup_add_vdev(struct doctor_setup *setup, const char *arguments)
{
	const char *name = strstr(arguments, ",iface=");
	char interface[IFNAMSIZ];

	if (name == NULL || (strncmp(arguments, "net_af_packet", 13) != 0 &&
	                     strncmp(arguments, "net_af_xdp", 10) != 0))
		return;
	name += strlen(",iface=");
	snprintf(interface, sizeof(interface), "%.*s", (int)strcspn(name, ","), name);
	setup_add(setup, DOCTOR_PORT_INTERFACE, interface);
}

static void
setup_add_sources(struct doctor_setup *setup)
{
	const struct conf_sources *sources = &setup->conf.sources;

	for (unsigned i = 0; i < sources->interface.count; i++)
		setup_add(setup, DOCTOR_PORT_INTERFACE, sources->interface.item[i]);
	for (unsigned i = 0; i < sources->pci.count; i++)
		setup_add(setup, DOCTOR_PORT_PCI, sources->pci.item[i]);
	for (unsigned i = 0; i < sources->vdev.count; i++)
		setup_add_vdev(setup, sources->vdev.item[i]);
}

void
doctor_setup_read(struct doctor_setup *setup, const char *path)
{
	struct conf_machine machine;
	struct conf_lines lines;

	memset(setup, 0, sizeof(*setup));
	conf_init(&setup->conf);
	if (path == NULL && access(DOCTOR_CONF, F_OK) != 0)
		return;
	snprintf(setup->file, sizeof(setup->file), "%s", path ? path : DOCTOR_CONF);
	if (conf_load(setup->file, &setup->conf, &lines, setup_take_mistake, setup) == 0) {
		conf_cpus_read(&machine);
		conf_check(&setup->conf, &machine, setup->file, &lines, setup_take_mistake, setup);
	}
	setup_add_sources(setup);
}

/* --- by hand --------------------------------------------------------------------------------- */

/* [DDDD:]BB:DD.F, hexadecimal. */
static bool
setup_is_pci(const char *name)
{
	const char *form = strlen(name) == strlen("BB:DD.F") ? "xx:xx.x" : "xxxx:xx:xx.x";

	if (strlen(name) != strlen(form))
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'x' ? !strchr("0123456789abcdefABCDEF", name[i])
		                   : name[i] != form[i])
			return false;
	return true;
}

/* What the kernel takes: no slash, no blank, no colon. */
static bool
setup_is_interface(const char *name)
{
	if (strlen(name) == 0 || strlen(name) >= IFNAMSIZ || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return false;
	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == ':' || *p <= ' ' || *p == '\x7f')
			return false;
	return true;
}

int
doctor_setup_name(struct doctor_setup *setup, const char *name, bool is_first)
{
	bool is_pci = setup_is_pci(name);

	if (!is_pci && !setup_is_interface(name))
		return -EINVAL;
	if (is_first)
		setup->n_ports = 0;
	return setup_add(setup, is_pci ? DOCTOR_PORT_PCI : DOCTOR_PORT_INTERFACE, name);
}
