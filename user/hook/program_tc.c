// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who sits on TC hooks: TCX programs, then filters of clsact. libbpf 1.1 knows
 * nothing of TCX, so the query is made by hand.
 */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include "hook/program_read.h"
#include "hook/tcx.h"
#include "host/netlink.h"

#define PROGRAMS_MAX 64 /* what the kernel allows on one TCX hook */

void ps_programs_read_tcx(__u32 ifindex, enum ps_hook hook, struct ps_programs *programs)
{
	__u32 ids[PROGRAMS_MAX] = {}, links[PROGRAMS_MAX] = {};
	struct ps_tcx_query query = {
		.target_ifindex = ifindex,
		.attach_type = ps_tcx_attach_type(hook),
		.prog_ids = (__u64)(unsigned long)ids,
		.count = PROGRAMS_MAX,
		.link_ids = (__u64)(unsigned long)links,
	};

	if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof(query))) {
		if (ps_is_unknown(ps_answer_of(errno)) && errno != EINVAL) /* there is no TCX */
			programs->err[hook] = errno;
		return;
	}
	for (__u32 i = 0; i < query.count; i++) {
		struct ps_program *program = ps_programs_add(programs, hook, PS_MODE_TCX);

		program->prog_id = ids[i];
		program->link_id = links[i];
		program->by = links[i] ? PS_BY_LINK : PS_BY_TCX;
	}
}

struct filter {
	__u32 prog_id;
	__u32 priority;
	__u32 handle;
	char name[16];
};

static int on_bpf_option(const struct nlattr *attribute, void *data)
{
	struct filter *filter = data;

	if (mnl_attr_get_type(attribute) == TCA_BPF_ID)
		filter->prog_id = mnl_attr_get_u32(attribute);
	return MNL_CB_OK;
}

static int on_filter_attribute(const struct nlattr *attribute, void *data)
{
	struct filter *filter = data;

	if (mnl_attr_get_type(attribute) == TCA_KIND)
		strncpy(filter->name, mnl_attr_get_str(attribute), sizeof(filter->name) - 1);
	else if (mnl_attr_get_type(attribute) == TCA_OPTIONS && !strcmp(filter->name, "bpf"))
		mnl_attr_parse_nested(attribute, on_bpf_option, filter);
	return MNL_CB_OK;
}

static int on_filter(const struct nlmsghdr *message, void *items)
{
	const struct tcmsg *head = mnl_nlmsg_get_payload(message);
	struct filter *filter;

	if (!head->tcm_handle) /* the chain itself */
		return MNL_CB_OK;
	filter = ps_netlink_items_add(items);
	filter->priority = head->tcm_info >> 16;
	filter->handle = head->tcm_handle;
	mnl_attr_parse(message, sizeof(*head), on_filter_attribute, filter);
	return MNL_CB_OK;
}

/* u32 and others have several entries for one filter that somebody added. */
static bool is_same_filter(const struct filter *a, const struct filter *b)
{
	return !a->prog_id && !b->prog_id && a->priority == b->priority &&
	       !strcmp(a->name, b->name);
}

static void add_filters(const struct filter *filters, size_t count, enum ps_hook hook,
			struct ps_programs *programs)
{
	for (size_t i = 0; i < count; i++) {
		struct ps_program *program;

		if (i && is_same_filter(&filters[i - 1], &filters[i]))
			continue;
		program = ps_programs_add(programs, hook, PS_MODE_CLSACT);
		program->prog_id = filters[i].prog_id;
		program->priority = filters[i].priority;
		program->handle = filters[i].handle;
		program->by = PS_BY_FILTER;
		if (!program->prog_id)
			memcpy(program->name, filters[i].name, sizeof(program->name));
	}
}

void ps_programs_read_clsact(__u32 ifindex, enum ps_hook hook, struct ps_programs *programs)
{
	__attribute__((aligned(NLMSG_ALIGNTO))) char buffer[PS_NETLINK_REQUEST_SIZE];
	struct ps_netlink_items items = { .size = sizeof(struct filter) };
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct tcmsg *wanted = mnl_nlmsg_put_extra_header(request, sizeof(*wanted));
	int err;

	request->nlmsg_type = RTM_GETTFILTER;
	wanted->tcm_ifindex = (int)ifindex;
	wanted->tcm_parent = TC_H_MAKE(TC_H_CLSACT, hook == PS_HOOK_TC_INGRESS ? TC_H_MIN_INGRESS
									       : TC_H_MIN_EGRESS);
	err = ps_netlink_dump(NETLINK_ROUTE, request, on_filter, &items);
	if (!err)
		add_filters(items.item, items.count, hook, programs);
	else if (ps_is_unknown(ps_answer_of(-err)) && err != -EINVAL) /* there is no qdisc */
		programs->err[hook] = -err;
	ps_netlink_items_done(&items);
}
