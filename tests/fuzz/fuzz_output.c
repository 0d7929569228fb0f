/* SPDX-License-Identifier: BSD-3-Clause */
/* See fuzz_output.h. JSON is read by a grammar of its own, as RFC 8259 has it. */

#include <ctype.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_output.h"
#include "fuzz_text.h"

#define FUZZ_DEEPEST   16
#define FUZZ_WHOLE_MAX (1 << 20)

/* Shows what was printed, in characters that hurt nobody, and ends the process. */
static void
fuzz_output_fail(const char *text, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		fprintf(stderr, c == '\n' || (c >= ' ' && c < 0x7f) ? "%c" : "\\x%02x", c);
	}
	fuzz_fail(__FILE__, __LINE__, what);
}

#define fuzz_output_holds(text, n, what) ((what) ? (void)0 : fuzz_output_fail(text, n, #what))

/* --- JSON ------------------------------------------------------------------------------------- */

struct fuzz_json {
	const char *p, *end;
	unsigned depth;
};

static bool fuzz_json_value(struct fuzz_json *json);

static bool
fuzz_json_take(struct fuzz_json *json, char c)
{
	if (json->p == json->end || *json->p != c)
		return false;
	json->p++;
	return true;
}

static bool
fuzz_json_escape(struct fuzz_json *json)
{
	if (json->p == json->end)
		return false;
	if (*json->p != 'u')
		return strchr("\"\\/bfnrt", *json->p++) != NULL;
	for (unsigned i = 1; i <= 4; i++)
		if (json->p + i >= json->end || !isxdigit((unsigned char)json->p[i]))
			return false;
	json->p += 5;
	return true;
}

static bool
fuzz_json_string(struct fuzz_json *json)
{
	if (!fuzz_json_take(json, '"'))
		return false;
	while (json->p < json->end && *json->p != '"') {
		if ((unsigned char)*json->p < ' ')
			return false;
		if (*json->p++ == '\\' && !fuzz_json_escape(json))
			return false;
	}
	return fuzz_json_take(json, '"');
}

static size_t
fuzz_json_digits(struct fuzz_json *json)
{
	size_t n = 0;

	for (; json->p < json->end && isdigit((unsigned char)*json->p); n++)
		json->p++;
	return n;
}

static bool
fuzz_json_number(struct fuzz_json *json)
{
	const char *from;

	fuzz_json_take(json, '-');
	from = json->p;
	if (fuzz_json_digits(json) == 0 || (*from == '0' && json->p > from + 1))
		return false;
	if (fuzz_json_take(json, '.') && fuzz_json_digits(json) == 0)
		return false;
	if (!fuzz_json_take(json, 'e') && !fuzz_json_take(json, 'E'))
		return true;
	if (!fuzz_json_take(json, '-'))
		fuzz_json_take(json, '+');
	return fuzz_json_digits(json) > 0;
}

/* Members of an object or array, up to its end. */
static bool
fuzz_json_members(struct fuzz_json *json, char end)
{
	if (fuzz_json_take(json, end))
		return true;
	do {
		if (end == '}' && !(fuzz_json_string(json) && fuzz_json_take(json, ':')))
			return false;
		if (!fuzz_json_value(json))
			return false;
	} while (fuzz_json_take(json, ','));
	return fuzz_json_take(json, end);
}

static bool
fuzz_json_word(struct fuzz_json *json, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(json->end - json->p) < n || memcmp(json->p, word, n) != 0)
		return false;
	json->p += n;
	return true;
}

static bool
fuzz_json_value(struct fuzz_json *json)
{
	bool good;

	if (json->p == json->end || json->depth == FUZZ_DEEPEST)
		return false;
	json->depth++;
	if (*json->p == '{' || *json->p == '[')
		good = fuzz_json_members(json, *json->p++ == '{' ? '}' : ']');
	else if (*json->p == '"')
		good = fuzz_json_string(json);
	else if (*json->p == '-' || isdigit((unsigned char)*json->p))
		good = fuzz_json_number(json);
	else
		good = fuzz_json_word(json, "true") || fuzz_json_word(json, "false");
	json->depth--;
	return good;
}

/* A value a line. */
static bool
fuzz_is_json(const char *text, size_t n)
{
	struct fuzz_json json = { .p = text, .end = text + n };

	while (json.p < json.end)
		if (!fuzz_json_value(&json) || !fuzz_json_take(&json, '\n'))
			return false;
	return true;
}

/* --- CSV -------------------------------------------------------------------------------------- */

/* Fields of the line at *at, which is moved behind it; 0: it does not end. */
static unsigned
fuzz_csv_fields(const char **at, const char *end)
{
	unsigned fields = 1;
	bool quoted = false;

	for (; *at < end && (quoted || **at != '\n'); ++*at) {
		quoted ^= **at == '"';
		fields += !quoted && **at == ',';
	}
	if (quoted || *at == end)
		return 0;
	++*at;
	return fields;
}

/* Have all lines one number of fields? */
static bool
fuzz_is_table(const char *text, size_t n)
{
	const char *at = text, *end = text + n;
	unsigned first = at < end ? fuzz_csv_fields(&at, end) : 0;

	while (at < end)
		if (fuzz_csv_fields(&at, end) != first)
			return false;
	return true;
}

/* --- the output ------------------------------------------------------------------------------- */

/* What has overflowed the block lies in a file in memory. */
static char fuzz_whole[FUZZ_WHOLE_MAX];

static void
fuzz_output_rewind(int file)
{
	fuzz_check(ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0);
}

void
fuzz_output_init(struct print_out *out)
{
	static int file = -1;

	if (file < 0)
		file = memfd_create("printed", MFD_CLOEXEC);
	fuzz_output_rewind(file);
	print_out_init(out, file);
}

/* Points *text to all that has been printed since the last fuzz_output_check. */
static size_t
fuzz_output_whole(const struct print_out *out, const char **text)
{
	off_t before = lseek(out->fd, 0, SEEK_CUR);

	*text = out->block;
	if (before == 0)
		return out->used;
	fuzz_check((size_t)before + out->used <= sizeof(fuzz_whole));
	fuzz_check(pread(out->fd, fuzz_whole, (size_t)before, 0) == before);
	memcpy(fuzz_whole + before, out->block, out->used);
	*text = fuzz_whole;
	return (size_t)before + out->used;
}

void
fuzz_output_check_columns(const struct print_out *out)
{
	const char *text;
	size_t n = fuzz_output_whole(out, &text);

	fuzz_output_holds(text, n, fuzz_is_table(text, n));
}

void
fuzz_output_check(struct print_out *out, enum print_format format)
{
	const char *text;
	size_t n = fuzz_output_whole(out, &text);

	fuzz_check(out->error == 0);
	fuzz_output_holds(text, n, fuzz_is_text(text, n));
	fuzz_output_holds(text, n, n == 0 || text[n - 1] == '\n');
	fuzz_output_holds(text, n, format != PRINT_JSON || fuzz_is_json(text, n));
	out->used = 0;
	if (text == fuzz_whole)
		fuzz_output_rewind(out->fd);
}
