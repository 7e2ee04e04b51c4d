// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Handing packets to sockets. See sk_lookup.h.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "instance/object.h"
#include "sk_lookup.h"
#include "socket/candidate.h"

int sk_lookup_load(const struct steer *steer)
{
	struct ps_error error;
	int fd;

	if (ps_object_load_hook(&steer->instance, PS_HOOK_SK_LOOKUP, PS_HOOK_SK_LOOKUP, &fd,
				&error))
		fail_msg("%s: %s", error.text, ps_object_log());
	return fd;
}

__s64 sk_lookup_run(int program_fd, const struct bpf_sk_lookup *packet)
{
	struct bpf_sk_lookup ctx = *packet;
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &ctx, .ctx_size_in = sizeof(ctx),
		    .ctx_out = &ctx, .ctx_size_out = sizeof(ctx));

	assert_int_equal(bpf_prog_test_run_opts(program_fd, &run), 0);
	assert_true(run.retval == SK_PASS || run.retval == SK_DROP);
	return run.retval == SK_PASS ? (__s64)ctx.cookie : -1;
}

enum ps_reason sk_lookup_reason(const struct steer *steer, int program_fd,
				const struct bpf_sk_lookup *packet, __s64 *ret_cookie)
{
	__u64 before[PS_REASONS_MAX], after[PS_REASONS_MAX];
	enum ps_reason reason = PS_REASON_NONE;

	steer_reasons(steer, PS_HOOK_SK_LOOKUP, before);
	*ret_cookie = sk_lookup_run(program_fd, packet);
	steer_reasons(steer, PS_HOOK_SK_LOOKUP, after);
	for (int i = 0; i < PS_REASONS_MAX; i++) {
		if (after[i] == before[i])
			continue;
		assert_int_equal(after[i], before[i] + 1);
		assert_int_equal(reason, PS_REASON_NONE);
		reason = (enum ps_reason)i;
	}
	return reason;
}

int sk_lookup_open(int type, const char *address)
{
	struct sockaddr_in6 place6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in place = { .sin_family = AF_INET };
	bool is_ipv6 = strchr(address, ':');
	int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, type, 0);

	assert_true(fd >= 0);
	if (is_ipv6) {
		assert_int_equal(inet_pton(AF_INET6, address, &place6.sin6_addr), 1);
		assert_int_equal(bind(fd, (struct sockaddr *)&place6, sizeof(place6)), 0);
	} else {
		assert_int_equal(inet_pton(AF_INET, address, &place.sin_addr), 1);
		assert_int_equal(bind(fd, (struct sockaddr *)&place, sizeof(place)), 0);
	}
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 8), 0);
	return fd;
}

__s64 sk_lookup_cookie(int fd)
{
	socklen_t size = sizeof(__u64);
	__u64 cookie = 0;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size), 0);
	return (__s64)cookie;
}

int sk_lookup_try(struct steer *steer, const struct ps_registering *registering, const int *fd,
		  struct ps_registry_change *ret, struct ps_error *error)
{
	struct ps_registering judged = *registering;
	struct ps_candidates candidates = {};
	int failed = 0;

	for (size_t i = 0; i < judged.count && !failed; i++)
		failed = ps_candidates_take(&candidates, 0, fd[i], error);
	judged.candidate = candidates.item;
	failed = failed || ps_registry_add(&steer->instance, &judged, ret, error);
	ps_candidates_done(&candidates);
	return failed;
}

struct ps_registry_change sk_lookup_add(struct steer *steer,
					const struct ps_registering *registering, const int *fd)
{
	struct ps_registry_change change;
	struct ps_error error;

	if (sk_lookup_try(steer, registering, fd, &change, &error))
		fail_msg("%s", error.text);
	return change;
}

void sk_lookup_forget(struct steer *steer, const char *name)
{
	struct ps_error error;
	size_t open;

	if (ps_registry_remove(&steer->instance, name, &open, &error))
		fail_msg("%s", error.text);
}
