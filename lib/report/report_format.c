/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers, addresses, times and quoted words; see report_format.h.
 *
 * Decimal digits go out two at a time from a table of 00 to 99. The calendar, a dozen
 * multiplications, is worked out once a day: rows come in no order, but mostly of the same date.
 */

#include "report_format.h"
#include "base_bytes.h"
#include "base_plain.h"

#define FORMAT_NO_CHARACTER 0xfffd /* in the place of what is none */

#define USEC_A_SECOND 1000000u
#define SECONDS_A_DAY 86400u

static const char report_digits[201] = "00010203040506070809101112131415161718192021222324"
				       "25262728293031323334353637383940414243444546474849"
				       "50515253545556575859606162636465666768697071727374"
				       "75767778798081828384858687888990919293949596979899";

static const char report_hex_upper[] = "0123456789ABCDEF";
static const char report_hex_lower[] = "0123456789abcdef";

static char *
format_two(char *to, uint32_t value)
{
	memcpy(to, &report_digits[value * 2], 2);
	return to + 2;
}

static unsigned
format_count_digits(uint64_t value)
{
	unsigned n = 1;

	for (; value >= 10000; value /= 10000)
		n += 4;
	return n + (value >= 10) + (value >= 100) + (value >= 1000);
}

char *
report_format_u64(char *to, uint64_t value)
{
	char *end = to + format_count_digits(value), *p = end;

	for (; value >= 100; value /= 100)
		format_two(p -= 2, (uint32_t)(value % 100));
	if (value >= 10)
		format_two(p - 2, (uint32_t)value);
	else
		p[-1] = (char)('0' + value);
	return end;
}

char *
report_format_brief(char *to, uint64_t value)
{
	static const char units[] = "kMGTPE";
	double part = (double)value / 1000;
	unsigned i = 0;

	if (value < 100000)
		return report_format_u64(to, value);
	for (; part >= 999.5 && units[i + 1]; i++)
		part /= 1000;
	if (part < 99.95) {
		uint64_t tenths = (uint64_t)(part * 10 + 0.5);

		to = report_format_u64(to, tenths / 10);
		*to++ = '.';
		*to++ = (char)('0' + tenths % 10);
	} else {
		to = report_format_u64(to, (uint64_t)(part + 0.5));
	}
	*to++ = units[i];
	return to;
}

char *
report_format_id(char *to, uint64_t id)
{
	int digits = 8;

	while (digits < REPORT_ID_MAX && id >> (4 * digits))
		digits++;
	for (int i = digits - 1; i >= 0; i--)
		*to++ = report_hex_upper[(id >> (4 * i)) & 15];
	return to;
}

static char *
format_ipv4(char *to, const uint8_t *addr)
{
	for (int i = 0; i < 4; i++) {
		if (addr[i] >= 100) {
			*to++ = (char)('0' + addr[i] / 100);
			to = format_two(to, addr[i] % 100);
		} else if (addr[i] >= 10) {
			to = format_two(to, addr[i]);
		} else {
			*to++ = (char)('0' + addr[i]);
		}
		*to++ = '.';
	}
	return to - 1;
}

/* The longest run of zero groups, two at least, the first of equals: RFC 5952, section 4.2. */
static int
format_zero_run(const uint16_t *groups, int *length)
{
	int best = -1, best_length = 1;

	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && !groups[i + n])
			n++;
		if (n > best_length) {
			best = i;
			best_length = n;
		}
		i += n;
	}
	*length = best_length;
	return best;
}

static char *
format_group(char *to, uint32_t group)
{
	int shift = group >= 0x1000 ? 12 : group >= 0x100 ? 8 : group >= 0x10 ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*to++ = report_hex_lower[(group >> shift) & 15];
	return to;
}

static char *
format_ipv6(char *to, const uint8_t *addr)
{
	uint16_t groups[8];
	int run, run_length;

	for (int i = 0; i < 8; i++)
		groups[i] = base_be16(addr + 2 * i);
	run = format_zero_run(groups, &run_length);
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			*to++ = ':';
			i += run_length - 1;
			if (i == 7)
				*to++ = ':';
			continue;
		}
		if (i)
			*to++ = ':';
		/* IPv4 inside IPv6, mapped or compatible: RFC 5952, section 5. */
		if (i == 6 && run == 0 &&
		    (run_length == 6 || (run_length == 5 && groups[5] == 0xffff)))
			return format_ipv4(to, addr + 12);
		to = format_group(to, groups[i]);
	}
	return to;
}

char *
report_format_addr(char *to, const uint8_t *addr, unsigned version)
{
	return version == 4 ? format_ipv4(to, addr) : format_ipv6(to, addr);
}

char *
report_format_socket(char *to, const uint8_t *addr, unsigned version, uint16_t port)
{
	if (version != 4)
		*to++ = '[';
	to = report_format_addr(to, addr, version);
	if (version != 4)
		*to++ = ']';
	*to++ = ':';
	return report_format_u64(to, port);
}

/*
 * Days since 1970-01-01 to the Gregorian calendar. Years are counted from March, so that the leap
 * day is the last of its year, in cycles of 400 years of 146,097 days.
 */
