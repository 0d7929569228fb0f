/* SPDX-License-Identifier: BSD-3-Clause */
/* Curses; see top_screen.h. */

#include <curses.h>
#include <errno.h>

#include "top_screen.h"

#define SCREEN_ESCAPE_MS 25 /* after which an escape is one, and no arrow */

static SCREEN *screen;

static const chtype screen_styles[] = {
	[TOP_PLAIN] = A_NORMAL,    [TOP_STRONG] = A_BOLD, [TOP_TITLE] = A_REVERSE,
	[TOP_HEADING] = A_REVERSE, [TOP_FAINT] = A_DIM,   [TOP_ALARM] = A_BOLD | A_REVERSE,
};

static const struct {
	int curses, key;
} screen_keys[] = {
	{ KEY_UP, TOP_KEY_UP },
	{ KEY_DOWN, TOP_KEY_DOWN },
	{ KEY_PPAGE, TOP_KEY_PAGE_UP },
	{ KEY_NPAGE, TOP_KEY_PAGE_DOWN },
	{ KEY_HOME, TOP_KEY_HOME },
	{ KEY_END, TOP_KEY_END },
	{ KEY_LEFT, TOP_KEY_LEFT },
	{ KEY_RIGHT, TOP_KEY_RIGHT },
	{ KEY_DC, TOP_KEY_DELETE },
	{ KEY_BACKSPACE, TOP_KEY_BACKSPACE },
	{ 127, TOP_KEY_BACKSPACE },
	{ '\b', TOP_KEY_BACKSPACE },
	{ KEY_ENTER, '\r' },
	{ KEY_RESIZE, TOP_KEY_RESIZE },
	{ ERR, TOP_KEY_NONE },
};

int
top_screen_open(void)
{
	set_escdelay(SCREEN_ESCAPE_MS);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -EINVAL;
	set_term(screen);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	return 0;
}

void
top_screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

void
top_screen_size(unsigned *width, unsigned *height)
{
	*width = (unsigned)getmaxx(stdscr);
	*height = (unsigned)getmaxy(stdscr);
}

/* Titles and headings reach from edge to edge. */
static void
screen_put(int y, const struct top_line *line, int width)
{
	attrset((int)screen_styles[line->style]);
	mvaddstr(y, 0, line->text);
	if (line->style == TOP_TITLE || line->style == TOP_HEADING)
		for (int x = getcurx(stdscr); x < width && getcury(stdscr) == y; x++)
			mvaddch(y, x, ' ');
	attrset(A_NORMAL);
}

void
top_screen_draw(const struct top_page *page)
{
	erase();
	for (unsigned i = 0; i < page->n; i++)
		screen_put((int)i, &page->lines[i], (int)page->width);
	curs_set(page->cursor >= 0);
	if (page->cursor >= 0 && page->n > 0)
		move((int)page->n - 1, page->cursor);
	refresh();
}

int
top_screen_key(void)
{
	int key = getch();

	for (unsigned i = 0; i < BASE_COUNT_OF(screen_keys); i++)
		if (screen_keys[i].curses == key)
			return screen_keys[i].key;
	if (key == ('L' & 31))
		top_screen_redraw();
	return key;
}

void
top_screen_redraw(void)
{
	clearok(curscr, TRUE);
}
