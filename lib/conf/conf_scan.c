/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A walk over the statements of a configuration: NAME = VALUE, NAME = { VALUE, ... }, NAME { ... }.
 *
 * Tokens are cut as libconfuse cuts them. Sections do not nest, so "which section" is all the
 * state there is; an unknown one is skipped whole, by counting its braces.
 */

#include <stdio.h>
#include <string.h>

#include "conf_scan.h"
#include "conf_text.h"

/* Bytes that end an unquoted word. */
#define CONF_SCAN_BREAK " #\"'\t\n\r={}()+,*"

/* How far the brace that ends a ${NAME} is looked for, bytes: the scan stays linear. */
#define CONF_SCAN_VARIABLE_MAX 256

enum conf_token_type {
	CONF_TOKEN_END,
	CONF_TOKEN_WORD,   /* quoted or not */
	CONF_TOKEN_OPEN,   /* { */
	CONF_TOKEN_CLOSE,  /* } */
	CONF_TOKEN_SET,    /* = */
	CONF_TOKEN_APPEND, /* += */
	CONF_TOKEN_OTHER,  /* comma, parentheses */
	CONF_TOKEN_CUT,    /* a quoted string that never ends; noted */
};

struct conf_token {
	enum conf_token_type type;
	uint32_t line, end_line;
	char *text; /* without quotes, `len` bytes */
	size_t len;
	char *start, *end; /* with them */
};

struct conf_scan {
	struct conf_mistakes *mistakes;
	char *p;
	size_t room; /* bytes behind the text that may be used */
	uint32_t line;
	const char *section;
	uint32_t section_line;            /* where it was opened */
	uint32_t set_line[CONF_KEYS_MAX]; /* where each key was set first; 0: not yet */
};

/* What becomes of a statement. */
enum conf_verdict {
	CONF_VERDICT_KEEP,    /* for libconfuse to read */
	CONF_VERDICT_BLANK,   /* a mistake was noted; libconfuse must not see it */
	CONF_VERDICT_CUT,     /* the same for it and all that follows */
	CONF_VERDICT_GIVE_UP, /* the grammar is broken; libconfuse will say how */
};

/* Blanks, line ends, and what libconfuse drops without a word. */
static void
conf_scan_skip(struct conf_scan *scan)
{
	for (;; scan->p++) {
		switch (*scan->p) {
		case ' ':
		case '\t':
		case '\r':
			continue;
		case '\n':
			scan->line++;
			continue;
		case '#': /* only behind a ${ with a quote in it is one left */
			conf_text_blank(scan->p, strcspn(scan->p, "\n"));
			continue;
		case '+':
			if (scan->p[1] == '=')
				return;
			[[fallthrough]];
		case '*':
			conf_mistake_add(scan->mistakes, scan->line, "stray '%c'", *scan->p);
			*scan->p = ' ';
			continue;
		default:
			return;
		}
	}
}

static void
conf_scan_note_variable(struct conf_scan *scan)
{
	conf_mistake_add(scan->mistakes, scan->line,
	                 "${...}: the environment is not read here, write the value itself");
}

/* From the opening quote on; counts the lines inside. */
static void
conf_scan_string(struct conf_scan *scan, struct conf_token *token)
{
	char quote = *scan->p++;

	token->text = scan->p;
	for (; *scan->p && *scan->p != quote; scan->p++) {
		if (quote == '"' && scan->p[0] == '$' && scan->p[1] == '{')
			conf_scan_note_variable(scan);
		if (*scan->p == '\\' && scan->p[1])
			scan->p++;
		scan->line += *scan->p == '\n';
	}
	token->type = *scan->p ? CONF_TOKEN_WORD : CONF_TOKEN_CUT;
	token->len = (size_t)(scan->p - token->text);
	scan->p += *scan->p != '\0';
	if (token->type == CONF_TOKEN_CUT)
		conf_mistake_add(scan->mistakes, token->line, "this quoted string never ends");
}

