// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sets of ports as bitmaps, one word of 64 ports at a time.
 */
#include <stdio.h>
#include <string.h>
#include "base/portset.h"

#define PORT_LAST 65535
#define WORDS (65536 / 64)

/* The bits of @word that stand for ports within first..last; some do. */
static __u64 bits_within(unsigned int word, unsigned int first, unsigned int last)
{
	unsigned int low = first > word * 64 ? first - word * 64 : 0;
	unsigned int high = last < word * 64 + 63 ? last - word * 64 : 63;

	return (~0ULL << low) & (~0ULL >> (63 - high));
}

void ps_portset_add(struct ps_portset *set, __u16 first, __u16 last)
{
	if (first > last)
		return;
	for (unsigned int word = first / 64; word <= last / 64u; word++)
		set->bits[word] |= bits_within(word, first, last);
}

void ps_portset_remove(struct ps_portset *set, __u16 first, __u16 last)
{
	if (first > last)
		return;
	for (unsigned int word = first / 64; word <= last / 64u; word++)
		set->bits[word] &= ~bits_within(word, first, last);
}

void ps_portset_add_all(struct ps_portset *set, const struct ps_portset *added)
{
	for (unsigned int word = 0; word < WORDS; word++)
		set->bits[word] |= added->bits[word];
}

void ps_portset_remove_all(struct ps_portset *set, const struct ps_portset *removed)
{
	for (unsigned int word = 0; word < WORDS; word++)
		set->bits[word] &= ~removed->bits[word];
}

bool ps_portset_is_empty(const struct ps_portset *set)
{
	return ps_portset_find(set, 0, PORT_LAST) < 0;
}

bool ps_portset_has(const struct ps_portset *set, __u16 port)
{
	return set->bits[port / 64] >> (port % 64) & 1;
}

/* The first port in first..last whose bit, flipped by @flip, is set; or -1. */
static int scan(const struct ps_portset *set, unsigned int first, unsigned int last, __u64 flip)
{
	if (first > last)
		return -1;
	for (unsigned int word = first / 64; word <= last / 64; word++) {
		__u64 bits = (set->bits[word] ^ flip) & bits_within(word, first, last);

		if (bits)
			return word * 64 + __builtin_ctzll(bits);
	}
	return -1;
}

int ps_portset_find(const struct ps_portset *set, __u16 first, __u16 last)
{
	return scan(set, first, last, 0);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads a port and moves *@text behind it; -1 when there is none. */
static int take_port(const char **text)
{
	bool leading_zero = **text == '0' && is_digit((*text)[1]);
	int port = 0;

	if (!is_digit(**text) || leading_zero)
		return -1;
	for (; is_digit(**text); (*text)++) {
		port = port * 10 + **text - '0';
		if (port > PORT_LAST)
			return -1;
	}
	return port;
}

/* Reads "N" or "N-M", adds it to @set and moves *@text behind it. */
static int take_range(struct ps_portset *set, const char **text)
{
	int first = take_port(text);
	int last = first;

	if (first >= 0 && **text == '-') {
		(*text)++;
		last = take_port(text);
	}
	if (first < 0 || last < first)
		return -1;
	ps_portset_add(set, first, last);
	return 0;
}

int ps_portset_parse(struct ps_portset *set, const char *text)
{
	struct ps_portset parsed = *set;

	if (!*text)
		return 0;
	while (!take_range(&parsed, &text)) {
		if (!*text) {
			*set = parsed;
			return 0;
		}
		if (*text++ != ',')
			return -1;
	}
	return -1;
}

static int print_range(char *text, size_t size, const char *comma, int first, int last)
{
	int length;

	if (first == last)
		length = snprintf(text, size, "%s%d", comma, first);
	else
		length = snprintf(text, size, "%s%d-%d", comma, first, last);
	return (size_t)length < size ? length : -1;
}

int ps_portset_format(const struct ps_portset *set, char *text, size_t size)
{
	int first = scan(set, 0, PORT_LAST, 0);
	const char *comma = "";

	if (!size)
		return -1;
	*text = '\0';
	while (first >= 0) {
		int behind = scan(set, first, PORT_LAST, ~0ULL);
		int last = behind < 0 ? PORT_LAST : behind - 1;
		int length = print_range(text, size, comma, first, last);

		if (length < 0)
			return -1;
		text += length;
		size -= length;
		comma = ",";
		first = scan(set, last + 1, PORT_LAST, 0);
	}
	return 0;
}
