/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The language of a configuration file: tokens, then statements.
 *
 * Each mistake is added to the list where it is found, and the parse goes on; where the grammar is
 * broken, at the next token that may begin a statement. That takes one token ahead of the one at
 * hand.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_key.h"
#include "conf_parse.h"
#include "conf_value.h"

/* Types of tokens besides { } = , ( and ), which stand for themselves; += is an = that appends. */
#define CONF_WORD 'w' /* in quotes or not */
#define CONF_END  '\0'

#define CONF_SAY(p, line, ...) conf_mistake_add((p)->mistakes, line, __VA_ARGS__)

struct conf_token {
	char type;
	bool append;
	bool first;    /* of its line */
	bool reported; /* a word that is a mistake by itself, which is in the list already */
	uint32_t line;
	char *text; /* of a word, without quotes and escapes; a NUL follows once it is at hand */
	size_t len;
};

struct conf_parse {
	char *at; /* the next byte to read */
	uint32_t line;
	bool first;                     /* no token in this line yet */
	struct conf_token token, ahead; /* the one at hand, the one after it */
	const char *section;
	uint32_t section_line;            /* where it was opened */
	uint32_t set_line[CONF_KEYS_MAX]; /* where each key was set first; 0: not yet */
	struct conf *conf;
	struct conf_lines *lines;
	struct conf_mistakes *mistakes;
};

/* Passes blanks, line ends and comments. A stray byte is a mistake. */
static void
conf_lex_skip(struct conf_parse *p)
{
	uint32_t comment = 0; /* the line where one began that is not at its end */

	for (;; p->at++) {
		if (*p->at == '\n') {
			p->line++;
			p->first = true;
		} else if (comment && *p->at) {
			if (p->at[0] == '*' && p->at[1] == '/') {
				comment = 0;
				p->at++;
			}
		} else if (p->at[0] == '#' || (p->at[0] == '/' && p->at[1] == '/')) {
			p->at += strcspn(p->at, "\n") - 1;
		} else if (p->at[0] == '/' && p->at[1] == '*') {
			comment = p->line;
			p->at++;
		} else if (*p->at == '*' || (p->at[0] == '+' && p->at[1] != '=')) {
			CONF_SAY(p, p->line, "stray '%c'", *p->at);
		} else if (*p->at != ' ' && *p->at != '\t' && *p->at != '\r') {
			break;
		}
	}
	if (comment)
		CONF_SAY(p, comment, "this comment never ends");
}

/* Is a ${NAME} at hand? It is a mistake. */
static bool
conf_lex_variable(struct conf_parse *p, struct conf_token *token)
{
	if (p->at[0] != '$' || p->at[1] != '{')
		return false;
	CONF_SAY(p, p->line, "${...}: the environment is not read here, write the value itself");
	token->reported = true;
	return true;
}

/* Up to a blank, a mark, a quote or a comment. */
static void
conf_lex_word(struct conf_parse *p, struct conf_token *token)
{
	while (*p->at && !strchr(" #\"'\t\n\r={}()+,*", *p->at) &&
	       (*p->at != '/' || (p->at[1] != '/' && p->at[1] != '*'))) {
		if (conf_lex_variable(p, token))
			p->at += strcspn(p->at, "}\n");
		p->at += *p->at && *p->at != '\n';
	}
	token->len = (size_t)(p->at - token->text);
}

/* The byte that is escaped by the backslash at hand. */
static char
conf_lex_escape(struct conf_parse *p, struct conf_token *token)
{
	static const char letters[] = "nrtabefv", bytes[] = "\n\r\t\a\b\033\f\v";
	char c = *++p->at;
	const char *letter = strchr(letters, c);
	bool hex = c == 'x' && isxdigit((unsigned char)p->at[1]), more;
	char digits[4], *end;
	unsigned long byte;

	if (c && !hex && !isdigit((unsigned char)c)) {
		p->at++;
		return letter ? bytes[letter - letters] : c;
	}
	snprintf(digits, sizeof(digits), "%.*s", hex ? 2 : 3, p->at + hex);
	byte = strtoul(digits, &end, hex ? 16 : 8);
	more = !hex && isdigit((unsigned char)p->at[end - digits]);
	if (c && (byte == 0 || byte > 255 || more)) {
		CONF_SAY(p, p->line,
		         "escape '\\%.*s' is out of range, \\1 to \\377 or \\x1 to \\xff",
		         (int)(end - digits) + hex + more, p->at);
		token->reported = true;
	}
	p->at += end - digits + hex;
	return (char)byte;
}

