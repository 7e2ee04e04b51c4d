// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * explain -r: what becomes of the frames of a capture, one after the other.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/reason.h"
#include "cmd/explain.h"
#include "cmd/replay.h"
#include "frame/capture_link.h"
#include "instance/open.h"
#include "observe/arrival.h"

#define PATIENCE_MS 1000 /* with a table that changes at each frame */
#define OUTPUT_ROOM (1 << 16)

struct replay {
	struct ps_context *context;
	const char *device; /* NULL: not said */
	struct ps_capture *capture;
	struct ps_replay_file written;
	struct ps_instance instance;
	struct ps_rehearsal rehearsal;
	bool is_open; /* these two */
	struct ps_tally tally;
	size_t noted; /* interfaces that were looked at */
};

static void close_table(struct replay *replay)
{
	if (!replay->is_open)
		return;
	ps_rehearsal_close(&replay->rehearsal);
	ps_instance_close(&replay->instance);
	replay->is_open = false;
}

static int open_rehearsal(struct replay *replay)
{
	struct ps_context *context = replay->context;
	struct ps_arrival arrival;
	int failed;

	if (ps_arrival_find(&replay->instance, replay->device, &arrival, &context->error))
		return -1;
	if (!replay->device && arrival.has_no_link)
		arrival = (struct ps_arrival){ .hook = PS_HOOK_XDP };
	failed =
		ps_rehearsal_open(&replay->rehearsal, &replay->instance, &arrival, &context->error);
	if (failed)
		ps_rehearsal_close(&replay->rehearsal);
	return failed;
}

static int open_table(struct replay *replay)
{
	const __u32 reads = PS_EXPLAIN_READS | 1 << PS_MAP_BINDINGS;

	close_table(replay);
	if (ps_apply_read(&replay->context->apply, reads, &replay->instance))
		return -1;
	if (open_rehearsal(replay)) {
		ps_instance_close(&replay->instance);
		return -1;
	}
	replay->is_open = true;
	return 0;
}

static void tally(struct replay *replay, const struct ps_explained *explained)
{
	struct ps_tally_row row = {
		.reason = explained->opinion.reason,
		.verdict = explained->opinion.verdict,
	};

	if (explained->opinion.is_bound) {
		row.endpoint = explained->expected.binding.endpoint;
		memcpy(row.name, explained->expected.binding.name, sizeof(row.name));
	}
	ps_tally_add(&replay->tally, &row);
}

/* With the table that there is now, when it was changed. */
static int explain(struct replay *replay, const struct ps_frame *frame, struct ps_explained *ret)
{
	struct ps_context *context = replay->context;
	long until = ps_clock_ms() + PATIENCE_MS + context->apply.wait_seconds * 1000L;
	int result;

	do {
		result = ps_explain(&replay->rehearsal, frame, ret, &context->error);
		if (result > 0 && open_table(replay))
			return -1;
	} while (result > 0 && ps_clock_ms() < until);
	if (result <= 0)
		return result;
	return ps_error_set(&context->error, PS_EXIT_LOCKED,
			    "instance '%s' changes faster than it can be read; waited %d s (--wait "
			    "SECONDS waits longer)",
			    context->apply.instance, context->apply.wait_seconds);
}

static int refuse_difference(struct ps_context *context, const struct ps_captured *captured,
			     const struct ps_explained *explained)
{
	struct ps_explained expected = *explained;
	char kernel[PS_REPLAY_TEXT], table[PS_REPLAY_TEXT];

	expected.opinion = explained->expected.opinion;
	ps_replay_format(explained, kernel);
	ps_replay_format(&expected, table);
	return ps_error_set(&context->error, PS_EXIT_REFUSED,
			    "the kernel and the table differ about frame %llu: the programs say "
			    "%s; the table says %s",
			    captured->number, kernel, table);
}

