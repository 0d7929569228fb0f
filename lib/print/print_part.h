/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the printers of this library share: addresses, shares, times in buffers of the caller's.
 *
 * These reports have few lines, so printf is quick enough. Any thread.
 */
#ifndef PRINT_PART_H
#define PRINT_PART_H

#include "base_compiler.h"
#include "print_out.h"

BASE_BEGIN_DECLS

#define PRINT_PART_MAX 64 /* bytes of any of them, the NUL included */

/*
 * ADDR; for people, a host and a TCP socket, ADDR:PORT or [ADDR]:PORT, with names if `style` shows
 * them; hh:mm:ss; seconds with decimals. Each returns `to`.
 */
const char *print_addr(char to[PRINT_PART_MAX], const uint8_t *addr, unsigned version);
const char *print_host(char to[PRINT_PART_MAX], const struct print_style *style,
                       const uint8_t *addr, unsigned version);
const char *print_socket(char to[PRINT_PART_MAX], const struct print_style *style,
                         const uint8_t *addr, unsigned version, uint16_t port);
const char *print_hms(char to[PRINT_PART_MAX], uint64_t us);
const char *print_seconds(char to[PRINT_PART_MAX], uint64_t us);

/* A number of at most five characters. */
const char *print_brief(char to[PRINT_PART_MAX], uint64_t value);

/* ,"name":"NAME" if the host has one */
void print_json_name(struct print_out *out, const uint8_t *addr, unsigned version);

/* "key":{"ip":"ADDR","port":PORT}, and "name":"NAME" in it if the host has one */
void print_json_socket(struct print_out *out, const char *key, const uint8_t *addr,
                       unsigned version, uint16_t port);

/*
 * `first` if it is not empty, a blank, and `text`, in lines of PRINT_WIDTH columns, each after two
 * blanks; `tail`, if it is not NULL, after them and in one line. All in the user's language.
 */
#define PRINT_WIDTH 78
void print_wrap(struct print_out *out, const char *first, const char *text, const char *tail);

/* The last line of a report that was cut short after `lines` lines. */
void print_cut(struct print_out *out, uint64_t lines);

BASE_END_DECLS

#endif