/* Text in quotes, put in place without escapes. If it has no end, its last , and } are left. */
static void
conf_lex_string(struct conf_parse *p, struct conf_token *token)
{
	char quote = *p->at++, *to = token->text = p->at;

	while (*p->at && *p->at != quote && *p->at != '\n') {
		if (p->at[0] == '\\' && p->at[1] == '\n') {
			p->line++;
			p->at += 2;
		} else if (p->at[0] == '\\' && quote == '"') {
			*to++ = conf_lex_escape(p, token);
		} else {
			if (quote == '"')
				conf_lex_variable(p, token);
			p->at += p->at[0] == '\\' && (p->at[1] == '\'' || p->at[1] == '\\');
			*to++ = *p->at++;
		}
	}
	if (*p->at == quote) {
		token->len = (size_t)(to - token->text);
		p->at++;
		return;
	}
	CONF_SAY(p, token->line, "this quoted string never ends: no %c follows on its line", quote);
	token->reported = true;
	while (to > token->text && strchr(" \t\r,}", to[-1]))
		*--p->at = *--to;
}

/* One token on. What is behind the one at hand has been read then: there is room for its NUL. */
static void
conf_parse_next(struct conf_parse *p)
{
	struct conf_token *token = &p->ahead;

	p->token = p->ahead;
	conf_lex_skip(p);
	*token = (struct conf_token){ .line = p->line, .first = p->first, .text = p->at };
	token->type = *p->at ? CONF_WORD : CONF_END;
	p->first = false;
	if (*p->at && strchr("{}=+,()", *p->at)) {
		token->append = *p->at == '+';
		p->at += token->append;
		token->type = *p->at++;
	} else if (*p->at == '"' || *p->at == '\'') {
		conf_lex_string(p, token);
	} else {
		conf_lex_word(p, token);
	}
	if (p->token.type == CONF_WORD)
		p->token.text[p->token.len] = '\0';
}

static const char *
conf_parse_section(const struct conf_token *name)
{
	for (unsigned i = 1; i < CONF_SECTIONS && name->type == CONF_WORD; i++)
		if (strcmp(conf_sections[i], name->text) == 0)
			return conf_sections[i];
	return NULL;
}

/* Does a statement begin at hand? A value has neither = nor { behind it. */
static bool
conf_parse_at_start(const struct conf_parse *p)
{
	if (p->token.type != CONF_WORD || (p->ahead.type != '=' && p->ahead.type != '{'))
		return false;
	return p->token.first || conf_parse_section(&p->token) ||
	       conf_key_find(p->section, p->token.text, p->token.len);
}

/* Passes a token; an opening brace with all up to the one that closes it. */
static void
conf_parse_skip(struct conf_parse *p)
{
	uint32_t line = p->token.line;
	unsigned depth = 0;

	do {
		depth += p->token.type == '{';
		depth -= p->token.type == '}';
		conf_parse_next(p);
	} while (depth > 0 && p->token.type != CONF_END);
	if (depth > 0)
		CONF_SAY(p, line, "the '{' here is never closed");
}

/* To the next place where a statement may begin: in the next line at the latest. */
static void
conf_parse_recover(struct conf_parse *p)
{
	while (!p->token.first && p->token.type != '}' && p->token.type != CONF_END &&
	       !conf_parse_at_start(p))
		conf_parse_skip(p);
}

/* The word at hand, passed over unless to `take`. */
static void
conf_parse_value(struct conf_parse *p, const struct conf_key *key, bool take)
{
	char why[CONF_WHY_MAX];

	if (take && !p->token.reported && conf_value_read(key, p->token.text, p->conf, why))
		CONF_SAY(p, p->token.line, "%s: %s", key->name, why);
	conf_parse_next(p);
}

/* From the opening brace at hand to behind the closing one. */
static void
conf_parse_list(struct conf_parse *p, const struct conf_key *key, bool take)
{
	const struct conf_token *token = &p->token;
	uint32_t line = token->line;
	bool open = true; /* for a value: the last was the brace or a comma */

	conf_parse_next(p);
	while (token->type != '}' && token->type != CONF_END && !conf_parse_at_start(p)) {
		if (token->type == CONF_WORD && !open)
			CONF_SAY(p, token->line, "%s: no ',' before '%.64s'", key->name,
			         token->text);
		else if (token->type != CONF_WORD && (token->type != ',' || open))
			CONF_SAY(p, token->line, "%s: stray '%c'", key->name, token->type);
		open = token->type != CONF_WORD;
		if (open)
			conf_parse_next(p);
		else
			conf_parse_value(p, key, take);
	}
	if (token->type == '}')
		conf_parse_next(p);
	else
		CONF_SAY(p, line, "the '{' here is never closed");
}

