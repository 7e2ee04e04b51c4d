// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A line for each frame, and the sums. See replay.h; the keys are those of
 * doc/schema/explain.json. Lines are printed as they are: an object of a library for each
 * would cost as much as all else.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/reason.h"
#include "cmd/replay.h"
#include "frame/view.h"

#define ROWS_SHOWN 25
#define TIME_TEXT 48
#define TEXTS_KEPT 256

/* A line, which is longer than anything that is put into it. */
static struct {
	char text[2048];
	size_t length;
} line;

static void put(const char *text)
{
	size_t length = strlen(text);

	memcpy(line.text + line.length, text, length);
	line.length += length;
}

static void put_char(char letter)
{
	line.text[line.length++] = letter;
}

/* With zeros before it, up to @digits. */
static void put_number(__u64 number, int digits)
{
	char text[24];
	int at = sizeof(text);

	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number || (int)sizeof(text) - at < digits);
	memcpy(line.text + line.length, text + at, sizeof(text) - (size_t)at);
	line.length += sizeof(text) - (size_t)at;
}

static void flush_line(void)
{
	fwrite(line.text, 1, line.length, stdout);
	line.length = 0;
}

/* Text of somebody else, of which hardly any needs an escape. */
static void put_escaped(const char *text)
{
	const char *at = text;

	while (*at >= ' ' && *at < 0x7f && *at != '\\')
		at++;
	if (!*at) {
		put(text);
		return;
	}
	flush_line();
	ps_output_escaped(stdout, text);
}

static void end_line(void)
{
	put_char('\n');
	flush_line();
}

static void put_address(enum ps_family family, const __u8 *address)
{
	char text[PS_ADDRESS_TEXT];

	if (family == PS_IPV6) {
		put(ps_address_format(family, address, text));
		return;
	}
	for (int i = 0; i < 4; i++) {
		put_number(address[i], 1);
		if (i < 3)
			put_char('.');
	}
}

/* Many frames are of one second, and of a few bindings: their text is kept. */
static const char *format_second(__s64 seconds, const char *form)
{
	static char text[TIME_TEXT];
	static const char *last_form;
	static __s64 last;
	time_t wanted = (time_t)seconds;
	struct tm time;

	if (form == last_form && seconds == last)
		return text;
	if (!gmtime_r(&wanted, &time) || !strftime(text, sizeof(text), form, &time))
		snprintf(text, sizeof(text), "%lld", seconds);
	last_form = form;
	last = seconds;
	return text;
}

static const char *format_binding(const struct ps_binding *binding)
{
	static struct {
		struct ps_endpoint endpoint;
		char text[PS_ENDPOINT_TEXT];
	} kept[TEXTS_KEPT];
	size_t at = binding->slot % TEXTS_KEPT;

	if (!ps_endpoint_is_equal(&kept[at].endpoint, &binding->endpoint)) {
		kept[at].endpoint = binding->endpoint;
		ps_endpoint_format(&binding->endpoint, kept[at].text);
	}
	return kept[at].text;
}

static void put_time(const struct ps_captured *captured, const char *form, int digits)
{
	__u32 parts = captured->nanoseconds;

	for (int i = digits; i < 9; i++)
		parts /= 10;
	put(format_second(captured->seconds, form));
	put_char('.');
	put_number(parts, digits);
}

static bool is_bound(const struct ps_explained *explained)
{
	return explained->opinion.is_bound && explained->expected.opinion.is_bound;
}

const char *ps_replay_format(const struct ps_explained *explained, char text[PS_REPLAY_TEXT])
{
	const struct ps_binding *binding = &explained->expected.binding;
	int length = snprintf(text, PS_REPLAY_TEXT, "%s: %s%s",
			      ps_verdict_name(explained->opinion.verdict),
			      ps_reason_name(explained->opinion.reason),
			      explained->is_cut ? ", cut off by the capture" : "");

	if (!is_bound(explained))
		return text;
	length += snprintf(text + length, PS_REPLAY_TEXT - (size_t)length, ", by %s",
			   format_binding(binding));
	if (binding->name[0])
		snprintf(text + length, PS_REPLAY_TEXT - (size_t)length, " (%.*s)", PS_NAME_SIZE,
			 binding->name);
	return text;
}

static void put_side(enum ps_family family, const __u8 *address, bool has_port, __u16 port)
{
	bool has_brackets = has_port && family == PS_IPV6;

	put(has_brackets ? "[" : "");
	put_address(family, address);
	put(has_brackets ? "]" : "");
	if (!has_port)
		return;
	put_char(':');
	put_number(port, 1);
}

static void put_vlans(const struct ps_view *view)
{
	for (int i = 0; i < view->vlans; i++) {
		if (i)
			put_char(',');
		put_number(view->vlan[i], 1);
	}
}

static void put_packet_text(const struct ps_view *view)
{
	if (view->vlans)
		put(" vlan ");
	put_vlans(view);
	if (!view->family)
		return;
	put_char(' ');
	put(view->proto ? ps_proto_name(view->proto) : "ip");
	put_char(' ');
	put_side(view->family, view->source, view->has_ports, view->source_port);
	put(" > ");
	put_side(view->family, view->destination, view->has_ports, view->destination_port);
}

static void print_text(const struct ps_captured *captured, const struct ps_view *view,
		       const struct ps_explained *explained)
{
	char text[PS_REPLAY_TEXT];

	put_number(captured->number, 1);
	put_char(' ');
	if (captured->has_time)
		put_time(captured, "%T", 6);
	else
		put_char('-');
	if (*captured->interface->name) {
		put_char(' ');
		put_escaped(captured->interface->name);
	}
	put_packet_text(view);
	put_char(' ');
	put_number(captured->frame.length, 1);
	put_char(' ');
	put_escaped(ps_replay_format(explained, text));
	end_line();
}