/* An unquoted word; ${NAME} is one, a mistake as it is, unless its brace is nowhere near. */
static void
conf_scan_word(struct conf_scan *scan, struct conf_token *token)
{
	bool variable = scan->p[0] == '$' && scan->p[1] == '{';

	token->type = CONF_TOKEN_WORD;
	token->text = scan->p;
	if (variable)
		conf_scan_note_variable(scan);
	if (variable && memchr(scan->p, '}', strnlen(scan->p, CONF_SCAN_VARIABLE_MAX))) {
		for (; *scan->p != '}'; scan->p++)
			scan->line += *scan->p == '\n';
		scan->p++;
	} else {
		scan->p += strcspn(scan->p, CONF_SCAN_BREAK);
	}
	token->len = (size_t)(scan->p - token->text);
}

static enum conf_token_type
conf_scan_mark(const char *p)
{
	switch (*p) {
	case '\0':
		return CONF_TOKEN_END;
	case '{':
		return CONF_TOKEN_OPEN;
	case '}':
		return CONF_TOKEN_CLOSE;
	case '=':
		return CONF_TOKEN_SET;
	case '+':
		return CONF_TOKEN_APPEND;
	case ',':
	case '(':
	case ')':
		return CONF_TOKEN_OTHER;
	default:
		return CONF_TOKEN_WORD;
	}
}

static struct conf_token
conf_scan_next(struct conf_scan *scan)
{
	struct conf_token token;

	conf_scan_skip(scan);
	token.type = conf_scan_mark(scan->p);
	token.line = scan->line;
	token.start = token.text = scan->p;
	token.len = token.type == CONF_TOKEN_APPEND ? 2 : token.type != CONF_TOKEN_END;
	if (token.type != CONF_TOKEN_WORD)
		scan->p += token.len;
	else if (*scan->p == '"' || *scan->p == '\'')
		conf_scan_string(scan, &token);
	else
		conf_scan_word(scan, &token);
	token.end = scan->p;
	token.end_line = scan->line;
	assert(token.end > token.start || token.type == CONF_TOKEN_END);
	return token;
}

static const char *
conf_scan_find_section(const struct conf_token *name)
{
	unsigned i;

	for (i = 1; i < CONF_SECTIONS; i++)
		if (strlen(conf_sections[i]) == name->len &&
		    memcmp(conf_sections[i], name->text, name->len) == 0)
			return conf_sections[i];
	return NULL;
}

/* Says so, and where the key would be at home. */
static void
conf_scan_unknown(struct conf_scan *scan, const struct conf_token *name)
{
	const struct conf_key *other = conf_key_find(NULL, name->text, name->len);
	int len = name->len > 64 ? 64 : (int)name->len;
	char where[64] = "", hint[64] = "";

	if (*scan->section)
		snprintf(where, sizeof(where), " in section '%s'", scan->section);
	if (other && *other->section)
		snprintf(hint, sizeof(hint), "; it belongs in section '%s'", other->section);
	else if (other || conf_scan_find_section(name))
		snprintf(hint, sizeof(hint), "; it belongs outside any section");
	conf_mistake_add(scan->mistakes, name->line, "unknown key '%.*s'%s%s", len, name->text,
	                 where, hint);
}

/* Whether the value has the shape that its key takes. */
static bool
conf_scan_check_shape(struct conf_scan *scan, const struct conf_token *name,
                      const struct conf_key *key, bool append, enum conf_token_type value)
{
	if (conf_key_is_list(key))
		return true;
	if (value == CONF_TOKEN_OPEN)
		conf_mistake_add(scan->mistakes, name->line, "%s takes one value, not a list",
		                 key->name);
	else if (append)
		conf_mistake_add(scan->mistakes, name->line,
		                 "%s is no list; write = instead of +=", key->name);
	return value != CONF_TOKEN_OPEN && !append;
}

/* Whether it is the first of its key; what is appended to a list may come often. */
static bool
conf_scan_check_repeat(struct conf_scan *scan, const struct conf_token *name,
                       const struct conf_key *key, bool append)
{
	uint32_t *set_line = &scan->set_line[key - conf_keys];

	if (*set_line && !append) {
		conf_mistake_add(scan->mistakes, name->line,
		                 "%s is set again; line %u did it first", key->name, *set_line);
		return false;
	}
	if (!*set_line)
		*set_line = name->line;
	return true;
}

