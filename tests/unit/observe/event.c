// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What happened between two readings: each event once, in its order, and
 * nothing when nothing happened.
 */
#include "observe/event.h"
#include "unit.h"

#define SLOT 100 /* of the first binding of a reading */

static const char *const names[] = {
	[PS_EVENT_THERE] = "there",
	[PS_EVENT_GUARD] = "guard",
	[PS_EVENT_PUBLISHED] = "published",
	[PS_EVENT_BINDING_ADDED] = "+",
	[PS_EVENT_BINDING_CHANGED] = "~",
	[PS_EVENT_BINDING_REMOVED] = "-",
	[PS_EVENT_SOCKET_ADDED] = "socket+",
	[PS_EVENT_SOCKET_CLOSED] = "socket!",
	[PS_EVENT_SOCKET_REMOVED] = "socket-",
	[PS_EVENT_BIND] = "bind",
	[PS_EVENT_GONE] = "gone",
};

/* A reading of bindings, "tcp any:1 drop;tcp any:2 drop". NULL: there is no instance. */
static struct ps_reading make(__u64 generation, const char *lines)
{
	struct ps_reading reading = { .is_there = lines, .generation = generation };
	char copy[512], *rest = copy, *line;

	if (!lines)
		return (struct ps_reading){};
	snprintf(copy, sizeof(copy), "%s", lines);
	while (*lines && (line = strsep(&rest, ";")))
		bind_text(&reading.bindings, line);
	ps_bindings_sort(&reading.bindings);
	for (size_t i = 0; i < reading.bindings.count; i++)
		reading.bindings.item[i].slot = SLOT + (__u32)i;
	return reading;
}

static void tell(const struct ps_event *event, char *text)
{
	char *end = text + strlen(text);

	end += sprintf(end, "%s%s", *text ? " " : "", names[event->kind]);
	if (event->binding)
		end += sprintf(end, "%d%s", event->binding->endpoint.port_first,
			       ps_action_name(event->binding->action));
	if (event->before)
		end += sprintf(end, "<%s", ps_action_name(event->before->action));
	if (event->socket)
		end += sprintf(end, "%s%llu", event->socket->name, event->socket->info.cookie);
	if (event->attempt)
		end += sprintf(end, "/%d", event->attempt->key.port);
	if (event->count)
		sprintf(end, "*%llu", event->count);
}

/* Compares and frees both. */
static void check(struct ps_reading before, struct ps_reading after, const char *expected)
{
	struct ps_events events;
	char text[512] = "";

	ps_events_find(&before, &after, &events);
	for (size_t i = 0; i < events.count; i++)
		tell(&events.item[i], text);
	assert_string_equal(text, expected);
	ps_events_done(&events);
	ps_reading_done(&before);
	ps_reading_done(&after);
}

static void test_tables(void **state)
{
	(void)state;
	check(make(0, NULL), make(0, NULL), "");
	check(make(7, "tcp any:1 drop"), make(7, ""), ""); /* not looked at */
	check(make(7, "tcp any:1 drop"), make(8, "tcp any:1 drop"), "published*1");
	check(make(7, ""), make(9, "tcp any:2 pass;tcp any:1 drop"), "published*2 +1drop +2pass");
	check(make(7, "tcp any:1 drop;tcp any:2 pass;tcp any:4 pass"),
	      make(8, "tcp any:2 drop;tcp any:3 drop;tcp any:4 pass"),
	      "published*1 -1drop ~2drop<pass +3drop");
	check(make(7, "tcp any:1 drop name a"), make(8, "tcp any:1 drop name b"),
	      "published*1 ~1drop<drop");
	check(make(7, "tcp any:1 drop"), make(8, "tcp any:1 drop owner user:0"),
	      "published*1 ~1drop<drop");
	check(make(0, NULL), make(3, "tcp any:1 drop"), "there +1drop");
	check(make(0, NULL), make(0, ""), "there");
	check(make(0, NULL), make(0, "tcp any:1 drop"), "there +1drop");
	check(make(3, "tcp any:1 drop"), make(0, NULL), "-1drop gone");
}