/* The text of an interface's name, which may hold anything; kept while it is the same. */
static const char *quote_interface(const char *name)
{
	static char last[PS_CAPTURE_NAME], *quoted;

	if (!*name)
		return "null";
	if (!quoted || strcmp(last, name)) {
		json_t *value = ps_output_text(name, PS_CAPTURE_NAME);

		free(quoted);
		quoted = json_dumps(value, JSON_ENCODE_ANY);
		json_decref(value);
		snprintf(last, sizeof(last), "%s", name);
	}
	return quoted;
}

/* A value in quotes that needs no escapes; NULL: null. */
static void put_word(const char *key, const char *value)
{
	put(key);
	put(value ? "\"" : "null");
	put(value ?: "");
	put(value ? "\"" : "");
}

static void put_place(const char *key, enum ps_family family, const __u8 *address)
{
	put(key);
	if (!family) {
		put("null");
		return;
	}
	put_char('"');
	put_address(family, address);
	put_char('"');
}

static void put_port(const char *key, bool has_ports, __u16 port)
{
	put(key);
	if (has_ports)
		put_number(port, 1);
	else
		put("null");
}

static void put_head(const struct ps_captured *captured)
{
	put("{\"frame\":");
	put_number(captured->number, 1);
	put(captured->has_time ? ",\"time\":\"" : ",\"time\":null");
	if (captured->has_time) {
		put_time(captured, "%FT%T", 9);
		put("Z\"");
	}
	put(",\"interface\":");
	put(quote_interface(captured->interface->name));
}

static void put_packet(const struct ps_view *view)
{
	put_word(",\"protocol\":", view->proto ? ps_proto_name(view->proto) : NULL);
	put_place(",\"source\":", view->family, view->source);
	put_port(",\"source_port\":", view->has_ports, view->source_port);
	put_place(",\"destination\":", view->family, view->destination);
	put_port(",\"destination_port\":", view->has_ports, view->destination_port);
	put(",\"vlan\":[");
	put_vlans(view);
	put_char(']');
}

static void print_object(const struct ps_captured *captured, const struct ps_view *view,
			 const struct ps_explained *explained)
{
	bool is_cut = captured->frame.readable < captured->frame.length;

	put_head(captured);
	put_packet(view);
	put_word(",\"reason\":", ps_reason_name(explained->opinion.reason));
	put_word(",\"binding\":",
		 is_bound(explained) ? format_binding(&explained->expected.binding) : NULL);
	put_word(",\"verdict\":", ps_verdict_name(explained->opinion.verdict));
	put(is_cut ? ",\"truncated\":true}" : ",\"truncated\":false}");
	end_line();
}

void ps_replay_print(const struct ps_context *context, const struct ps_captured *captured,
		     const struct ps_frame *frame, const struct ps_explained *explained)
{
	struct ps_view view;

	ps_view_frame(frame->bytes, frame->readable, &view);
	if (context->format == PS_TEXT)
		print_text(captured, &view, explained);
	else
		print_object(captured, &view, explained);
}

static bool has_binding(const struct ps_tally_row *row)
{
	return row->endpoint.proto != PS_NO_PROTO;
}

static void print_tally_text(const struct ps_tally *tally)
{
	char text[PS_ENDPOINT_TEXT];

	fprintf(stderr, "%llu frames\n", tally->packets);
	for (size_t i = 0; i < tally->count && i < ROWS_SHOWN; i++) {
		const struct ps_tally_row *row = &tally->row[i];

		fprintf(stderr, "%10llu %s: %s", row->packets, ps_verdict_name(row->verdict),
			ps_reason_name(row->reason));
		if (has_binding(row))
			fprintf(stderr, ", by %s", ps_endpoint_format(&row->endpoint, text));
		if (row->name[0]) {
			fputs(" (", stderr);
			ps_output_escaped(stderr, row->name);
			fputc(')', stderr);
		}
		fputc('\n', stderr);
	}
	if (tally->count > ROWS_SHOWN)
		fprintf(stderr, "and %zu more bindings and reasons\n", tally->count - ROWS_SHOWN);
}

static json_t *make_sum(const struct ps_tally_row *row)
{
	char text[PS_ENDPOINT_TEXT];
	json_t *sum = json_object();

	json_object_set_new(sum, "frames", json_integer((json_int_t)row->packets));
	ps_output_set_text(sum, "verdict", ps_verdict_name(row->verdict));
	ps_output_set_text(sum, "reason", ps_reason_name(row->reason));
	json_object_set_new(sum, "binding",
			    has_binding(row) ? json_string(ps_endpoint_format(&row->endpoint, text))
					     : json_null());
	json_object_set_new(sum, "name", ps_output_text(row->name, PS_NAME_SIZE));
	return sum;
}

static void print_tally_object(const struct ps_tally *tally)
{
	fprintf(stderr, "{\"frames\":%llu,\"sums\":[", tally->packets);
	for (size_t i = 0; i < tally->count; i++) {
		json_t *sum = make_sum(&tally->row[i]);

		fputs(i ? "," : "", stderr);
		json_dumpf(sum, stderr, JSON_COMPACT);
		json_decref(sum);
	}
	fputs("]}\n", stderr);
}

void ps_replay_print_tally(const struct ps_context *context, struct ps_tally *tally)
{
	ps_tally_sort(tally);
	if (context->format == PS_TEXT)
		print_tally_text(tally);
	else
		print_tally_object(tally);
}