/* Behind the brace that closes the one just read. */
static enum conf_verdict
conf_scan_skip_braces(struct conf_scan *scan, uint32_t open_line)
{
	unsigned depth = 1;

	while (depth > 0) {
		struct conf_token token = conf_scan_next(scan);

		if (token.type == CONF_TOKEN_END)
			conf_mistake_add(scan->mistakes, open_line, "the '{' here is never closed");
		if (token.type == CONF_TOKEN_END || token.type == CONF_TOKEN_CUT)
			return CONF_VERDICT_CUT;
		depth += token.type == CONF_TOKEN_OPEN;
		depth -= token.type == CONF_TOKEN_CLOSE;
	}
	return CONF_VERDICT_KEEP;
}

/* The entries of a list, behind its opening brace. */
static enum conf_verdict
conf_scan_list(struct conf_scan *scan, uint32_t open_line)
{
	for (;;) {
		struct conf_token token = conf_scan_next(scan);

		switch (token.type) {
		case CONF_TOKEN_WORD:
		case CONF_TOKEN_OTHER:
			continue;
		case CONF_TOKEN_CLOSE:
			return CONF_VERDICT_KEEP;
		case CONF_TOKEN_CUT:
			return CONF_VERDICT_CUT;
		case CONF_TOKEN_END:
			conf_mistake_add(scan->mistakes, open_line, "the '{' here is never closed");
			return CONF_VERDICT_CUT;
		default:
			return CONF_VERDICT_GIVE_UP;
		}
	}
}

/* NAME = or NAME += with what follows. */
static enum conf_verdict
conf_scan_assignment(struct conf_scan *scan, const struct conf_token *name, bool append)
{
	const struct conf_key *key = conf_key_find(scan->section, name->text, name->len);
	struct conf_token value = conf_scan_next(scan);
	enum conf_verdict verdict = CONF_VERDICT_KEEP;

	if (value.type == CONF_TOKEN_CUT)
		return CONF_VERDICT_CUT;
	if (value.type == CONF_TOKEN_OPEN)
		verdict = key ? conf_scan_list(scan, value.line)
		              : conf_scan_skip_braces(scan, value.line);
	else if (value.type != CONF_TOKEN_WORD)
		return CONF_VERDICT_GIVE_UP;
	if (!key && conf_scan_find_section(name))
		conf_mistake_add(scan->mistakes, name->line,
		                 "%.*s is a section; write %.*s { ... }", (int)name->len,
		                 name->text, (int)name->len, name->text);
	else if (!key)
		conf_scan_unknown(scan, name);
	if (verdict != CONF_VERDICT_KEEP)
		return verdict;
	if (!key || !conf_scan_check_shape(scan, name, key, append, value.type) ||
	    !conf_scan_check_repeat(scan, name, key, append))
		return CONF_VERDICT_BLANK;
	return CONF_VERDICT_KEEP;
}

/* A section inside another is the sign of a lost brace: it is put where it is missed. */
static void
conf_scan_close_section(struct conf_scan *scan, const struct conf_token *name, const char *inner)
{
	conf_mistake_add(scan->mistakes, scan->section_line,
	                 "section '%s' is not closed: '%s' on line %u is inside it", scan->section,
	                 inner, name->line);
	memmove(name->start + 1, name->start, strlen(name->start) + 1);
	*name->start = '}';
	scan->p++;
	scan->room--;
}

