/* SPDX-License-Identifier: BSD-3-Clause */
/* The order in which rights go; see privilege.h. */

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base_log.h"
#include "privilege.h"
#include "privilege_calls.h"
#include "privilege_thread.h"

#define PRIVILEGE_FILTERED 2 /* of /proc: a filter is on */

#define PRIVILEGE_SECUREBITS                                                                       \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED |                    \
	 SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

static int
privilege_failed(const char *what, int error)
{
	base_error("rights cannot be given up: %s: %s", what, strerror(-error));
	return error;
}

int
privilege_begin(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (capng_get_caps_process())
		return -EINVAL;
	/* Who cannot do the rest gets nothing by exec in any case. */
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return 0;
	if (prctl(PR_SET_SECUREBITS, PRIVILEGE_SECUREBITS, 0, 0, 0))
		return -errno;
	capng_clear(CAPNG_SELECT_BOUNDS);
	return capng_apply(CAPNG_SELECT_BOUNDS) ? -EPERM : 0;
}

/* The C library does it in all threads; the kernel clears their capabilities meanwhile. */
static int
privilege_change_user(const struct privilege_plan *plan)
{
	if (initgroups(plan->user, plan->gid) || setresgid(plan->gid, plan->gid, plan->gid))
		return privilege_failed("groups", -errno);
	if (plan->net_raw && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return privilege_failed("capabilities", -errno);
	if (setresuid(plan->uid, plan->uid, plan->uid))
		return privilege_failed("user", -errno);
	return 0;
}

/*
 * The ring of a packet socket is locked in memory. True: any size may be locked without a
 * capability from now on, by all of the process.
 */
static bool
privilege_raise_memlock(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_MEMLOCK, &all) == 0;
}

static uint64_t
privilege_bit(int capability)
{
	return capng_have_capability(CAPNG_PERMITTED, (unsigned)capability)
	           ? UINT64_C(1) << capability
	           : 0;
}

/* What the calling thread keeps: a bit each. */
static uint64_t
privilege_kept(const struct privilege_plan *plan, bool locks_all)
{
	if (!plan->net_raw)
		return 0;
	capng_get_caps_process();
	return privilege_bit(CAP_NET_RAW) | (locks_all ? 0 : privilege_bit(CAP_IPC_LOCK));
}

static int
privilege_clear(uint64_t kept)
{
	int error = privilege_thread_clear_others();

	if (error)
		return privilege_failed("threads", error);
	capng_clear(CAPNG_SELECT_CAPS);
	for (unsigned i = 0; i < 64; i++)
		if (kept >> i & 1)
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, i);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return privilege_failed("capabilities", -EPERM);
	return 0;
}

/* Changing the user has forbidden it; here somebody has a word in it. */
static int
privilege_limit_core(bool core)
{
	const struct rlimit none = { 0, 0 };

	if (!core && setrlimit(RLIMIT_CORE, &none))
		return privilege_failed("core", -errno);
	if (prctl(PR_SET_DUMPABLE, core, 0, 0, 0))
		return privilege_failed("core", -errno);
	return 0;
}

/* --- what came of it ------------------------------------------------------------------------ */

struct privilege_wanted {
	const struct privilege_plan *plan;
	pid_t caller;
	uint64_t kept;
};

static bool
privilege_is_user(const struct privilege_thread *thread, const struct privilege_plan *plan)
{
	for (unsigned i = 0; i < 4 && plan->uid != PRIVILEGE_KEEP; i++)
		if (thread->uid[i] != plan->uid || thread->gid[i] != plan->gid)
			return false;
	return true;
}

static int
privilege_check(const struct privilege_thread *thread, void *ctx)
{
	const struct privilege_wanted *wanted = ctx;
	uint64_t may = thread->tid == wanted->caller ? wanted->kept : 0;
	const char *what = NULL;

	if (!privilege_is_user(thread, wanted->plan))
		what = "user";
	else if (thread->effective != may || thread->permitted != may || thread->ambient != 0)
		what = "capabilities";
	else if (thread->no_new_privs != 1)
		what = "no_new_privs";
	else if (wanted->plan->seccomp && thread->seccomp != PRIVILEGE_FILTERED)
		what = "seccomp";
	if (what == NULL)
		return 0;
	base_error("rights cannot be given up: thread %s: %s", thread->name, what);
	return -EPERM;
}

static int
privilege_check_all(const struct privilege_plan *plan, uint64_t kept)
{
	struct privilege_wanted wanted = { plan, (pid_t)syscall(SYS_gettid), kept };
	int error = privilege_thread_each(privilege_check, &wanted);

	if (error && error != -EPERM)
		return privilege_failed("/proc/self/task", error);
	return error;
}

int
privilege_drop(const struct privilege_plan *plan)
{
	bool locks_all = plan->net_raw && privilege_raise_memlock();
	uint64_t kept;
	int error = 0;

	if (plan->uid != PRIVILEGE_KEEP)
		error = privilege_change_user(plan);
	kept = privilege_kept(plan, locks_all);
	if (!error)
		error = privilege_clear(kept);
	if (!error)
		error = privilege_limit_core(plan->core);
	if (!error && plan->seccomp) {
		error = privilege_calls_limit(plan->features);
		if (error)
			privilege_failed("seccomp", error);
	}
	return error ? error : privilege_check_all(plan, kept);
}
