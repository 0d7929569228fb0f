/* SPDX-License-Identifier: BSD-3-Clause */
/* From the configuration to a plan of what remains; see rights.h. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
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
		.net_raw = conf->sources.interface.count > 0,
		.seccomp = rights_filters(options),
		.features = rights_features(options),
		.core = conf->core || RIGHTS_SANITIZED,
	};
	int error = privilege_drop(&plan);

	/* Changing the user makes the kernel forget that a private daemon ends with its parent. */
	if (error == 0 && options->private_fd >= 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		error = -errno;
	if (error != 0 || options->account.uid == CTL_NO_ID || options->private_fd >= 0)
		return error;
	rights_check_socket(options);
	rights_check_reload(options);
	return 0;
}
