// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the programs must answer for a sample, and whether they do. See stage.h.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include "base/reason.h"
#include "check.h"
#include "parsers.h"
#include "wanted.h"

#define RUN_MIN 14 /* the kernel runs nothing shorter */
#define TC_IPV6_MIN 54 /* the kernel makes no skb of a frame that ends within its IP header */
#define TC_MAX 3500 /* nor of what it would have to spread over pages */
#define XDP_FIRST_MAX 3520 /* of a page, what is not head room or struct skb_shared_info */

/* What the flow of a sample must have counted, by all programs together. */
struct wanted_flow {
	struct ps_flow_key key;
	__u64 packets, bytes;
	bool opens, primed;
};

struct problem {
	char *text;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static int
differs(const struct problem *problem, const struct stage_program *program, const char *format, ...)
{
	va_list args;
	int length = 0;

	if (program)
		length = snprintf(problem->text, problem->size,
				  "%s of %s: ", steer_hook_name(program->hook), program->compiler);
	va_start(args, format);
	vsnprintf(problem->text + length, problem->size - (size_t)length, format, args);
	va_end(args);
	return -1;
}

__u64 *check_reasons(const struct stage *stage, const struct stage_program *program)
{
	__u32 row = PS_REASONS_CPU + stage->cpu;

	return stage->steer.instance.reasons[ps_reasons_index(row, program->hook_index)].count;
}

int check_run(const struct stage *stage, const struct stage_program *program,
	      const struct sample *sample, struct steer_answer *answer)
{
	struct xdp_md xdp = { .data_end = (__u32)sample_readable(sample) };
	struct __sk_buff skb;
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = sample->data,
		    .data_size_in = (__u32)sample->size, .data_out = answer->data,
		    .data_size_out = sizeof(answer->data), .repeat = 1);
	int err;

	if (program->hook != PS_HOOK_XDP) {
		wanted_skb(sample, &skb);
		run.ctx_in = &skb;
		run.ctx_size_in = sizeof(skb);
	} else if (stage->has_linear && sample->linear < sample->size) {
		run.ctx_in = &xdp;
		run.ctx_size_in = sizeof(xdp);
	}
	err = bpf_prog_test_run_opts(program->fd, &run);
	answer->verdict = (int)run.retval;
	answer->size = run.data_size_out;
	answer->outcome = steer_outcome_of(program->hook, answer->verdict);
	return err;
}

/* How many bytes the kernel puts into the first buffer of a frame that XDP gets. */
static size_t first_buffer(const struct stage *stage, const struct sample *sample)
{
	size_t size = stage->has_linear ? sample_readable(sample) : sample->size;

	return size < XDP_FIRST_MAX ? size : XDP_FIRST_MAX;
}

static int parse(const struct sample *sample, struct parsed *ret, const struct problem *problem)
{
	struct parsed reference;
	char native[160], other[160];

	native_parse(sample, sample->size, ret);
	reference_parse(sample, sample->size, &reference);
	ret->ip_end = reference.ip_end;
	if (parsed_is_equal(ret, &reference))
		return 0;
	return differs(problem, NULL, "packet.h: %s; the reference: %s",
		       parsed_format(ret, native, sizeof(native)),
		       parsed_format(&reference, other, sizeof(other)));
}

static int compare_reason(const struct stage *stage, struct stage_program *program,
			  const struct wanted *wanted, const struct problem *problem)
{
	const __u64 *row = check_reasons(stage, program);

	if (row[wanted->reason] == ++program->counted[wanted->reason])
		return 0;
	for (int reason = 0; reason < PS_REASONS_MAX; reason++)
		if (reason != (int)wanted->reason && row[reason] != program->counted[reason])
			return differs(problem, program, "reason %s; wanted is %s",
				       ps_reason_name((enum ps_reason)reason),
				       ps_reason_name(wanted->reason));
	return differs(problem, program, "no reason was counted; wanted is %s",
		       ps_reason_name(wanted->reason));
}

