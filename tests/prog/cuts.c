// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames cut short at every byte, so at every border of a header too: they
 * pass as truncated, and nothing counts them. Cut to a consistent length they
 * pass as malformed. Whole, they are dropped by the binding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/reason.h"
#include "steer.h"

#define ETH_BYTES 14

static struct steer steer;
static struct frame whole;
static struct steer_answer answer;

static const char *const texts[] = {
	"ip4 tcp",
	"ip4 udp",
	"ip4 sctp",
	"ip4 ihl=15 tcp doff=15",
	"vlan=5 ip4 udp pad=32",
	"qinq=5 vlan=6 ip4 ihl=6 tcp",
	"ip4 mf udp len=4000 pad=8",
	"ip6 tcp",
	"ip6 udp",
	"ip6 sctp",
	"vlan=5 qinq=6 ip6 tcp doff=10",
	"ip6 hop=1 opts=2 route=2 frag ah=4 udp",
	"ip6 opts opts opts opts opts opts opts ah=1 tcp",
	"ip6 opts=1 frag m udp len=3000 pad=16",
	"ip6 frag hlen=9 sctp pad=4",
};

static void expect(const char *text, enum ps_hook hook, size_t size, enum ps_reason reason)
{
	enum steer_outcome outcome = reason == PS_REASON_DROP ? STEER_DROP : STEER_PASS;

	steer_run(&steer, hook, &whole, &answer);
	if (answer.reason != reason || answer.outcome != outcome)
		fail_msg("%s, %zu bytes of '%s': verdict %d, reason %s, not %s",
			 steer_hook_name(hook), size, text, answer.verdict,
			 ps_reason_name(answer.reason), ps_reason_name(reason));
}

static size_t link_bytes(const char *text)
{
	size_t tags = 0;

	for (const char *at = text; (at = strpbrk(at, "vq")); at++)
		tags += !strncmp(at, "vlan", 4) || !strncmp(at, "qinq", 4);
	return ETH_BYTES + 4 * tags;
}

/* The kernel runs TC programs only on frames that hold their IP header. */
static size_t first_size(const char *text, enum ps_hook hook)
{
	size_t link = link_bytes(text);

	if (hook == PS_HOOK_XDP)
		return ETH_BYTES;
	if (link > ETH_BYTES)
		return ETH_BYTES + 1;
	return link + (strstr(text, "ip4") ? 20 : 40);
}

static enum ps_reason reason_of_cut(const char *text, size_t whole_size)
{
	size_t link = link_bytes(text);
	size_t header = (size_t)(whole.data[link] & 15) * 4;

	if (whole.size == whole_size)
		return PS_REASON_DROP;
	if (strstr(text, "ip4") && whole.size >= link + 20 && whole.size < link + header)
		return PS_REASON_MALFORMED; /* IHL beyond the packet */
	return PS_REASON_TRUNCATED;
}

/* Without its last bytes, which the lengths in it still promise. */
static void test_cut(void **state)
{
	const char *text = *state;
	size_t size;

	frame_build(text, 0, &whole);
	size = whole.size;
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_INGRESS; hook++)
		for (whole.size = first_size(text, hook); whole.size <= size; whole.size++)
			expect(text, hook, whole.size, reason_of_cut(text, size));
}

/* The same, with the IP length corrected: a header that was cut is malformed. */
static void test_short(void **state)
{
	const char *text = *state;
	size_t link = link_bytes(text), size;
	bool is_ipv4 = strstr(text, "ip4");
	struct frame uncut;

	frame_build(text, 0, &whole);
	uncut = whole;
	size = whole.dst.port_at - 2 + 8; /* the least that any transport needs */
	for (enum ps_hook hook = PS_HOOK_XDP; hook <= PS_HOOK_TC_INGRESS; hook++)
		for (whole.size = link + (is_ipv4 ? 20 : 40); whole.size < size; whole.size++) {
			size_t length = whole.size - link - (is_ipv4 ? 0 : 40);
			bool has_no_ports = strstr(text, " mf") || strstr(text, " m ");

			memcpy(whole.data, uncut.data, whole.size);
			whole.data[link + (is_ipv4 ? 2 : 4)] = (__u8)(length >> 8);
			whole.data[link + (is_ipv4 ? 3 : 5)] = (__u8)length;
			if (!is_ipv4 && !length && strstr(text, "hop"))
				continue; /* would be a jumbogram */
			steer_run(&steer, hook, &whole, &answer);
			if (answer.outcome != STEER_PASS ||
			    (answer.reason != PS_REASON_MALFORMED &&
			     !(has_no_ports && answer.reason == PS_REASON_FRAGMENT)))
				fail_msg("%s, %zu bytes of '%s': verdict %d, reason %s",
					 steer_hook_name(hook), whole.size, text, answer.verdict,
					 ps_reason_name(answer.reason));
		}
}

static int open_all(void **state)
{
	(void)state;
	steer_enter_netns();
	steer_open(&steer, "cuts", STEER_BINDINGS);
	steer_set(&steer, "tcp,udp,sctp any:any drop");
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	steer_close(&steer);
	return 0;
}

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

int main(void)
{
	static struct CMUnitTest tests[2 * TEXTS];
	static char names[2 * TEXTS][80];

	for (size_t i = 0; i < 2 * TEXTS; i++) {
		bool is_cut = i < TEXTS;

		snprintf(names[i], sizeof(names[i]), "%s %s", is_cut ? "cut" : "short",
			 texts[i % TEXTS]);
		tests[i] = (struct CMUnitTest){
			.name = names[i],
			.test_func = is_cut ? test_cut : test_short,
			.initial_state = (void *)texts[i % TEXTS],
		};
	}
	return _cmocka_run_group_tests("cuts", tests, 2 * TEXTS, open_all, close_all);
}