/* The new table is whole afterwards, for the next comparison. */
static void test_next(void **state)
{
	struct ps_reading before = make(7, "tcp any:1 drop;tcp any:2 drop"),
			  after = make(8, "tcp any:2 pass;tcp any:3 drop");
	struct ps_events events;

	(void)state;
	ps_events_find(&before, &after, &events);
	ps_events_done(&events);
	ps_reading_done(&before);
	assert_int_equal(after.bindings.count, 2);
	assert_int_equal(after.bindings.item[0].endpoint.port_first, 2);
	assert_int_equal(after.bindings.item[0].action, PS_PASS);
	check(after, make(9, ""), "published*1 -2pass -3drop");
}

static void test_guard(void **state)
{
	static const struct {
		struct ps_guard before, after;
		const char *events;
	} rows[] = {
		{ { PS_GUARD_OFF, PS_GUARD_WHOLE, 0 }, { PS_GUARD_OFF, PS_GUARD_WHOLE, 0 }, "" },
		{ { PS_GUARD_OFF, PS_GUARD_WHOLE, 0 },
		  { PS_GUARD_ON, PS_GUARD_WHOLE, 1 },
		  "guard" },
		{ { PS_GUARD_ON, PS_GUARD_WHOLE, 1 }, { PS_GUARD_ON, PS_GUARD_WHOLE, 1 }, "" },
		{ { PS_GUARD_ON, PS_GUARD_WHOLE, 1 }, { PS_GUARD_ON, PS_GUARD_WHOLE, 2 }, "guard" },
		{ { PS_GUARD_ON, PS_GUARD_WHOLE, 1 }, { PS_GUARD_ON, PS_GUARD_GONE, 1 }, "guard" },
		{ { PS_GUARD_ON, PS_GUARD_WHOLE, 1 },
		  { PS_GUARD_REPORT, PS_GUARD_WHOLE, 1 },
		  "guard" },
		{ { PS_GUARD_ON, PS_GUARD_WHOLE, 1 },
		  { PS_GUARD_OFF, PS_GUARD_WHOLE, 0 },
		  "guard" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ps_reading before = make(1, ""), after = make(1, "");

		before.guard = rows[i].before;
		after.guard = rows[i].after;
		check(before, after, rows[i].events);
	}
}

struct sock {
	const char *name; /* NULL ends the list */
	__u64 cookie; /* 0: there is none of that name */
	bool is_open;
};

static struct ps_reading with_sockets(const struct sock *socks)
{
	struct ps_reading reading = make(1, "");
	struct ps_registry *registry = &reading.registry;

	registry->item = calloc(8, sizeof(*registry->item));
	for (; socks->name; socks++) {
		struct ps_registered *item = &registry->item[registry->count++];

		strcpy(item->name, socks->name);
		item->info.cookie = socks->cookie;
		item->info.proto = socks->cookie ? PS_TCP : PS_NO_PROTO;
		item->is_open = socks->is_open;
	}
	return reading;
}

static void test_sockets(void **state)
{
	static const struct {
		struct sock before[4], after[4];
		const char *events;
	} rows[] = {
		{ { { "a", 1, true } }, { { "a", 1, true } }, "" },
		{ { { "a", 1, true } }, { { "a", 1, false } }, "socket!a1" },
		{ { { "a", 1, false } }, { { "a", 1, false } }, "" },
		{ { { "a", 1, true } }, {}, "socket-a1" },
		{ {}, { { "a", 1, true } }, "socket+a1" },
		{ {}, { { "a", 1, false } }, "socket+a1 socket!a1" },
		{ { { "a", 1, true } }, { { "a", 2, true } }, "socket-a1 socket+a2" },
		{ { { "a", 0, false } }, {}, "" },
		{ {}, { { "a", 0, false } }, "" },
		{ { { "a", 0, false } }, { { "a", 3, true } }, "socket+a3" },
		{ { { "a", 1, true }, { "b", 2, true }, { "c", 3, true } },
		  { { "a", 1, false }, { "b", 4, true }, { "d", 5, true } },
		  "socket!a1 socket-b2 socket+b4 socket-c3 socket+d5" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check(with_sockets(rows[i].before), with_sockets(rows[i].after), rows[i].events);
}

struct attempt {
	__u16 port; /* 0 ends the list */
	__u64 first, last, count;
	__u32 slot; /* 0: that of the first binding */
};

/* In the order of their keys: by slot, then by port. */
static struct ps_reading with_attempts(struct ps_reading reading, const struct attempt *attempt)
{
	struct ps_attempts *attempts = &reading.attempts;

	attempts->item = calloc(8, sizeof(*attempts->item));
	for (; attempt->port; attempt++) {
		struct ps_attempt *item = &attempts->item[attempts->count++];

		item->key = (struct ps_attempt_key){ .port = attempt->port,
						     .slot = attempt->slot ?: SLOT,
						     .family = PS_IPV4,
						     .proto = PS_TCP };
		item->value.first_ns = attempt->first;
		item->value.last_ns = attempt->last;
		item->value.count = attempt->count;
	}
	return reading;
}

static void test_attempts(void **state)
{
	static const struct {
		struct attempt before[4], after[4];
		const char *events;
	} rows[] = {
		{ {}, { { 1, 5, 5, 1, 0 } }, "bind1drop/1*1" },
		{ {}, { { 1, 5, 7, 3, 0 } }, "bind1drop/1*3" },
		{ { { 1, 5, 7, 3, 0 } }, { { 1, 5, 7, 3, 0 } }, "" },
		{ { { 1, 5, 7, 3, 0 } }, { { 1, 5, 9, 5, 0 } }, "bind1drop/1*2" },
		{ { { 1, 5, 7, 3, 0 } }, { { 1, 5, 7, 4, 0 } }, "" }, /* being written */
		{ { { 1, 5, 7, 3, 0 } }, { { 1, 8, 9, 2, 0 } }, "bind1drop/1*2" }, /* anew */
		{ { { 1, 5, 7, 3, 0 } }, {}, "" },
		{ {},
		  { { 1, 5, 9, 1, 0 }, { 2, 5, 8, 1, SLOT + 1 } },
		  "bind2pass/2*1 bind1drop/1*1" },
		{ { { 1, 5, 7, 3, 0 }, { 3, 5, 7, 1, 0 } },
		  { { 1, 5, 8, 4, 0 }, { 3, 5, 7, 1, 0 }, { 2, 9, 9, 1, SLOT + 1 } },
		  "bind1drop/1*1 bind2pass/2*1" },
		{ {}, { { 9, 5, 5, 1, 0 } }, "bind/9*1" }, /* the slot is another's now */
		{ {}, { { 1, 5, 5, 1, SLOT + 2 } }, "bind/1*1" },
		{ {}, { { 1, 5, 5, 1, 1 } }, "bind/1*1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check(with_attempts(make(1, ""), rows[i].before),
		      with_attempts(make(1, "tcp any:1 drop;tcp any:2 pass"), rows[i].after),
		      rows[i].events);
}

/* Counted as not seen yet, so that the next reading has it. */
static void test_written_later(void **state)
{
	struct ps_reading before =
		with_attempts(make(1, ""), (struct attempt[]){ { 1, 5, 7, 3, 0 }, {} });
	struct ps_reading after =
		with_attempts(make(1, ""), (struct attempt[]){ { 1, 5, 7, 4, 0 }, {} });
	struct ps_events events;

	(void)state;
	ps_events_find(&before, &after, &events);
	assert_int_equal(events.count, 0);
	ps_events_done(&events);
	ps_reading_done(&before);
	check(after, with_attempts(make(1, ""), (struct attempt[]){ { 1, 5, 8, 4, 0 }, {} }),
	      "bind/1*1");
}

/* The binding that forbade it was removed meanwhile, and another has its slot. */
static void test_removed(void **state)
{
	static const struct attempt attempt[] = { { 1, 5, 5, 1, 0 }, {} };
	static const struct attempt other[] = { { 1, 5, 5, 1, SLOT + 1 }, {} };

	(void)state;
	check(make(1, "tcp any:1 drop"), with_attempts(make(2, ""), attempt),
	      "published*1 -1drop bind1drop/1*1");
	check(make(1, "tcp any:1 drop"), with_attempts(make(2, "tcp any:2 drop"), attempt),
	      "published*1 -1drop +2drop bind1drop/1*1");
	check(make(1, "tcp any:1 drop;tcp any:1-9 pass"), with_attempts(make(2, ""), attempt),
	      "published*1 -1drop -1pass bind1drop/1*1");
	check(make(1, "tcp any:1-9 drop;tcp any:1 pass"), with_attempts(make(2, ""), other),
	      "published*1 -1pass -1drop bind1drop/1*1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),	 cmocka_unit_test(test_next),
		cmocka_unit_test(test_guard),	 cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_attempts), cmocka_unit_test(test_written_later),
		cmocka_unit_test(test_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