/* What is counted for @slot, on this CPU or another. */
static const struct ps_count *count_at(const struct stage *stage, __u32 cpu,
				       enum ps_direction direction, __u32 slot)
{
	const struct ps_instance *instance = &stage->steer.instance;
	const struct ps_counts *counts = direction == PS_RX ? instance->counters : instance->sent;

	return &counts[ps_count_index(cpu, ps_blocks_of(instance->meta->capacity), slot)]
			.count[slot % PS_BLOCK];
}

static int compare_counter(struct stage *stage, const struct stage_program *program,
			   const struct wanted *wanted, const struct problem *problem)
{
	enum ps_direction direction = program->hook == PS_HOOK_TC_EGRESS ? PS_TX : PS_RX;
	const struct ps_count *now;
	struct ps_count *want;

	if (!wanted->winner)
		return 0;
	want = &stage->counted[direction][wanted->winner->slot];
	now = count_at(stage, stage->cpu, direction, wanted->winner->slot);
	want->packets += wanted->packets;
	want->bytes += wanted->bytes;
	if (!memcmp(now, want, sizeof(*now)))
		return 0;
	return differs(problem, program,
		       "the binding counted %llu packets, %llu bytes, not %llu, %llu", now->packets,
		       now->bytes, want->packets, want->bytes);
}

/* Only the link addresses may be new, and only where something is sent on. */
static int compare_bytes(const struct stage_program *program, const struct sample *sample,
			 const struct steer_answer *answer, const struct wanted *wanted,
			 const struct problem *problem)
{
	static const __u8 macs[2][12] = { { 2, 0, 0, 0, 0, 0x99, 2, 0, 0, 0, 0x0a, 0x0a },
					  { 2, 0, 0, 0, 0x0b, 0x0b, 2, 0, 0, 0, 0x0a, 0x0a } };
	const __u8 *link = sample->data;

	if (wanted->reason == PS_REASON_REDIRECT && wanted->winner->target.hop == PS_HOP_MAC)
		link = macs[0];
	if (wanted->reason == PS_REASON_REDIRECT && wanted->winner->target.hop == PS_HOP_VIA)
		link = macs[1];
	if (answer->size != sample->size || memcmp(answer->data, link, 12) ||
	    memcmp(answer->data + 12, sample->data + 12, sample->size - 12))
		return differs(problem, program, "the frame was changed (reason %s)",
			       ps_reason_name(wanted->reason));
	return 0;
}

/* Frames that the kernel will not run say nothing about the program. */
static bool is_excused(const struct stage_program *program, const struct sample *sample, int err)
{
	return err == -EINVAL && program->hook != PS_HOOK_XDP &&
	       (sample->size < TC_IPV6_MIN || sample->size > TC_MAX);
}

static void expect_flow(const struct parsed *parsed, const struct wanted *wanted,
			struct wanted_flow *flow)
{
	flow->key = (struct ps_flow_key){
		.slot = wanted->winner->slot,
		.sport = parsed->sport,
		.dport = parsed->dport,
		.family = parsed->family,
		.proto = parsed->proto,
	};
	memcpy(flow->key.saddr, parsed->src, sizeof(flow->key.saddr));
	memcpy(flow->key.daddr, parsed->dst, sizeof(flow->key.daddr));
	flow->opens = parsed->opens_flow;
}

/* A packet that opens no flow counts in one that is there, and only then. */
static void prime_flow(const struct stage *stage, const struct sample *sample,
		       struct wanted_flow *flow)
{
	const struct ps_flow none = {};

	if (flow->packets || flow->opens || flow->primed || sample->size % 2)
		return;
	bpf_map_update_elem(stage->steer.instance.map_fd[PS_MAP_FLOWS], &flow->key, &none, BPF_ANY);
	flow->primed = true;
}

static int compare_flow(const struct stage *stage, const struct wanted_flow *flow,
			const struct problem *problem)
{
	int fd = stage->steer.instance.map_fd[PS_MAP_FLOWS];
	bool must_be = flow->opens || flow->primed, is;
	struct ps_flow now = {};

	if (!flow->packets && !flow->primed)
		return 0;
	is = !bpf_map_lookup_elem(fd, &flow->key, &now);
	if (is)
		bpf_map_delete_elem(fd, &flow->key);
	if (is != must_be)
		return differs(problem, NULL, is ? "a flow was made" : "no flow was made");
	if (is && (now.packets != flow->packets || now.bytes != flow->bytes))
		return differs(problem, NULL, "the flow has %llu packets, not %llu", now.packets,
			       flow->packets);
	return 0;
}