/* What is not understood is skipped, and said once. */
static bool is_understood(struct replay *replay, const struct ps_captured *captured)
{
	const struct ps_capture_interface *interface = captured->interface;
	bool is_known = ps_link_is_known(interface->link_type);
	const char *name = ps_link_name(interface->link_type);

	if (!is_known && captured->index >= replay->noted)
		ps_report_note(&replay->context->report,
			       "warning: frames of interface %zu%s%s are skipped: their link type, "
			       "%u%s%s, is not understood",
			       captured->index, *interface->name ? ", " : "", interface->name,
			       interface->link_type, *name ? ", " : "", name);
	if (captured->index >= replay->noted)
		replay->noted = captured->index + 1;
	return is_known;
}

static int replay_frame(struct replay *replay, const struct ps_captured *captured)
{
	struct ps_context *context = replay->context;
	struct ps_explained explained;
	struct ps_frame frame;

	if (!is_understood(replay, captured))
		return ps_replay_write(&replay->written, replay->capture, captured, NULL,
				       &context->error);
	frame = ps_link_ethernet(captured);
	if (explain(replay, &frame, &explained))
		return -1;
	if (replay->written.file != stdout)
		ps_replay_print(context, captured, &frame, &explained);
	if (explained.differs)
		return refuse_difference(context, captured, &explained);
	tally(replay, &explained);
	if (ferror(stdout))
		return ps_error_errno(&context->error, errno ?: EIO, "cannot write the output");
	return ps_replay_write(&replay->written, replay->capture, captured, &explained,
			       &context->error);
}

/* 0, also when the file is damaged: then with *@ret_damage. */
static int replay_all(struct replay *replay, struct ps_error *ret_damage)
{
	struct ps_captured captured;
	int result;

	while ((result = ps_capture_next(replay->capture, &captured, ret_damage)) > 0)
		if (replay_frame(replay, &captured))
			return -1;
	if (!result)
		ret_damage->text[0] = '\0';
	return 0;
}

static int replay(struct replay *replay)
{
	struct ps_context *context = replay->context;
	const char *path = ps_context_value(context, "write");
	struct ps_error damage = {};
	int failed;

	if (ps_explain_from(context) || open_table(replay) ||
	    (path && ps_replay_open(path, &replay->written, &context->error)))
		return -1;
	failed = replay_all(replay, &damage);
	if (!failed)
		failed = ps_replay_close(&replay->written, &context->error);
	fflush(stdout);
	if (!context->is_quiet)
		ps_replay_print_tally(context, &replay->tally);
	if (failed || !*damage.text)
		return failed;
	context->error = damage; /* all that could be read was */
	return -1;
}

static int read_words(struct ps_context *context, const char **ret_device)
{
	const char *from = ps_context_value(context, "from");

	if (from && !strcmp(from, "-") && !strcmp(ps_context_value(context, "read"), "-"))
		return ps_error_at(&context->error, -1, 0,
				   "stdin is the capture or the file of --from, not both");
	if (context->count && strcmp(context->word[0], "dev"))
		return ps_error_at(&context->error, 0, 0,
				   "with -r, packets are in the file; '%s' is too many",
				   context->word[0]);
	if (context->count == 1)
		return ps_error_at(&context->error, 0, 0, "'%s' needs a value", context->word[0]);
	if (ps_context_expect(context, 2))
		return -1;
	*ret_device = context->count ? context->word[1] : NULL;
	return 0;
}

int ps_replay_run(struct ps_context *context)
{
	static char room[OUTPUT_ROOM];
	const char *path = ps_context_value(context, "read");
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	struct replay state = { .context = context };
	int failed = -1;

	if (!file)
		return ps_error_errno(&context->error, errno, "cannot open %s", path);
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, room, _IOFBF, sizeof(room));
	if (!read_words(context, &state.device)) {
		state.capture = ps_capture_open(file, is_stdin ? "<stdin>" : path, &context->error);
		failed = state.capture ? replay(&state) : -1;
	}
	ps_replay_abandon(&state.written);
	close_table(&state);
	ps_tally_done(&state.tally);
	ps_capture_close(state.capture);
	if (!is_stdin)
		fclose(file);
	return failed ? -1 : PS_EXIT_DONE;
}
