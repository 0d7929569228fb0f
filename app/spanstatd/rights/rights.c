/* SPDX-License-Identifier: BSD-3-Clause */
/* From the configuration to a plan of what remains; see rights.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base_log.h"
#include "privilege.h"
#include "privilege_calls.h"
#include "rights.h"

static_assert(PRIVILEGE_KEEP == CTL_NO_ID, "nobody is nobody");

/* Sanitizers ask the kernel for more, and trace the process at its end. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RIGHTS_SANITIZED true
#else
#define RIGHTS_SANITIZED false
#endif

/* A private daemon has no key that says that the kernel knows no filters. */
static bool
rights_filters(const struct options *options)
{
	if (RIGHTS_SANITIZED || !options->conf.seccomp)
		return false;
	return options->private_fd < 0 || prctl(PR_GET_SECCOMP) >= 0;
}

/* What it goes on doing. */
static unsigned
rights_features(const struct options *options)
{
	const struct conf *conf = &options->conf;
	unsigned features = options->private_fd >= 0 ? PRIVILEGE_CLIENT : PRIVILEGE_SERVER;

	if (conf->sources.interface.count > 0)
		features |= PRIVILEGE_KERNEL;
	if (conf->sources.pci.count > 0 || conf->sources.vdev.count > 0 || conf->eal[0] != '\0')
		features |= PRIVILEGE_DRIVER;
	return features;
}

/* Whether a packet socket may have to be opened again; dpdk_port_init has the same names. */
static bool
rights_opens_interfaces(const struct conf_sources *sources)
{
	for (unsigned i = 0; i < sources->vdev.count; i++)
		if (strncmp(sources->vdev.item[i], "net_af_packet", 13) == 0)
			return true;
	return sources->interface.count > 0;
}

/* The file of a Unix socket on which this process listens; all else is passed over. */
static void
rights_give_socket(int fd, uint32_t uid)
{
	struct sockaddr_un addr = { .sun_family = AF_UNSPEC };
	socklen_t length = sizeof(addr), size = sizeof(int);
	int listens = 0, file;
	struct stat st;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens ||
	    getsockname(fd, (struct sockaddr *)&addr, &length) != 0 || addr.sun_family != AF_UNIX ||
	    addr.sun_path[0] == '\0')
		return;
	file = open(addr.sun_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0)
		return;
	if (fstat(file, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_uid == geteuid() &&
	    fchownat(file, "", uid, CTL_NO_ID, AT_EMPTY_PATH) != 0)
		base_warning("%s: it cannot be given to the user: %s", addr.sun_path,
		             strerror(errno));
	close(file);
}

/* Drivers remove their sockets in the end, and do not start where one is left. */
static void
rights_give_sockets(uint32_t uid)
{
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			rights_give_socket(atoi(entry->d_name), uid);
	if (folder != NULL)
		closedir(folder);
}

/* What the user may not remove stays behind at the end, and does no harm. */
static void
rights_check_socket(const struct options *options)
{
	const char *path = options->conf.socket, *slash = strrchr(path, '/');
	char folder[CONF_SOCKET_MAX];

	memcpy(folder, path, sizeof(folder));
	folder[slash != NULL && slash > path ? slash - path : 1] = '\0';
	if (access(folder, W_OK | X_OK) != 0)
		base_warning("%s: user %s may not remove it: it stays behind at the end, and the "
		             "next start replaces it",
		             path, options->account.user);
}

void
rights_check_reload(const struct options *options)
{
	if (options->account.uid != CTL_NO_ID && options->config_path != NULL &&
	    access(options->config_path, R_OK) != 0 && errno == EACCES)
		base_warning("%s: user %s may not read it: SIGHUP changes nothing",
		             options->config_path, options->account.user);
}

int
rights_drop(const struct options *options)
{
	const struct conf *conf = &options->conf;
	const struct privilege_plan plan = {
		.uid = options->account.uid,
		.gid = options->account.gid,
		.user = options->account.user,
		.net_raw = rights_opens_interfaces(&conf->sources),
		.seccomp = rights_filters(options),
		.features = rights_features(options),
		.core = conf->core || RIGHTS_SANITIZED,
	};
	int error;

	if (options->account.uid != CTL_NO_ID)
		rights_give_sockets(options->account.uid);
	error = privilege_drop(&plan);
	/* Changing the user makes the kernel forget that a private daemon ends with its parent. */
	if (error == 0 && options->private_fd >= 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		error = -errno;
	if (error != 0 || options->account.uid == CTL_NO_ID || options->private_fd >= 0)
		return error;
	rights_check_socket(options);
	rights_check_reload(options);
	return 0;
}