static int check_program(struct stage *stage, struct stage_program *program,
			 const struct view *view, struct wanted_flow *flow,
			 const struct problem *problem)
{
	static struct steer_answer answer;
	const struct sample *sample = view->sample;
	struct wanted wanted;
	int err;

	wanted_of(&stage->table, program->hook, view, &wanted);
	if (wanted.reason == PS_REASON_COUNT) {
		expect_flow(&view->parsed, &wanted, flow);
		prime_flow(stage, sample, flow);
	}
	err = check_run(stage, program, sample, &answer);
	if (is_excused(program, sample, err)) {
		program->refused++;
		return 0;
	}
	if (err)
		return differs(problem, program, "cannot run it: %s", strerror(-err));
	if (wanted.reason == PS_REASON_COUNT) {
		flow->packets += wanted.packets;
		flow->bytes += wanted.bytes;
	}
	if (compare_reason(stage, program, &wanted, problem) ||
	    compare_counter(stage, program, &wanted, problem))
		return -1;
	if (answer.outcome != wanted.outcome)
		return differs(problem, program, "verdict %d for reason %s", answer.verdict,
			       ps_reason_name(wanted.reason));
	return compare_bytes(program, sample, &answer, &wanted, problem);
}

int stage_check(struct stage *stage, const struct sample *sample, char *text, size_t size)
{
	const struct problem problem = { .text = text, .size = size };
	struct view view = { .sample = sample, .first = first_buffer(stage, sample) };
	struct wanted_flow flow = {};

	if (parse(sample, &view.parsed, &problem))
		return -1;
	for (int i = 0; i < stage->programs && sample->size >= RUN_MIN; i++)
		if (check_program(stage, &stage->program[i], &view, &flow, &problem))
			return -1;
	return compare_flow(stage, &flow, &problem);
}

static int audit_reasons(const struct stage *stage, const struct problem *problem)
{
	const struct ps_instance *instance = &stage->steer.instance;
	__u32 rows = ps_reasons_index(PS_REASONS_CPU + instance->meta->cpu_rows, 0);
	static const __u64 zero[PS_REASONS_MAX];

	for (__u32 row = 0; row < rows; row++) {
		const __u64 *now = instance->reasons[row].count, *want = zero;
		const struct stage_program *owner = NULL;

		for (int i = 0; i < stage->programs; i++) {
			if (check_reasons(stage, &stage->program[i]) != now)
				continue;
			owner = &stage->program[i];
			want = owner->counted;
		}
		if (memcmp(now, want, sizeof(zero)))
			return differs(problem, owner, "reasons in row %u are not those counted",
				       row);
	}
	return 0;
}

static int audit_counters(const struct stage *stage, __u32 cpu, enum ps_direction direction,
			  const struct problem *problem)
{
	static const struct ps_count zero;

	for (__u32 slot = 0; slot < stage->steer.instance.meta->capacity; slot++) {
		const struct ps_count *now = count_at(stage, cpu, direction, slot);
		const struct ps_count *want =
			cpu == stage->cpu ? &stage->counted[direction][slot] : &zero;

		if (memcmp(now, want, sizeof(*now)))
			return differs(problem, NULL,
				       "slot %u on CPU %u has %llu packets, not %llu", slot, cpu,
				       now->packets, want->packets);
	}
	return 0;
}

int stage_audit(const struct stage *stage, char *text, size_t size)
{
	const struct problem problem = { .text = text, .size = size };

	for (__u32 cpu = 0; cpu < stage->steer.instance.meta->cpu_rows; cpu++)
		for (enum ps_direction direction = PS_RX; direction <= PS_TX; direction++)
			if (audit_counters(stage, cpu, direction, &problem))
				return -1;
	return audit_reasons(stage, &problem);
}
