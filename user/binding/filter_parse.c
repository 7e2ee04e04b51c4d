// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words to filters. What may be left out of an endpoint is put in, and the rest
 * is left to the reader of endpoints. See filter.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "binding/filter.h"

#define PLACE_SIZE 128

static const char *const filter_words[] = {
	"tcp", "udp", "sctp", "ADDRESS", "exact", "name", NULL
};
static const char *const flow_words[] = { "tcp",   "udp",  "sctp", "ADDRESS",
					  "exact", "from", "name", NULL };

/* What is read, and how far. */
struct reading {
	enum ps_filter_of of;
	int count;
	char *const *word;
	int next;
	struct ps_filter filter;
	bool has_protos, has_place, has_from;
	struct ps_error *error;
};

static bool is_ports(const char *text)
{
	return *text && strspn(text, "0123456789-") == strlen(text);
}

static bool is_bare_ipv6(const char *text)
{
	const char *colon = strchr(text, ':');

	return text[0] != '[' && colon && strchr(colon + 1, ':');
}

/* Begins as an address does, or a port. */
static bool is_place(const char *text)
{
	return isdigit((unsigned char)text[0]) || strpbrk(text, ".:/[") || !strcmp(text, "any") ||
	       !strcmp(text, "any4") || !strcmp(text, "any6");
}

/* "443", ":443", "192.0.2.0/24", "2001:db8::1", "[2001:db8::]" as ADDRESS:PORT. */
static void complete(const char *text, char place[PLACE_SIZE])
{
	size_t length = strlen(text);

	if (is_ports(text))
		snprintf(place, PLACE_SIZE, "any:%.100s", text);
	else if (text[0] == ':' && is_ports(text + 1))
		snprintf(place, PLACE_SIZE, "any%.100s", text);
	else if (is_bare_ipv6(text))
		snprintf(place, PLACE_SIZE, "[%.100s]:any", text);
	else if (!strchr(text, ':') || (length && text[length - 1] == ']'))
		snprintf(place, PLACE_SIZE, "%.100s:any", text);
	else
		snprintf(place, PLACE_SIZE, "%.120s", text);
}

/* A service of another protocol has the same port. */
static int read_place(const struct reading *reading, const char *text, struct ps_where *ret)
{
	enum ps_proto proto = PS_TCP;
	struct ps_endpoints endpoints;
	char place[PLACE_SIZE];

	while (reading->has_protos && !reading->filter.has_proto[proto] && proto < PS_SCTP)
		proto++;
	complete(text, place);
	if (ps_endpoints_parse(ps_proto_name(proto), place, &endpoints, reading->error))
		return -1;
	ret->endpoint = endpoints.item[0];
	ret->endpoint.proto = PS_NO_PROTO;
	ret->is_address = ps_endpoint_is_one_address(&ret->endpoint) && !strchr(text, '/');
	ret->is_port = ret->endpoint.port_first == ret->endpoint.port_last;
	return 0;
}

static int refuse_twice(const struct reading *reading, const char *what)
{
	return ps_error_at(reading->error, reading->next - 1, 0, "there can be one %s only", what);
}

static int read_protos(struct reading *reading, const char *word)
{
	struct ps_endpoints endpoints;

	if (reading->has_protos)
		return refuse_twice(reading, "PROTO");
	if (ps_endpoints_parse(word, "any:any", &endpoints, reading->error))
		return -1;
	memset(reading->filter.has_proto, 0, sizeof(reading->filter.has_proto));
	for (int i = 0; i < endpoints.count; i++)
		reading->filter.has_proto[endpoints.item[i].proto] = true;
	reading->has_protos = true;
	return 0;
}

static int read_at(struct reading *reading, const char *word)
{
	if (reading->has_place)
		return refuse_twice(reading, "address");
	reading->has_place = true;
	return read_place(reading, word, &reading->filter.at);
}

/* What follows a word that says what it is. */
static const char *take_value(struct reading *reading, const char *word, const char *what)
{
	if (reading->next < reading->count)
		return reading->word[reading->next++];
	ps_error_at(reading->error, reading->next - 1, 0, "'%s' must be followed by %s", word,
		    what);
	return NULL;
}

static int read_from(struct reading *reading)
{
	const char *value = take_value(reading, "from", "an address");

	if (!value)
		return -1;
	if (reading->has_from)
		return refuse_twice(reading, "'from'");
	reading->has_from = true;
	return read_place(reading, value, &reading->filter.from);
}

static int read_name(struct reading *reading)
{
	const char *value = take_value(reading, "name", "a name");

	if (!value)
		return -1;
	if (reading->filter.name)
		return refuse_twice(reading, "name");
	reading->filter.name = value;
	return 0;
}

static bool is_protocol(const char *word)
{
	size_t length = strcspn(word, ",");

	for (enum ps_proto proto = PS_TCP; proto <= PS_SCTP; proto++)
		if (strlen(ps_proto_name(proto)) == length &&
		    !strncmp(word, ps_proto_name(proto), length))
			return true;
	return false;
}

static int read_word(struct reading *reading)
{
	const char *word = reading->word[reading->next++];

	if (!strcmp(word, "name"))
		return read_name(reading);
	if (!strcmp(word, "from") && reading->of == PS_FILTER_FLOWS)
		return read_from(reading);
	if (!strcmp(word, "exact")) {
		reading->filter.is_exact = true;
		return 0;
	}
	if (is_protocol(word))
		return read_protos(reading, word);
	if (is_place(word))
		return read_at(reading, word);
	return ps_error_unknown(reading->error, reading->next - 1, word, "word",
				reading->of == PS_FILTER_FLOWS ? flow_words : filter_words);
}

int ps_filter_parse(enum ps_filter_of of, int count, char *const words[], struct ps_filter *ret,
		    struct ps_error *error)
{
	struct reading reading = { .of = of, .count = count, .word = words, .error = error };
	struct ps_filter *filter = &reading.filter;

	filter->is_given = count > 0;
	filter->at.endpoint.port_last = 65535;
	filter->from.endpoint.port_last = 65535;
	memset(filter->has_proto, true, sizeof(filter->has_proto));
	while (reading.next < count)
		if (read_word(&reading))
			return -1;
	if (filter->is_exact && !reading.has_place)
		return ps_error_at(error, -1, 0, "'exact' needs an endpoint such as 'tcp any:23'");
	*ret = *filter;
	return 0;
}