static char *
format_calendar(char *to, uint64_t days_since_1970)
{
	uint32_t days = (uint32_t)(days_since_1970 + 719468); /* since 0000-03-01 */
	uint32_t cycle = days / 146097, day = days % 146097;
	uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint32_t day_of_year = day - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * day_of_year + 2) / 153; /* 0: March */
	uint32_t day_of_month = day_of_year - (153 * month + 2) / 5 + 1;

	year += 400 * cycle + (month >= 10);
	month = month < 10 ? month + 3 : month - 9;
	to = format_two(to, year / 100 % 100);
	to = format_two(to, year % 100);
	*to++ = '-';
	to = format_two(to, month);
	*to++ = '-';
	return format_two(to, day_of_month);
}

#define DATE_BYTES 10 /* 2026-01-01 */

/* The date. The text of the thread's last one is kept, which changes its cost and no result. */
static char *
format_date(char *to, uint64_t days_since_1970)
{
	static _Thread_local uint64_t last_day;
	static _Thread_local char last_date[DATE_BYTES] = "1970-01-01";

	if (days_since_1970 != last_day) {
		format_calendar(last_date, days_since_1970);
		last_day = days_since_1970;
	}
	memcpy(to, last_date, DATE_BYTES);
	return to + DATE_BYTES;
}

static char *
format_six(char *to, uint32_t value)
{
	to = format_two(to, value / 10000);
	to = format_two(to, value / 100 % 100);
	return format_two(to, value % 100);
}

/* hh:mm:ss of at most 99 hours. */
static char *
format_clock(char *to, uint32_t seconds)
{
	to = format_two(to, seconds / 3600);
	*to++ = ':';
	to = format_two(to, seconds / 60 % 60);
	*to++ = ':';
	return format_two(to, seconds % 60);
}

char *
report_format_time(char *to, uint64_t time_us)
{
	uint64_t seconds = time_us / USEC_A_SECOND;

	to = format_date(to, seconds / SECONDS_A_DAY);
	*to++ = 'T';
	to = format_clock(to, (uint32_t)(seconds % SECONDS_A_DAY));
	*to++ = '.';
	to = format_six(to, (uint32_t)(time_us % USEC_A_SECOND));
	*to++ = 'Z';
	return to;
}

char *
report_format_seconds(char *to, uint64_t duration_us)
{
	uint32_t fraction = (uint32_t)(duration_us % USEC_A_SECOND);

	to = report_format_u64(to, duration_us / USEC_A_SECOND);
	if (!fraction)
		return to;
	*to++ = '.';
	to = format_six(to, fraction);
	while (to[-1] == '0')
		to--;
	return to;
}

char *
report_format_hms(char *to, uint64_t duration_us)
{
	uint64_t seconds = duration_us / USEC_A_SECOND;

	if (seconds < 100 * 3600)
		return format_clock(to, (uint32_t)seconds);
	to = report_format_u64(to, seconds / 3600);
	*to++ = ':';
	to = format_two(to, (uint32_t)(seconds / 60 % 60));
	*to++ = ':';
	return format_two(to, (uint32_t)(seconds % 60));
}

/* A character as the sixteen-bit numbers of UTF-16. */
static char *
format_json_code(char *to, uint32_t code)
{
	uint32_t units[2] = { code, 0 };
	unsigned n = 1;

	if (code > 0xffff) {
		units[0] = 0xd800 + ((code - 0x10000) >> 10);
		units[1] = 0xdc00 + ((code - 0x10000) & 0x3ff);
		n = 2;
	}
	for (unsigned i = 0; i < n; i++) {
		to = report_format_text(to, "\\u");
		for (unsigned shift = 16; shift > 0; shift -= 4)
			*to++ = report_hex_lower[units[i] >> (shift - 4) & 15];
	}
	return to;
}

char *
report_format_json(char *to, const char *text, size_t max)
{
	size_t n = strnlen(text, max);

	while (n) {
		uint32_t code;
		size_t length = base_plain_utf8(text, n, &code);

		if (length == 0) {
			to = format_json_code(to, FORMAT_NO_CHARACTER);
			length = 1;
		} else if (!base_plain_is(code)) {
			to = format_json_code(to, code);
		} else {
			if (code == '"' || code == '\\')
				*to++ = '\\';
			memcpy(to, text, length);
			to += length;
		}
		text += length;
		n -= length;
	}
	return to;
}

/* At least one byte of room is left behind all that is written. */
static char *
format_plain(char *to, const char *text, size_t n)
{
	return to + base_plain(to, BASE_PLAIN_EACH * n + 1, text, n);
}

char *
report_format_csv(char *to, const char *text, size_t max)
{
	size_t n = strnlen(text, max);
	bool quoted = memchr(text, ',', n) != NULL || memchr(text, '"', n) != NULL;
	const char *end = text + n, *quote;

	if (quoted)
		*to++ = '"';
	while ((quote = memchr(text, '"', (size_t)(end - text))) != NULL) {
		to = format_plain(to, text, (size_t)(quote + 1 - text));
		*to++ = '"';
		text = quote + 1;
	}
	to = format_plain(to, text, (size_t)(end - text));
	if (quoted)
		*to++ = '"';
	return to;
}

char *
report_format_seen(char *to, unsigned seen)
{
	static const char letters[] = "SAFR";

	for (unsigned i = 0; letters[i] != '\0'; i++)
		if (seen & 1u << i)
			*to++ = letters[i];
	return to;
}
