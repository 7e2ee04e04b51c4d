// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Properties of parsed text. See text.h. Also a small /etc/services, so that
 * no run depends on the machine's.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"

void text_must(bool holds, const char *property)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", property);
	abort();
}

char *text_copy(const char *data, size_t size)
{
	char *copy = strndup(data, size);

	if (!copy)
		abort();
	return copy;
}

void text_must_blame(const struct ps_error *error, int count, char *const words[])
{
	text_must(error->status == PS_EXIT_USAGE, "an error of input has the status for it");
	text_must(error->text[0], "an error has words");
	text_must(strlen(error->text) < sizeof(error->text), "an error ends");
	if (!count)
		return;
	text_must(error->word >= 0 && error->word < count, "an error names a word of the input");
	text_must(error->offset >= 0 && (size_t)error->offset <= strlen(words[error->word]),
		  "an error names an offset in its word");
}

void text_must_be_canonical(const struct ps_endpoint *endpoint)
{
	struct ps_endpoint masked = *endpoint;
	int most = endpoint->family == PS_ANY ? 0 : endpoint->family == PS_IPV4 ? 32 : 128;

	text_must(endpoint->proto >= PS_TCP && endpoint->proto <= PS_SCTP, "a protocol");
	text_must(endpoint->family <= PS_IPV6, "a family");
	text_must(endpoint->prefix_len <= most, "a prefix length of that family");
	text_must(endpoint->port_first <= endpoint->port_last, "ports run forwards");
	text_must(endpoint->port_first || endpoint->port_last == 65535, "port 0 is in any only");
	text_must(!endpoint->zero, "the unused byte is zero");
	ps_address_mask(masked.addr, masked.prefix_len);
	text_must(ps_endpoint_is_equal(&masked, endpoint), "no bits beyond the prefix");
	text_must(ps_ports_cover(endpoint, endpoint) && ps_prefix_covers(endpoint, endpoint),
		  "an endpoint covers itself");
}

void text_must_be_equal(const struct ps_binding *a, const struct ps_binding *b)
{
	text_must(ps_endpoint_is_equal(&a->endpoint, &b->endpoint), "the same endpoint");
	text_must(ps_action_is_equal(a, b), "the same action");
	text_must(!strcmp(a->name, b->name), "the same name");
}

struct servent *getservbyname(const char *name, const char *protocol)
{
	static struct servent service;
	static const struct {
		const char *name, *protocol;
		int port;
	} services[] = {
		{ "https", "tcp", 443 }, { "domain", "tcp", 53 }, { "domain", "udp", 53 },
		{ "any4", "udp", 4 },	 { "nothing", "tcp", 0 }, /* some files have it */
	};

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strcmp(name, services[i].name) ||
		    (protocol && strcmp(protocol, services[i].protocol)))
			continue;
		service = (struct servent){ .s_port = htons((__u16)services[i].port) };
		return &service;
	}
	return NULL;
}
