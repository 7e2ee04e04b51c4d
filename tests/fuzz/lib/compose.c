// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames to begin with. See compose.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "../../prog/rows_ipv4.h"
#include "../../prog/rows_ipv6.h"
#include "../../prog/rows_match.h"
#include "compose.h"

#define SIDES(array) ((unsigned int)(sizeof(array) / sizeof((array)[0])))

static const char *const addresses4[] = { "192.0.2.1",	     "192.0.2.77",     "10.1.2.3",
					  "198.51.100.7",    "127.0.0.1",      "0.0.0.0",
					  "255.255.255.255", "224.0.0.1",      "240.0.0.1",
					  "126.9.9.9",	     "223.255.255.255" };
static const char *const addresses6[] = {
	"2001:db8::1", "2001:db8:0:1::5",  "fe80::1", "::1",	 "::",
	"ff02::1",     "::ffff:192.0.2.1", "::2",     "fec0::1", "2001:db8:ffff::7",
	"1::"
};
static const int ports[] = { 80, 81, 82, 83, 84, 85, 86, 0, 1, 8000, 40000, 65535 };
static const char *const extensions[] = {
	"hop", "route", "opts", "ah", "frag", "opts", "mobility"
};
static const char *const transports[] = { "tcp",  "udp",  "sctp", "tcp", "udp",
					  "sctp", "icmp", "esp",  "gre", "icmp6" };
static const char *const flags[] = { "S", "A", "SA", "SF", "SR", "-", "FPU", "SAFRPU" };

/* What stage.c binds, and no row is for. */
static const char *const bound[] = { "ip6 udp dport=81",	"ip4 tcp dport=81",
				     "ip6 tcp dport=82",	"ip4 udp dport=82",
				     "vlan=1 ip6 udp dport=83", "ip4 udp dport=84" };

/* Words as they are put together. */
struct draft {
	struct dice *dice;
	char *words;
	size_t used;
};

static bool once_in(struct draft *draft, unsigned int sides)
{
	return !dice_roll(draft->dice, sides);
}

static int number(struct draft *draft, unsigned int sides)
{
	return (int)dice_roll(draft->dice, sides);
}

__attribute__((format(printf, 2, 3))) static void add(struct draft *draft, const char *format, ...)
{
	size_t room = COMPOSE_WORDS_MAX - draft->used;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(draft->words + draft->used, room, format, args);
	va_end(args);
	if ((size_t)length < room)
		draft->used += (size_t)length;
	draft->words[draft->used] = '\0';
}

/* One length in twenty is wrong. */
static void add_length(struct draft *draft)
{
	if (once_in(draft, 20))
		add(draft, " len=%+d", number(draft, 17) - 8);
	else if (once_in(draft, 40))
		add(draft, " len=%d", number(draft, 2) ? 65535 : number(draft, 64));
}

static void add_ipv4(struct draft *draft)
{
	add(draft, " ip4");
	if (once_in(draft, 4))
		add(draft, " ihl=%d", 5 + number(draft, 11));
	if (once_in(draft, 20))
		add(draft, " hlen=%d", number(draft, 16));
	if (once_in(draft, 8))
		add(draft, " mf");
	if (once_in(draft, 16))
		add(draft, " off=%d", number(draft, 0x2000));
	if (once_in(draft, 2))
		add(draft, " dst=%s", DICE_PICK(draft->dice, addresses4));
	if (once_in(draft, 4))
		add(draft, " src=%s", DICE_PICK(draft->dice, addresses4));
	if (once_in(draft, 40))
		add(draft, " version=%d", number(draft, 16));
	add_length(draft);
}

