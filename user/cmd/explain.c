// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * explain: why a packet goes where it goes.
 */
#include <stdlib.h>
#include <string.h>
#include "apply/suppose.h"
#include "base/advice.h"
#include "base/clock.h"
#include "base/memory.h"
#include "cmd/explain.h"
#include "cmd/replay.h"
#include "file/file.h"
#include "instance/open.h"
#include "observe/arrival.h"
#include "table/read.h"

#define PATIENCE_MS 1000 /* with a table that changes meanwhile */

/* The binding whose slot was counted. */
struct slot_search {
	__u32 slot;
	struct ps_explanation *explanation;
};

static void keep_of_slot(void *context, const struct ps_binding *binding)
{
	struct slot_search *search = context;

	if (binding->slot != search->slot)
		return;
	search->explanation->binding = *binding;
	search->explanation->has_binding = true;
}

static int find_binding(struct ps_context *context, struct ps_explanation *explanation)
{
	const struct ps_explained *explained = &explanation->explained;
	struct slot_search search = { explained->opinion.slot, explanation };

	if (!explained->opinion.is_bound)
		return 0;
	if (explained->differs)
		return ps_table_visit(explanation->instance, keep_of_slot, &search,
				      &context->error);
	explanation->binding = explained->expected.binding;
	explanation->has_binding = true;
	return 0;
}

static int find_contenders(struct ps_context *context, struct ps_explanation *explanation)
{
	const struct ps_judged *judged = &explanation->explained.judged;
	struct ps_spot spot = ps_judged_spot(judged);

	if (judged->reason)
		return 0;
	return ps_contenders_find(explanation->instance, &spot, &explanation->contenders,
				  &context->error);
}

/* What the stack does with it at sk_lookup, if a program is there. */
static int deliver(struct ps_context *context, struct ps_explanation *explanation)
{
	const struct ps_explained *explained = &explanation->explained;

	if (explained->opinion.reason != PS_REASON_SOCKET || explained->differs ||
	    explanation->file || !ps_arrival_sockets(explanation->instance))
		return 0;
	explanation->has_delivery = true;
	return ps_delivery_rehearse(explanation->instance, &explained->judged,
				    &explanation->binding, &explanation->delivery, &context->error);
}

/* 1: the table was changed meanwhile. */
static int rehearse(struct ps_context *context, struct ps_explanation *explanation)
{
	__u8 bytes[PS_FRAME_MAX];
	size_t size = ps_frame_build(&explanation->words.plan, bytes);
	const struct ps_frame frame = { bytes, size, size };
	struct ps_rehearsal rehearsal;
	int result = ps_rehearsal_open(&rehearsal, explanation->instance, &explanation->arrival,
				       &context->error) ||
				     ps_explain(&rehearsal, &frame, &explanation->explained,
						&context->error) < 0
			     ? -1
			     : 0;

	ps_rehearsal_close(&rehearsal);
	if (!result)
		result = find_contenders(context, explanation) ||
					 find_binding(context, explanation) ||
					 deliver(context, explanation)
				 ? -1
				 : 0;
	return result ?: !ps_explain_is_current(explanation->instance);
}

static int find_arrival(struct ps_context *context, struct ps_explanation *explanation)
{
	const struct ps_frame_words *words = &explanation->words;
	struct ps_arrival *arrival = &explanation->arrival;

	if (ps_arrival_find(explanation->instance, words->device, arrival, &context->error))
		return -1;
	if (arrival->has_no_link && words->plan.vlans)
		return ps_error_at(&context->error, words->device_word, 0,
				   "packets of '%s' have no link header, and so no VLAN tag",
				   arrival->device);
	return 0;
}

static void note_unattached(struct ps_context *context, const struct ps_arrival *arrival)
{
	bool is_live = !context->apply.source; /* else of a file */
	const char *with = is_live ? "" : "with this file ", *device = arrival->device;

	if (!*device)
		ps_report_note(&context->report,
			       "note: %snothing is attached; this is what XDP would do", with);
	else
		ps_report_note(&context->report,
			       "note: %snothing is attached to '%s', so its packets are not "
			       "steered; this is what %s%s%s would do",
			       with, device, is_live ? "'" : "",
			       is_live ? ps_advice("attach", device, NULL) : "XDP",
			       is_live ? "'" : "");
}

static void note_arrival(struct ps_context *context, const struct ps_arrival *arrival)
{
	if (!arrival->is_attached)
		note_unattached(context, arrival);
	if (arrival->is_other_build)
		ps_report_note(&context->report,
			       "warning: the program on '%s' is from another build of portsteer; "
			       "this is what the one of this build does",
			       arrival->device);
}