/* NAME { of a section; the walk goes on inside it, or behind it if there can be none. */
static enum conf_verdict
conf_scan_section(struct conf_scan *scan, const struct conf_token *name)
{
	const char *section = conf_scan_find_section(name);
	const struct conf_key *key = conf_key_find(scan->section, name->text, name->len);
	enum conf_verdict verdict;

	if (section && *scan->section && scan->room > 0)
		conf_scan_close_section(scan, name, section);
	else if (!section || *scan->section) {
		if (key)
			conf_mistake_add(scan->mistakes, name->line,
			                 "%s is no section; write it with =", key->name);
		else
			conf_scan_unknown(scan, name);
		verdict = conf_scan_skip_braces(scan, name->line);
		return verdict == CONF_VERDICT_KEEP ? CONF_VERDICT_BLANK : verdict;
	}
	scan->section = section;
	scan->section_line = name->line;
	return CONF_VERDICT_KEEP;
}

/*
 * A name with neither = nor { behind it; `next` is what there is. An unknown one takes its line
 * with it, up to a closing brace; should a section open there, to its end.
 */
static enum conf_verdict
conf_scan_bare(struct conf_scan *scan, const struct conf_token *name, struct conf_token next)
{
	uint32_t line = name->end_line;

	if (conf_key_find(scan->section, name->text, name->len) || conf_scan_find_section(name))
		return CONF_VERDICT_GIVE_UP;
	conf_scan_unknown(scan, name);
	while (next.line == line && next.type != CONF_TOKEN_CLOSE && next.type != CONF_TOKEN_END) {
		if (next.type == CONF_TOKEN_CUT)
			return CONF_VERDICT_CUT;
		if (next.type == CONF_TOKEN_OPEN &&
		    conf_scan_skip_braces(scan, next.line) != CONF_VERDICT_KEEP)
			return CONF_VERDICT_CUT;
		line = scan->line;
		next = conf_scan_next(scan);
	}
	scan->p = next.start;
	scan->line = next.line;
	return CONF_VERDICT_BLANK;
}

static enum conf_verdict
conf_scan_statement(struct conf_scan *scan, const struct conf_token *name)
{
	struct conf_token next = conf_scan_next(scan);

	switch (next.type) {
	case CONF_TOKEN_SET:
	case CONF_TOKEN_APPEND:
		return conf_scan_assignment(scan, name, next.type == CONF_TOKEN_APPEND);
	case CONF_TOKEN_OPEN:
		return conf_scan_section(scan, name);
	case CONF_TOKEN_CUT:
		return CONF_VERDICT_CUT;
	default:
		return conf_scan_bare(scan, name, next);
	}
}

/* A closing brace between statements. */
static enum conf_verdict
conf_scan_close(struct conf_scan *scan, const struct conf_token *brace)
{
	if (*scan->section) {
		scan->section = CONF_SECTION_FILE;
		return CONF_VERDICT_KEEP;
	}
	conf_mistake_add(scan->mistakes, brace->line, "this '}' closes nothing");
	return CONF_VERDICT_BLANK;
}

uint32_t
conf_scan(char *text, size_t room, struct conf_mistakes *mistakes)
{
	struct conf_scan scan = { .mistakes = mistakes, .p = text, .line = 1, .room = room };
	enum conf_verdict verdict;
	struct conf_token first;

	scan.section = CONF_SECTION_FILE;
	while ((first = conf_scan_next(&scan)).type != CONF_TOKEN_END) {
		if (first.type == CONF_TOKEN_WORD)
			verdict = conf_scan_statement(&scan, &first);
		else if (first.type == CONF_TOKEN_CLOSE)
			verdict = conf_scan_close(&scan, &first);
		else
			verdict =
			    first.type == CONF_TOKEN_CUT ? CONF_VERDICT_CUT : CONF_VERDICT_GIVE_UP;
		if (verdict == CONF_VERDICT_GIVE_UP)
			return scan.line;
		if (verdict == CONF_VERDICT_CUT)
			scan.p = first.start + strlen(first.start);
		if (verdict != CONF_VERDICT_KEEP)
			conf_text_blank(first.start, (size_t)(scan.p - first.start));
		if (verdict == CONF_VERDICT_CUT)
			return 0;
	}
	if (*scan.section)
		conf_mistake_add(mistakes, scan.section_line,
		                 "section '%s' is not closed: its '}' is missing", scan.section);
	return 0;
}