static void add_extension(struct draft *draft)
{
	const char *kind = DICE_PICK(draft->dice, extensions);

	if (!strcmp(kind, "frag")) {
		add(draft, " frag%s", once_in(draft, 3) ? " m" : "");
		if (once_in(draft, 6))
			add(draft, " off=%d", number(draft, 0x2000));
		return;
	}
	add(draft, " %s=%d", kind, once_in(draft, 10) ? number(draft, 256) : number(draft, 5));
	if (once_in(draft, 40))
		add(draft, " hlen=%d", number(draft, 256));
}

static void add_ipv6(struct draft *draft)
{
	int count = once_in(draft, 2)	? 0
		    : once_in(draft, 4) ? number(draft, 11)
					: number(draft, 4);

	add(draft, " ip6");
	if (once_in(draft, 2))
		add(draft, " dst=%s", DICE_PICK(draft->dice, addresses6));
	if (once_in(draft, 4))
		add(draft, " src=%s", DICE_PICK(draft->dice, addresses6));
	if (once_in(draft, 40))
		add(draft, " version=%d", number(draft, 16));
	add_length(draft);
	for (; count; count--)
		add_extension(draft);
}

static void add_transport(struct draft *draft)
{
	const char *kind = DICE_PICK(draft->dice, transports);

	add(draft, " %s", kind);
	if (once_in(draft, 2))
		add(draft, " dport=%d", DICE_PICK(draft->dice, ports));
	if (once_in(draft, 4))
		add(draft, " sport=%d", DICE_PICK(draft->dice, ports));
	if (!strcmp(kind, "tcp"))
		add(draft, " flags=%s", DICE_PICK(draft->dice, flags));
	if (once_in(draft, 8))
		add(draft, " doff=%d", number(draft, 16));
	if (once_in(draft, 20))
		add(draft, " hlen=%d", number(draft, 16));
	if (once_in(draft, 20))
		add(draft, " short=%d", number(draft, 21));
	add_length(draft);
}

static void add_end(struct draft *draft)
{
	if (once_in(draft, 3))
		add(draft, " pad=%d", once_in(draft, 20) ? number(draft, 9000) : number(draft, 80));
	if (once_in(draft, 8))
		add(draft, " trail=%d", number(draft, 46));
	if (once_in(draft, 20))
		add(draft, " cut=%d", 1 + number(draft, 130));
}

void compose_words(struct dice *dice, char words[COMPOSE_WORDS_MAX])
{
	struct draft draft = { .dice = dice, .words = words };

	words[0] = '\0';
	if (once_in(&draft, 40))
		add(&draft, "eth dst=%02x:00:5e:00:00:01", number(&draft, 256));
	for (int tags = once_in(&draft, 3) ? number(&draft, 4) : 0; tags; tags--)
		add(&draft, " %s=%d", number(&draft, 2) ? "vlan" : "qinq", number(&draft, 65536));
	if (once_in(&draft, 40))
		add(&draft, " arp");
	else if (number(&draft, 2))
		add_ipv4(&draft);
	else
		add_ipv6(&draft);
	add_transport(&draft);
	add_end(&draft);
}

unsigned int compose_seeds(void)
{
	return SIDES(rows_ipv4) + SIDES(rows_ipv6) + SIDES(rows_match) + SIDES(bound);
}

static const char *seed(unsigned int number)
{
	if (number < SIDES(rows_ipv4))
		return rows_ipv4[number].frame;
	number -= SIDES(rows_ipv4);
	if (number < SIDES(rows_ipv6))
		return rows_ipv6[number].frame;
	number -= SIDES(rows_ipv6);
	return number < SIDES(rows_match) ? rows_match[number].frame
					  : bound[number - SIDES(rows_match)];
}

void compose_seed(unsigned int number, struct sample *ret)
{
	sample_build(seed(number), ret);
}

void compose_sample(struct dice *dice, struct sample *ret)
{
	char words[COMPOSE_WORDS_MAX];

	if (!dice_roll(dice, 4)) {
		compose_seed(dice_roll(dice, compose_seeds()), ret);
		return;
	}
	compose_words(dice, words);
	sample_build(words, ret);
}