/* What is at hand becomes the value of `key`, which was named in line `line`. */
static void
conf_parse_set(struct conf_parse *p, uint32_t line, const struct conf_key *key, bool append)
{
	uint32_t *set_line = &p->set_line[key - conf_keys];
	bool list = conf_key_is_list(key), braces = p->token.type == '{', take = false;

	if (!braces && (p->token.type != CONF_WORD || conf_parse_at_start(p))) {
		CONF_SAY(p, line, "%s has no value", key->name);
		conf_parse_recover(p);
		return;
	}
	if (braces && !list)
		CONF_SAY(p, line, "%s takes one value, not a list", key->name);
	else if (append && !list)
		CONF_SAY(p, line, "%s is no list; write = instead of +=", key->name);
	else if (*set_line && !append)
		CONF_SAY(p, line, "%s is set again; line %u did it first", key->name, *set_line);
	else
		take = true;
	if (take && !*set_line)
		*set_line = line;
	if (take)
		p->lines->line[key - conf_keys] = line;
	if (take && list && !append)
		conf_value_clear(key, p->conf);
	if (braces)
		conf_parse_list(p, key, take);
	else
		conf_parse_value(p, key, take);
}

/* At the brace of section NAME. One inside another is the sign of a lost brace. */
static void
conf_parse_enter(struct conf_parse *p, const struct conf_token *name)
{
	if (*p->section)
		CONF_SAY(p, p->section_line,
		         "section '%s' is not closed: '%s' on line %u is inside it", p->section,
		         name->text, name->line);
	p->section = conf_parse_section(name);
	p->section_line = name->line;
	conf_parse_next(p);
}

/* Says so, and where the key would be at home. */
static void
conf_parse_unknown(struct conf_parse *p, const struct conf_token *name)
{
	const struct conf_key *other = conf_key_find(NULL, name->text, name->len);
	char where[64] = "", hint[64] = "";

	if (*p->section)
		snprintf(where, sizeof(where), " in section '%s'", p->section);
	if (other && *other->section)
		snprintf(hint, sizeof(hint), "; it belongs in section '%s'", other->section);
	else if (other)
		snprintf(hint, sizeof(hint), "; it belongs outside any section");
	if (!name->reported)
		CONF_SAY(p, name->line, "unknown key '%.64s'%s%s", name->text, where, hint);
}

/* NAME with `mark` behind it, which is none or not the one that it needs. */
static void
conf_parse_misfit(struct conf_parse *p, const struct conf_token *name, char mark)
{
	const struct conf_key *key = conf_key_find(p->section, name->text, name->len);
	const char *section = conf_parse_section(name);

	if (key && mark == '{')
		CONF_SAY(p, name->line, "%s is no section; write it with =", key->name);
	else if (key)
		CONF_SAY(p, name->line, "%s has no '=' behind it", key->name);
	else if (section && mark == '=')
		CONF_SAY(p, name->line, "%s is a section; write %s { ... }", section, section);
	else if (section)
		CONF_SAY(p, name->line, "section '%s' has no '{' behind it", section);
	else if (mark == '(')
		CONF_SAY(p, name->line,
		         "unknown function '%.64s'; a configuration has no functions", name->text);
	else
		conf_parse_unknown(p, name);
	while (section && mark == CONF_WORD && p->token.type == mark && !p->token.first)
		conf_parse_next(p);
	if (section && p->token.type == '{')
		conf_parse_enter(p, name);
	else if (p->token.type == '{' ||
	         (mark == '=' && p->token.type == CONF_WORD && !conf_parse_at_start(p)))
		conf_parse_skip(p);
	else
		conf_parse_recover(p);
}

static void
conf_parse_statement(struct conf_parse *p)
{
	const struct conf_token name = p->token, mark = p->ahead;
	const struct conf_key *key = conf_key_find(p->section, name.text, name.len);

	conf_parse_next(p);
	if (name.type == '}') {
		if (!*p->section)
			CONF_SAY(p, name.line, "this '}' closes nothing");
		p->section = CONF_SECTION_FILE;
	} else if (name.type != CONF_WORD) {
		CONF_SAY(p, name.line, "stray '%c'", name.type);
		if (name.type != ',')
			conf_parse_recover(p);
	} else if (mark.type == '{' && conf_parse_section(&name)) {
		conf_parse_enter(p, &name);
	} else {
		if (mark.type == '=')
			conf_parse_next(p);
		if (key && mark.type == '=')
			conf_parse_set(p, name.line, key, mark.append);
		else
			conf_parse_misfit(p, &name, mark.type);
	}
}

void
conf_parse(char *text, struct conf *conf, struct conf_lines *lines, struct conf_mistakes *mistakes)
{
	struct conf_parse p = { .at = text, .line = 1, .first = true, .conf = conf };

	memset(lines, 0, sizeof(*lines));
	p.lines = lines;
	p.mistakes = mistakes;
	p.section = CONF_SECTION_FILE;
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		p.at += 3;
	conf_parse_next(&p);
	for (conf_parse_next(&p); p.token.type != CONF_END;)
		conf_parse_statement(&p);
	if (*p.section)
		CONF_SAY(&p, p.section_line, "section '%s' is not closed: its '}' is missing",
		         p.section);
}
