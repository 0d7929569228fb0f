/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a service manager hears: the datagrams of sd_notify(3), a few lines NAME=VALUE each.
 *
 * The protocol is one datagram to the socket that NOTIFY_SOCKET names. libsystemd makes a socket
 * for each; here one is opened at the start, so that the filter of system calls stays as it is and
 * no more is linked into what reads packets. Where nobody listens nothing is sent.
 *
 * Control, and the main thread before it.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "base_compiler.h"

/* Opens the socket, if the environment names one. Once, before rights are given up. */
void notify_open(void);

/* One datagram of at most 511 bytes; never waits, and a loss is no fault. */
void notify_send(const char *format, ...) BASE_PRINTF(1, 2);

/* The configuration is being read again, until the next READY=1. */
void notify_reloading(void);

#endif
