// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Endpoints that belong to somebody and that others may get.
 */
#include "host.h"

static void find_unguarded(struct ps_conflicts *conflicts, const struct ps_view *view,
			   struct ps_facts *facts, const struct ps_bindings *bindings)
{
	(void)view;
	ps_conflicts_find_unguarded(conflicts, facts, bindings);
}

#define PICKED(port)                                                                               \
	"any process may have the kernel pick port " port " (range 32768-60999), which the guard " \
	"does not see; "
#define FREE(port)                                                                               \
	"the guard does not refuse anything, so whoever binds it first has it; ports from " port \
	" on need no right (ip_unprivileged_port_start): portsteer guard on"

static void test_picked(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	facts.guard = PS_GUARD_ON;
	assert_conflict(find_unguarded, &facts, "tcp any:40000 pass owner user:a",
			PICKED("40000") "reserve it: portsteer reserve set");
	assert_conflict(find_unguarded, &facts, "udp any:32000-33000 count owner user:a",
			PICKED("32768") "reserve it: portsteer reserve set");
	assert_conflict(
		find_unguarded, &facts, "tcp any:any pass owner user:a",
		PICKED("32768") "reserving all of these ports would leave none: bind fewer");
	assert_conflict(find_unguarded, &facts, "tcp any:32767 pass owner user:a", NULL);
	assert_conflict(find_unguarded, &facts, "tcp any:40000 pass", NULL);
	assert_conflict(find_unguarded, &facts, "tcp any:40000 drop owner user:a", NULL);
	ps_portset_remove(&facts.ephemeral.ports, 40000, 40000);
	assert_conflict(find_unguarded, &facts, "tcp any:40000 pass owner user:a", NULL);
}

static void test_no_guard(void **state)
{
	struct ps_facts facts = make_facts();

	(void)state;
	facts.ephemeral.unprivileged = 1024;
	assert_conflict(find_unguarded, &facts, "tcp any:443 pass owner user:a",
			"the guard does not refuse anything, so whoever has CAP_NET_BIND_SERVICE "
			"and binds it first has it: portsteer guard on");
	assert_conflict(find_unguarded, &facts, "tcp any:8443 pass owner user:a", FREE("1024"));
	facts.ephemeral.unprivileged = 80;
	facts.guard = PS_GUARD_REPORT;
	assert_conflict(find_unguarded, &facts, "tcp any:443 pass owner user:a", FREE("80"));
	assert_conflict(find_unguarded, &facts, "tcp any:443 pass", NULL);
	facts.guard = PS_GUARD_ON;
	assert_conflict(find_unguarded, &facts, "tcp any:443 pass owner user:a", NULL);
	assert_conflict(find_unguarded, &facts, "sctp any:443 pass owner user:a",
			"SCTP is not guarded, so whoever binds it first has it");
	facts.guard_is_unknown = true;
	assert_conflict(find_unguarded, &facts, "sctp any:443 pass owner user:a", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_picked),
		cmocka_unit_test(test_no_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
