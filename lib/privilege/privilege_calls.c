/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of system calls, and the filter that is made of it; see privilege_calls.h.
 *
 * A row is a call that a feature needs, with one argument compared where that says more than the
 * number. A call that stands in several rows is answered if one of them fits. Calls that a kernel
 * or a library does not know are passed over.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>

#include "privilege_calls.h"

/* How an argument is compared. */
enum calls_compare {
	CALLS_ANY,
	CALLS_IS,      /* its low 32 bits are `value` */
	CALLS_WITHOUT, /* none of the bits of `value` are set */
	CALLS_WITH,    /* all of them are */
};

struct calls_row {
	unsigned feature;
	const char *name;
	enum calls_compare compare;
	unsigned argument;
	uint64_t value;
};

#define A      PRIVILEGE_ALWAYS
#define CLIENT (PRIVILEGE_CLIENT | PRIVILEGE_SERVER)
#define SERVER PRIVILEGE_SERVER
#define KERNEL PRIVILEGE_KERNEL
#define DRIVER PRIVILEGE_DRIVER
#define PORTS  (PRIVILEGE_KERNEL | PRIVILEGE_DRIVER)

/* A file that is opened so is neither changed nor made. */
#define CALLS_WRITES (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

/* clang-format off */
static const struct calls_row calls_rows[] = {
	/* memory; nothing that is written becomes code */
	{ A, "brk" }, { A, "munmap" }, { A, "mremap" }, { A, "madvise" },
	{ A, "mmap",     CALLS_WITHOUT, 2, PROT_EXEC },
	{ A, "mprotect", CALLS_WITHOUT, 2, PROT_EXEC },
	{ A, "get_mempolicy" }, { A, "set_mempolicy" }, { A, "mbind" },
	/* time */
	{ A, "clock_gettime" }, { A, "clock_getres" }, { A, "gettimeofday" }, { A, "time" },
	{ A, "clock_nanosleep" }, { A, "nanosleep" }, { A, "setitimer" },
	/* threads, and no process; without clone3, whose flags are in memory, clone is tried */
	{ A, "clone", CALLS_WITH, 0, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND },
	{ A, "futex" }, { A, "set_robust_list" }, { A, "rseq" }, { A, "membarrier" },
	{ A, "sched_yield" }, { A, "sched_getaffinity" },
	{ A, "sched_setaffinity" }, { A, "getcpu" },
	{ A, "gettid" }, { A, "getpid" }, { A, "tgkill" }, { A, "exit" }, { A, "exit_group" },
	{ A, "rt_sigaction" }, { A, "rt_sigprocmask" }, { A, "rt_sigreturn" }, { A, "sigaltstack" },
	{ A, "restart_syscall" },
	{ A, "prctl", CALLS_IS, 0, PR_SET_NAME }, { A, "prctl", CALLS_IS, 0, PR_GET_NAME },
	{ A, "prctl", CALLS_IS, 0, PR_SET_PDEATHSIG },
	/* what is open */
	{ A, "read" }, { A, "readv" }, { A, "pread64" }, { A, "preadv" }, { A, "write" },
	{ A, "writev" }, { A, "close" }, { A, "fcntl" }, { A, "lseek" }, { A, "fadvise64" },
	{ A, "fstat" }, { A, "poll" }, { A, "ppoll" }, { A, "select" }, { A, "pselect6" },
	{ A, "epoll_create" }, { A, "epoll_create1" }, { A, "pipe" }, { A, "eventfd" },
	{ A, "epoll_ctl" }, { A, "epoll_wait" }, { A, "epoll_pwait" },
	{ A, "epoll_pwait2" }, { A, "eventfd2" }, { A, "pipe2" }, { A, "timerfd_create" },
	{ A, "timerfd_settime" }, { A, "timerfd_gettime" },
	{ A, "ioctl", CALLS_IS, 1, FIONBIO }, { A, "ioctl", CALLS_IS, 1, TCGETS },
	/* files to read: the configuration, /proc, /sys */
	{ A, "openat", CALLS_WITHOUT, 2, CALLS_WRITES },
	{ A, "open", CALLS_WITHOUT, 1, CALLS_WRITES },
	{ A, "stat" }, { A, "lstat" }, { A, "newfstatat" }, { A, "statx" }, { A, "statfs" },
	{ A, "fstatfs" }, { A, "access" }, { A, "faccessat" }, { A, "faccessat2" },
	{ A, "readlink" }, { A, "readlinkat" }, { A, "getdents64" }, { A, "getcwd" },
	/* the process and the machine */
	{ A, "getrandom" }, { A, "uname" }, { A, "sysinfo" }, { A, "getuid" }, { A, "geteuid" },
	{ A, "getgid" }, { A, "getegid" }, { A, "getgroups" }, { A, "getppid" }, { A, "prlimit64" },
	{ A, "getrlimit" }, { A, "getrusage" },

	{ CLIENT, "sendto" }, { CLIENT, "sendmsg" }, { CLIENT, "recvfrom" }, { CLIENT, "recvmsg" },
	{ CLIENT, "shutdown" }, { CLIENT, "getsockopt" }, { CLIENT, "getsockname" },
	{ CLIENT, "getpeername" },

	{ SERVER, "accept4" }, { SERVER, "accept" }, { SERVER, "setsockopt" },
	{ SERVER, "unlink" }, { SERVER, "unlinkat" }, { SERVER, "rmdir" },
	{ SERVER, "ioctl", CALLS_IS, 1, FIONREAD }, /* how much a scraper has sent */

	/* an interface asked after, and opened anew when it has come back */
	{ KERNEL, "socket", CALLS_IS, 0, AF_PACKET }, { KERNEL, "socket", CALLS_IS, 0, AF_INET },
	{ KERNEL, "socket", CALLS_IS, 0, AF_NETLINK }, { KERNEL, "socket", CALLS_IS, 0, AF_UNIX },
	{ KERNEL, "ioctl", CALLS_IS, 1, SIOCGIFINDEX },
	{ KERNEL, "ioctl", CALLS_IS, 1, SIOCGIFNAME },
	{ KERNEL, "ioctl", CALLS_IS, 1, SIOCGIFFLAGS },
	{ KERNEL, "ioctl", CALLS_IS, 1, SIOCGIFHWADDR },
	{ KERNEL, "ioctl", CALLS_IS, 1, SIOCGIFMTU },
	{ KERNEL, "ioctl", CALLS_IS, 1, SIOCETHTOOL },
	{ PORTS, "bind" }, { PORTS, "getsockopt" }, { PORTS, "setsockopt" }, { PORTS, "sendto" },
	{ PORTS, "sendmsg" }, { PORTS, "recvfrom" }, { PORTS, "recvmsg" }, { PORTS, "getsockname" },

	/* other ends that come and go (memif, vhost), devices that are mapped (vfio) */
	{ DRIVER, "ioctl" }, { DRIVER, "mmap" }, { DRIVER, "mprotect" }, { DRIVER, "mlock" },
	{ DRIVER, "munlock" }, { DRIVER, "socket" },
	{ DRIVER, "socketpair" }, { DRIVER, "connect" },
	{ DRIVER, "listen" }, { DRIVER, "accept" }, { DRIVER, "accept4" }, { DRIVER, "shutdown" },
	{ DRIVER, "unlink" }, { DRIVER, "unlinkat" }, { DRIVER, "rmdir" }, { DRIVER, "openat" },
	{ DRIVER, "open" }, { DRIVER, "memfd_create" }, { DRIVER, "ftruncate" },
	{ DRIVER, "fallocate" }, { DRIVER, "flock" }, { DRIVER, "dup" }, { DRIVER, "dup2" },
	{ DRIVER, "dup3" }, { DRIVER, "userfaultfd" }, { DRIVER, "pwrite64" },
};

