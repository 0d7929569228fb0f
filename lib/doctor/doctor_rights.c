/* SPDX-License-Identifier: BSD-3-Clause */
/* What this process may: capabilities, locked memory, the user who remains; see doctor_checks.h. */

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_text.h"
#include "doctor_checks.h"
#include "doctor_file.h"

#define RIGHTS_TEXT_MAX   4096
#define RIGHTS_PASSWD_MAX 65536
#define RIGHTS_RING_MB    128 /* locked, of each kernel interface */

bool
doctor_has_capability(const struct doctor *doctor, unsigned capability)
{
	char status[RIGHTS_TEXT_MAX];
	const char *set;

	if (!doctor_read(doctor->machine, status, sizeof(status), "/proc/self/status"))
		return false;
	set = doctor_field(status, "CapEff");
	return set && (strtoull(set, NULL, 16) >> capability & 1);
}

/* Whose rights remain once the ports are open. */
static void
rights_user(struct doctor *doctor)
{
	static char passwd[RIGHTS_PASSWD_MAX];
	const char *user = doctor->setup->conf.user[0] ? doctor->setup->conf.user : "spanstat";

	doctor_read(doctor->machine, passwd, sizeof(passwd), "/etc/passwd");
	if (strspn(user, "0123456789") == strlen(user) || doctor_field(passwd, user)) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("the rights of user %s remain"), user);
	} else if (doctor->setup->conf.user[0]) {
		doctor_add(doctor, REPORT_FINDING_MUST, "", _("there is no user %s"), user);
		doctor_mend(doctor, "adduser --system --group %s", user);
	} else {
		doctor_add(doctor, REPORT_FINDING_ADVICE, "",
		           _("there is no user %s, so nobody's rights remain, who may have other "
		             "processes"),
		           user);
		doctor_mend(doctor, "adduser --system --group %s", user);
	}
}

void
doctor_check_rights(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	if (doctor_has_capability(doctor, CAP_NET_RAW)) {
		doctor_add(doctor, REPORT_FINDING_OK, "",
		           _("this process may open packet sockets (CAP_NET_RAW)"));
	} else if (doctor_has_kind(doctor, DOCTOR_PORT_INTERFACE)) {
		doctor_add(doctor, REPORT_FINDING_MUST, "",
		           _("this process may not open a packet socket, which takes CAP_NET_RAW"));
		doctor_mend(doctor,
		            "sudo spanstat doctor # or setpriv --inh-caps +net_raw,+ipc_lock "
		            "--ambient-caps +net_raw,+ipc_lock spanstatd ...");
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, "",
		           _("no port takes CAP_NET_RAW, which this process does not have"));
	}
	rights_user(doctor);
}

/* The soft limit in bytes; UINT64_MAX: there is none, or it is not known. */
static uint64_t
rights_memlock(const struct doctor *doctor)
{
	char limits[RIGHTS_TEXT_MAX];
	const char *value;

	if (!doctor_read(doctor->machine, limits, sizeof(limits), "/proc/self/limits"))
		return UINT64_MAX;
	value = doctor_field(limits, "Max locked memory");
	if (value == NULL || !strncmp(value, "unlimited", 9))
		return UINT64_MAX;
	return strtoull(value, NULL, 10);
}

void
doctor_check_memlock(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	uint64_t limit = rights_memlock(doctor), need = 0;

	if (limit == UINT64_MAX || doctor_has_capability(doctor, CAP_IPC_LOCK)) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("no limit"));
		return;
	}
	for (unsigned i = 0; i < doctor->setup->n_ports; i++) {
		if (doctor->setup->ports[i].kind == DOCTOR_PORT_PCI)
			need = UINT64_MAX; /* all that the NIC may write to */
		else if (need != UINT64_MAX)
			need += (uint64_t)RIGHTS_RING_MB << 20;
	}
	if (limit >= need) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("%llu MB may be locked"),
		           (unsigned long long)(limit >> 20));
		return;
	}
	doctor_add(doctor, REPORT_FINDING_MUST, "",
	           need == UINT64_MAX
	               ? _("only %llu MB may be locked, and a NIC needs all that it writes to")
	               : _("only %llu MB may be locked, and the ring of an interface takes 128"),
	           (unsigned long long)(limit >> 20));
	doctor_mend(doctor,
	            "ulimit -l unlimited # LimitMEMLOCK=infinity in a unit; or CAP_IPC_LOCK");
}
