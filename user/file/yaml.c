// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From libyaml's events to nodes. See yaml.h.
 */
#include <regex.h>
#include <string.h>
#include "base/error.h"
#include "file/yaml.h"

#define DEPTH_MAX 16

static int read_bytes(void *data, unsigned char *buffer, size_t size, size_t *ret_length)
{
	struct ps_yaml *yaml = data;

	*ret_length = ps_file_input_read(&yaml->input, buffer, size);
	return *ret_length || !yaml->input.has_fault; /* a diagnostic is no end of the file */
}

static struct ps_position place_of(const yaml_mark_t *mark)
{
	return (struct ps_position){ (__u32)mark->line + 1, (__u32)mark->column + 1 };
}

struct ps_position ps_yaml_place(const struct ps_yaml *yaml)
{
	return place_of(&yaml->event.start_mark);
}

static void diagnostic(struct ps_yaml *yaml, const char *message)
{
	ps_diagnostics_add(yaml->diagnostics, ps_yaml_place(yaml), "%s", message);
}

/* What libyaml could not read. What the input refused has been said. */
static void note_syntax(struct ps_yaml *yaml)
{
	const yaml_parser_t *parser = &yaml->parser;

	if (yaml->input.has_fault || yaml->input.error)
		return;
	if (parser->context)
		ps_diagnostics_add(yaml->diagnostics, place_of(&parser->problem_mark),
				   "this is not YAML: %s (%s that begins in line %zu)",
				   parser->problem, parser->context, parser->context_mark.line + 1);
	else
		ps_diagnostics_add(yaml->diagnostics, place_of(&parser->problem_mark),
				   "this is not YAML: %s", parser->problem);
}

void ps_yaml_stop(struct ps_yaml *yaml)
{
	yaml_mark_t mark = yaml->event.start_mark;

	yaml_event_delete(&yaml->event);
	memset(&yaml->event, 0, sizeof(yaml->event));
	yaml->event.start_mark = mark;
	yaml->input.has_ended = true;
	yaml->parser.error = YAML_READER_ERROR; /* it parses no more */
}

static bool is_start(const yaml_event_t *event)
{
	return event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
}

static bool is_end(const yaml_event_t *event)
{
	return event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
}

/* Anchors and tags of a node; it is read as if they were not there. */
static void check_properties(struct ps_yaml *yaml)
{
	const yaml_event_t *event = &yaml->event;
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	}
	if (anchor)
		diagnostic(yaml, "anchors are not supported");
	if (tag)
		diagnostic(yaml, "tags are not supported");
}

static void next(struct ps_yaml *yaml)
{
	if (is_start(&yaml->event))
		yaml->depth++;
	if (is_end(&yaml->event))
		yaml->depth--;
	yaml_event_delete(&yaml->event);
	yaml->input.piece = 0;
	if (!yaml_parser_parse(&yaml->parser, &yaml->event)) { /* 1, and no event, ever after */
		note_syntax(yaml);
		return;
	}
	check_properties(yaml);
	if (yaml->depth > DEPTH_MAX) {
		diagnostic(yaml, "nested too deeply");
		ps_yaml_stop(yaml);
	}
}

/* Steps behind the current node, and all that is in it. */
static void skip(struct ps_yaml *yaml)
{
	__u32 depth = yaml->depth;

	if (yaml->event.type == YAML_ALIAS_EVENT)
		diagnostic(yaml, "aliases are not supported; write the value out");
	do
		next(yaml);
	while (yaml->event.type != YAML_NO_EVENT && yaml->depth > depth);
}

/* Whether the current event begins a node of this kind; if not, that is a diagnostic. */
static bool expect(struct ps_yaml *yaml, yaml_event_type_t type, const char *expected)
{
	static const char *const found[] = {
		[YAML_SCALAR_EVENT] = "a string",
		[YAML_SEQUENCE_START_EVENT] = "a list",
		[YAML_MAPPING_START_EVENT] = "keys and values",
	};
	yaml_event_type_t event = yaml->event.type;
	char text[256];

	if (event == type)
		return true;
	if (event != YAML_NO_EVENT && event != YAML_ALIAS_EVENT) {
		bool is_there = event < sizeof(found) / sizeof(*found) && found[event] &&
				(event != YAML_SCALAR_EVENT || yaml->event.data.scalar.length);

		snprintf(text, sizeof(text), "expected %s, found %s", expected,
			 is_there ? found[event] : "nothing");
		diagnostic(yaml, text);
	}
	skip(yaml);
	return false;
}

/* Every character stands for itself, in one line. */
static bool is_literal(const yaml_event_t *event)
{
	size_t quotes = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? 0 : 2;

	return event->data.scalar.style != YAML_LITERAL_SCALAR_STYLE &&
	       event->data.scalar.style != YAML_FOLDED_SCALAR_STYLE &&
	       event->end_mark.line == event->start_mark.line &&
	       event->end_mark.index - event->start_mark.index ==
		       event->data.scalar.length + quotes;
}

int ps_yaml_read_text(struct ps_yaml *yaml, struct ps_yaml_text *ret)
{
	const yaml_event_t *event = &yaml->event;
	size_t length;

	if (!expect(yaml, YAML_SCALAR_EVENT, "a string"))
		return -1;
	length = event->data.scalar.length;
	if (length >= sizeof(ret->text) || strlen((char *)event->data.scalar.value) != length) {
		diagnostic(yaml, length < sizeof(ret->text) ? "a string cannot contain NUL"
							    : "a string has at most 255 bytes "
							      "here");
		skip(yaml);
		return -1;
	}
	memcpy(ret->text, event->data.scalar.value, length + 1);
	ret->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	ret->is_literal = is_literal(event);
	ret->place = ps_yaml_place(yaml);
	ret->place.column += ret->is_literal && !ret->is_plain;
	next(yaml);
	return 0;
}