/* Nobody needs these, and who calls them has got in. */
static const char *const calls_deadly[] = {
	"execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "init_module",
	"finit_module", "kexec_load", "kexec_file_load", "bpf", "mount", "umount2", "pivot_root",
	"setns", "unshare", "add_key", "request_key", "keyctl",
};
/* clang-format on */

static int
calls_add(scmp_filter_ctx filter, const struct calls_row *row, int number)
{
	static const uint64_t low = UINT32_MAX;
	struct scmp_arg_cmp compare = { .arg = row->argument, .op = SCMP_CMP_MASKED_EQ };

	switch (row->compare) {
	case CALLS_ANY:
		return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 0, NULL);
	case CALLS_IS:
		compare.datum_a = low;
		compare.datum_b = row->value;
		break;
	case CALLS_WITHOUT:
		compare.datum_a = row->value;
		compare.datum_b = 0;
		break;
	case CALLS_WITH:
		compare.datum_a = compare.datum_b = row->value;
		break;
	}
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &compare);
}

static int
calls_add_rows(scmp_filter_ctx filter, unsigned features)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(calls_rows); i++) {
		int number = seccomp_syscall_resolve_name(calls_rows[i].name);
		int error = 0;

		if ((calls_rows[i].feature & features) && number != __NR_SCMP_ERROR)
			error = calls_add(filter, &calls_rows[i], number);
		if (error)
			return error;
	}
	return 0;
}

static int
calls_add_deadly(scmp_filter_ctx filter)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(calls_deadly); i++) {
		int number = seccomp_syscall_resolve_name(calls_deadly[i]), error = 0;

		if (number != __NR_SCMP_ERROR)
			error = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, number, 0);
		if (error)
			return error;
	}
	return 0;
}

/* All threads; the kernel's log has what is refused; no speculation is switched off for it. */
static int
calls_set_up(scmp_filter_ctx filter)
{
	int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* A kernel that does not know these two is as good without. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	return error;
}

int
privilege_calls_limit(unsigned features)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int error;

	if (!filter)
		return -ENOMEM;
	error = calls_set_up(filter);
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (!error)
		error = calls_add_rows(filter, features | PRIVILEGE_ALWAYS);
	if (!error)
		error = calls_add_deadly(filter);
	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}
