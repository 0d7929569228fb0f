/* SPDX-License-Identifier: BSD-3-Clause */
/* Small files of the kernel; see doctor_file.h. */

#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf_cpus.h"
#include "doctor_file.h"

#define FILE_STATUS_MAX 4096
#define FILE_LIST_MAX   4096

static void
file_path(char *to, const struct doctor_machine *machine, const char *path, va_list arguments)
{
	int n = snprintf(to, DOCTOR_PATH_MAX, "%s", machine->root);

	if (n < DOCTOR_PATH_MAX)
		vsnprintf(to + n, DOCTOR_PATH_MAX - (size_t)n, path, arguments);
}

/* The path below the root, from the arguments after `path`. */
#define FILE_PATH(to, machine, path)                                                               \
	do {                                                                                       \
		va_list path_arguments;                                                            \
                                                                                                   \
		va_start(path_arguments, path);                                                    \
		file_path(to, machine, path, path_arguments);                                      \
		va_end(path_arguments);                                                            \
	} while (0)

static bool
file_read(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 0;

	to[0] = '\0';
	if (fd < 0)
		return false;
	while (used < size - 1 && (n = read(fd, to + used, size - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	if (used > 0 && to[used - 1] == '\n')
		used--;
	to[used] = '\0';
	return n >= 0;
}

bool
doctor_read(const struct doctor_machine *machine, char *to, size_t size, const char *path, ...)
{
	char whole[DOCTOR_PATH_MAX];

	FILE_PATH(whole, machine, path);
	return file_read(whole, to, size);
}

bool
doctor_read_number(const struct doctor_machine *machine, long long *to, const char *path, ...)
{
	char whole[DOCTOR_PATH_MAX], text[64], *end;

	FILE_PATH(whole, machine, path);
	if (!file_read(whole, text, sizeof(text)))
		return false;
	*to = strtoll(text, &end, 0);
	return end > text && *end == '\0';
}

bool
doctor_read_cpus(const struct doctor_machine *machine, cpu_set_t *to, const char *path, ...)
{
	char whole[DOCTOR_PATH_MAX], text[FILE_LIST_MAX];

	FILE_PATH(whole, machine, path);
	CPU_ZERO(to);
	return file_read(whole, text, sizeof(text)) && conf_cpus_parse_set(text, to) == 0;
}

bool
doctor_read_link(const struct doctor_machine *machine, char *to, size_t size, const char *path, ...)
{
	char whole[DOCTOR_PATH_MAX], target[DOCTOR_PATH_MAX];
	const char *last;
	ssize_t n;

	FILE_PATH(whole, machine, path);
	n = readlink(whole, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	last = strrchr(target, '/');
	snprintf(to, size, "%s", last ? last + 1 : target);
	return true;
}

bool
doctor_has(const struct doctor_machine *machine, const char *path, ...)
{
	char whole[DOCTOR_PATH_MAX];

	FILE_PATH(whole, machine, path);
	return access(whole, F_OK) == 0;
}

/* --- who may --------------------------------------------------------------------------------- */

const char *
doctor_field(const char *text, const char *name)
{
	size_t n = strlen(name);

	while (text) {
		if (!strncmp(text, name, n) && strchr(": \t", text[n]) && text[n] != '\0') {
			text += n;
			return text + strspn(text, ": \t");
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

/* Is the group the effective one, or one of the others? */
static bool
file_is_in_group(const char *status, unsigned long gid)
{
	const char *gids = doctor_field(status, "Gid"), *others = doctor_field(status, "Groups");
	unsigned long effective = 0;
	char *end;

	if (gids && sscanf(gids, "%*u %lu", &effective) == 1 && effective == gid)
		return true;
	while (others && *others != '\n' && *others != '\0') {
		if (strtoul(others, &end, 10) == gid && end > others)
			return true;
		if (end == others)
			return false;
		others = end + strspn(end, " \t");
	}
	return false;
}

bool
doctor_may_use(const struct doctor_machine *machine, const char *path, ...)
{
	char whole[DOCTOR_PATH_MAX], status[FILE_STATUS_MAX];
	const char *uids, *capabilities;
	unsigned long uid = 0;
	struct stat st;
	mode_t needs = S_IROTH | S_IWOTH;

	FILE_PATH(whole, machine, path);
	if (stat(whole, &st) != 0 ||
	    !doctor_read(machine, status, sizeof(status), "/proc/self/status"))
		return false;
	capabilities = doctor_field(status, "CapEff");
	if (capabilities && (strtoull(capabilities, NULL, 16) >> CAP_DAC_OVERRIDE & 1))
		return true;
	uids = doctor_field(status, "Uid");
	if (uids && sscanf(uids, "%*u %lu", &uid) == 1 && uid == st.st_uid)
		needs = S_IRUSR | S_IWUSR;
	else if (file_is_in_group(status, st.st_gid))
		needs = S_IRGRP | S_IWGRP;
	return (st.st_mode & needs) == needs;
}

/* --- folders --------------------------------------------------------------------------------- */

static int
file_is_listed(const struct dirent *name)
{
	return name->d_name[0] != '.';
}

int
doctor_list(const struct doctor_machine *machine, struct dirent ***names, const char *path, ...)
{
	char whole[DOCTOR_PATH_MAX];
	int n;

	FILE_PATH(whole, machine, path);
	n = scandir(whole, names, file_is_listed, versionsort);
	return n < 0 ? 0 : n;
}

void
doctor_list_free(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	if (n > 0)
		free(names);
}