void ps_yaml_diagnose(struct ps_yaml *yaml, const struct ps_yaml_text *text, int offset,
		      const char *message)
{
	struct ps_position place = text->place;

	if (text->is_literal && offset > 0)
		place.column += (__u32)offset;
	ps_diagnostics_add(yaml->diagnostics, place, "%s", message);
}

/* The index of the key that is the current event, or -1 and a diagnostic. Steps behind it. */
static int read_key(struct ps_yaml *yaml, const struct ps_yaml_key *keys, const char *what)
{
	const char *names[PS_YAML_KEYS_MAX + 1] = { NULL };
	struct ps_yaml_text key;
	struct ps_error error;
	char kind[64];

	if (ps_yaml_read_text(yaml, &key))
		return -1;
	for (int i = 0; keys[i].name; i++) {
		names[i] = keys[i].name;
		if (!strcmp(key.text, names[i]))
			return i;
	}
	snprintf(kind, sizeof(kind), "key of %s", what);
	ps_error_unknown(&error, 0, key.text, kind, names);
	ps_yaml_diagnose(yaml, &key, 0, error.text);
	return -1;
}

static void read_pair(struct ps_yaml *yaml, const struct ps_yaml_key *keys, const char *what,
		      __u32 *seen, void *target)
{
	struct ps_position place = ps_yaml_place(yaml);
	int key = read_key(yaml, keys, what);

	if (key >= 0 && *seen >> key & 1)
		ps_diagnostics_add(yaml->diagnostics, place, "'%s' is given twice", keys[key].name);
	if (key < 0 || *seen >> key & 1) {
		skip(yaml);
		return;
	}
	*seen |= 1u << key;
	keys[key].read(yaml, target);
}

void ps_yaml_read_mapping(struct ps_yaml *yaml, const struct ps_yaml_key *keys, const char *what,
			  void *target)
{
	struct ps_position place = ps_yaml_place(yaml);
	char expected[64];
	__u32 seen = 0;

	snprintf(expected, sizeof(expected), "the keys of %s", what);
	if (!expect(yaml, YAML_MAPPING_START_EVENT, expected))
		return;
	next(yaml);
	while (yaml->event.type != YAML_MAPPING_END_EVENT && yaml->event.type != YAML_NO_EVENT)
		read_pair(yaml, keys, what, &seen, target);
	if (yaml->event.type == YAML_NO_EVENT)
		return;
	for (int i = 0; keys[i].name; i++)
		if (keys[i].is_needed && !(seen >> i & 1))
			ps_diagnostics_add(yaml->diagnostics, place, "%s needs '%s'", what,
					   keys[i].name);
	next(yaml);
}

void ps_yaml_read_list(struct ps_yaml *yaml, const char *what,
		       void (*read)(struct ps_yaml *yaml, void *target), void *target)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "a list of %s; an empty one is []", what);
	if (!expect(yaml, YAML_SEQUENCE_START_EVENT, expected))
		return;
	next(yaml);
	while (yaml->event.type != YAML_SEQUENCE_END_EVENT && yaml->event.type != YAML_NO_EVENT)
		read(yaml, target);
	next(yaml);
}

/* Integers, floats and dates of YAML 1.1 and 1.2, and what looks nearly so. */
static const char number[] =
	"^([-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])*)"
	"|[-+]?([0-9][0-9_]*(:[0-5]?[0-9])*\\.?[0-9_]*|\\.[0-9_]+)([eE][-+]?[0-9]+)?"
	"|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"
	"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?)$";

static bool is_number(const char *text)
{
	static regex_t regex;
	static bool is_ready;

	if (!strchr("0123456789+-.", *text))
		return false;
	if (!is_ready)
		is_ready = !regcomp(&regex, number, REG_EXTENDED | REG_NOSUB);
	return !is_ready || !regexec(&regex, text, 0, NULL, 0);
}

bool ps_yaml_is_ambiguous(const char *text)
{
	static const char *const words[] = {
		"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(text, words[i]))
			return true;
	return is_number(text);
}

void ps_yaml_init(struct ps_yaml *yaml, FILE *stream, struct ps_diagnostics *diagnostics)
{
	memset(yaml, 0, sizeof(*yaml));
	yaml->diagnostics = diagnostics;
	ps_file_input_init(&yaml->input, stream, diagnostics);
	if (!yaml_parser_initialize(&yaml->parser)) {
		diagnostic(yaml, "out of memory");
		return;
	}
	yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input(&yaml->parser, read_bytes, yaml);
	next(yaml); /* the stream */
	next(yaml); /* the document */
	if (yaml->event.type == YAML_DOCUMENT_START_EVENT)
		next(yaml);
}

void ps_yaml_end(struct ps_yaml *yaml)
{
	if (yaml->event.type == YAML_DOCUMENT_END_EVENT)
		next(yaml);
	if (yaml->event.type == YAML_DOCUMENT_START_EVENT)
		diagnostic(yaml, "a second document; a file has one");
}

void ps_yaml_done(struct ps_yaml *yaml)
{
	yaml_event_delete(&yaml->event);
	yaml_parser_delete(&yaml->parser);
}