/* 1: once more. */
static int explain(struct ps_context *context, const struct ps_frame_words *words)
{
	struct ps_explanation *explanation = NULL;
	struct ps_instance instance;
	int result =
		ps_apply_read(&context->apply, PS_EXPLAIN_READS | PS_DELIVERY_READS, &instance);

	if (result)
		return -1;
	explanation = ps_memory_new(1, sizeof(*explanation));
	explanation->instance = &instance;
	explanation->file = context->apply.source;
	explanation->words = *words;
	result = find_arrival(context, explanation) ?: rehearse(context, explanation);
	if (!result) {
		note_arrival(context, &explanation->arrival);
		result = ps_explanation_print(context, explanation);
	}
	free(explanation);
	ps_instance_close(&instance);
	return result;
}

int ps_explain_from(struct ps_context *context)
{
	const char *path = ps_context_value(context, "from");
	struct ps_file file;
	int failed;

	if (!path)
		return 0;
	failed = ps_context_read_file(context, path, &file) ||
		 ps_apply_suppose(&context->apply, &file);
	ps_file_done(&file);
	return failed ? -1 : 0;
}

static int run_explain(struct ps_context *context)
{
	long until = ps_clock_ms() + PATIENCE_MS + context->apply.wait_seconds * 1000L;
	struct ps_frame_words words;
	int result;

	if (ps_context_has(context, "read"))
		return ps_replay_run(context);
	if (ps_context_has(context, "write"))
		return ps_error_at(&context->error, -1, 0,
				   "-w writes the frames of a capture, which -r FILE names");
	if (ps_frame_parse(context->count, context->word, &words, &context->error) ||
	    ps_explain_from(context))
		return -1;
	do {
		result = explain(context, &words);
		if (result <= 0)
			return result ? -1 : PS_EXIT_DONE;
	} while (ps_clock_ms() < until);
	return ps_error_set(&context->error, PS_EXIT_LOCKED,
			    "instance '%s' changes faster than it can be read; waited %d s (--wait "
			    "SECONDS waits longer)",
			    context->apply.instance, context->apply.wait_seconds);
}

static const struct ps_option explain_options[] = {
	{ "read", "FILE", 'r' },
	{ "write", "FILE", 'w' },
	{ "from", "FILE", 0 },
	{},
};

PS_COMMAND(explain) = {
	.kind = PS_NOUN,
	.name = "explain",
	.arguments = "PROTO SOURCE:PORT DESTINATION:PORT [dev DEV] [vlan N] [flags FLAGS] "
		     "[length BYTES] [--from FILE] | -r FILE [-w FILE] [--from FILE] [dev DEV]",
	.summary = "show why a packet goes where it goes",
	.details =
		"The programs of this build decide about a packet that is made for it, on the\n"
		"live table; nothing is sent, and nothing is counted. Below it every binding that\n"
		"is for the packet, in order of precedence, and why it has to give way. The table\n"
		"is asked for a second opinion; when that differs, both are printed, and the exit\n"
		"status is 1. What the stack does afterwards (netfilter, routing, sockets) is not\n"
		"looked into, except for a socket that a binding hands the packet to.\n\n"
		"  dev DEV       arriving there; else at the first interface that is attached\n"
		"  vlan N        with this VLAN tag; several are nested\n"
		"  flags FLAGS   of TCP, letters of FSRPAUEC; without it S\n"
		"  length BYTES  of the whole frame; without it as short as can be\n"
		"  -v            also what would be looked up and is not bound\n"
		"  -r, --read FILE\n"
		"                a line for each frame of a capture, pcap or pcapng, of Ethernet,\n"
		"                raw IP or Linux cooked; '-' is stdin. Sums by binding and reason\n"
		"                on stderr, unless -q\n"
		"  -w, --write FILE\n"
		"                the same frames as pcapng, with comments and verdicts; '-' is\n"
		"                stdout, without lines\n"
		"  --from FILE   on the table of FILE, as 'apply' would make it, in place of the\n"
		"                live one, which need not exist; nothing is changed, and what\n"
		"                FILE says of sockets and the guard is not looked at\n\n"
		"JSON keys: protocol, source, source_port, destination, destination_port, vlan,\n"
		"interface (null: none in particular), hook (xdp, tc-ingress), attached,\n"
		"generation (null: of a file), verdict (pass, drop, redirect), reason, binding\n"
		"(null: none), name, candidates with endpoint, words, name, outcome (wins, loses,\n"
		"unbound), why; device, mac, via (of a redirect, else null); socket (null: none)\n"
		"with name, socket, pid, command; expected (null: the same) with verdict, reason,\n"
		"binding.\n\n"
		"With -r an object a line: frame (from 1), time, interface, protocol, source,\n"
		"source_port, destination, destination_port (null where there is none to read),\n"
		"vlan, reason, binding, verdict, truncated (by the capture); on stderr frames,\n"
		"sums with frames, verdict, reason, binding, name.\n",
	.options = explain_options,
	.is_table_only = true,
	.run = run_explain,
};
