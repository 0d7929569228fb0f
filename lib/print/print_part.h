/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What printers share: names in place of numbers, text cut to the columns of a terminal, and small
 * parts in buffers of the caller's. Any thread.
 *
 * Names are shown where the output's style (print_out.h) has a table of services: a host has the
 * label of its address, a port its name from /etc/services. That is for text only: JSON has
 * numbers, and names beside them.
 *
 * A terminal has so many columns; a pipe, a file and --wide have no limit, and nothing is cut
 * there. A table cuts the middle of a long address, so names have the room that the numbers beside
 * them leave. `columns` is that of struct print_style; 0: there is no limit.
 */
#ifndef PRINT_PART_H
#define PRINT_PART_H

#include "base_compiler.h"
#include "print_out.h"
#include "report_path.h"

BASE_BEGIN_DECLS

/* --- names ---------------------------------------------------------------------------------- */

/* What a port is called, IPPROTO_TCP or IPPROTO_UDP, or NULL; NULL where names are not shown. */
const char *print_names_service(const struct print_style *style, uint16_t port, unsigned proto);

/* What a host itself is called, or NULL, likewise: the name of a network would hide which it is. */
const char *
print_names_label(const struct print_style *style, const uint8_t *addr, unsigned version);

/* As report_format_addr and report_format_socket, with names if they are shown; no longer. */
char *
print_names_host(char *to, const struct print_style *style, const uint8_t *addr, unsigned version);
char *print_names_socket(char *to, const struct print_style *style, const uint8_t *addr,
                         unsigned version, uint16_t port, unsigned proto);

/* --- the columns of a terminal ---------------------------------------------------------------- */

/*
 * Columns for a name beside `others` columns of the line: what they leave, `least` at least and
 * `most` at most; `usual` where there is no limit.
 */
unsigned print_terminal_room(unsigned columns, unsigned others, unsigned least, unsigned usual,
                             unsigned most);

/*
 * Shortens `text`, which is ASCII, to `width` columns, at least one: a ~ stands for what is left
 * out of its middle. Returns `text`. The second if there is a limit.
 */
char *print_terminal_cut(char *text, unsigned width);
char *print_terminal_middle(unsigned columns, char *text, unsigned width);

/* The latter of the beginning of a text in any language, as of a file's path. */
char *print_terminal_tail(unsigned columns, char *text, unsigned width);

/* --- parts ---------------------------------------------------------------------------------- */

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

/*
 * A part of a whole in percent: "0", "0.0028", "5.3", "42", "100". No exponent, never
 * more than 100, which is all; never 0 but for nothing. Counters of one moment are read one after
 * the other, so a part may be ahead of its whole.
 */
const char *print_percent(char to[PRINT_PART_MAX], uint64_t part, uint64_t whole);

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

/* The last line of a report that was cut short after `rows` rows. */
void print_cut(struct print_out *out, uint64_t rows);

/*
 * The tunnels around a connection: outermost first, of its first packet, and of the other
 * direction's where they are in another network.
 */
#define PRINT_PATH_MAX 3072 /* bytes of either form at most */

/*
 * Appends ,"tunnel":[{"kind":"vxlan","id":7,"src":"192.0.2.1","dst":"192.0.2.2"}] and, where there
 * is one, the same with "tunnel_back"; nothing of a path that means nothing. No NUL.
 */
char *print_path_json(char *p, const struct report_paths *paths, uint32_t path);

#define PRINT_PATH_STEP_MAX 160

/* Appends one of them for a person: "vxlan 7 192.0.2.1 > 192.0.2.2". No NUL. */
char *print_path_step(char *p, const struct report_step *step);

/* Appends one field of CSV: "vxlan 7 192.0.2.1 > 192.0.2.2; gtp 9 ...", or nothing. No NUL. */
char *print_path_csv(char *p, const struct report_paths *paths, uint32_t path);

BASE_END_DECLS

#endif
