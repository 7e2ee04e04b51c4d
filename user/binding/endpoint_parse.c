// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Endpoint text to endpoints in canonical form. Each function takes one part
 * of the text, and says where in it a fault is.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/number.h"
#include "binding/endpoint.h"

#define WORD_PROTOCOLS 0
#define WORD_PLACE 1

static const char *const proto_words[] = { "tcp", "udp", "sctp", NULL };

/* The two halves of "192.0.2.1:443", the address without brackets. */
struct place {
	const char *text;
	char address[PS_ADDRESS_TEXT];
	const char *port;
	bool bracketed;
};

static int offset_in(const struct place *place, const char *part)
{
	return (int)(part - place->text);
}

static bool is_port(const char *text)
{
	return (*text && !text[strspn(text, "0123456789-")]) || getservbyname(text, NULL);
}

/* @text has no colon with something behind it. */
static int refuse_half(const char *text, struct ps_error *error)
{
	if (is_port(text))
		return ps_error_at(error, WORD_PLACE, 0,
				   "'%s' has no address; for every address write any:%s", text,
				   text);
	return ps_error_at(error, WORD_PLACE, 0,
			   "'%s' has no port; write ADDRESS:PORT, or ADDRESS:any", text);
}

static int split_place(const char *text, struct place *ret, struct ps_error *error)
{
	const char *close = text[0] == '[' ? strchr(text, ']') : NULL;
	const char *colon = close ? close + 1 : strrchr(text, ':');
	size_t length;

	ret->text = text;
	ret->bracketed = text[0] == '[';
	if (ret->bracketed && !close)
		return ps_error_at(error, WORD_PLACE, 0, "'%s' has no closing bracket", text);
	if (ret->bracketed && *colon == '/')
		return ps_error_at(error, WORD_PLACE, (int)(colon - text),
				   "'%s': the prefix length goes inside the brackets: "
				   "[2001:db8::/32]:53",
				   text);
	if (!ret->bracketed && colon && strchr(text, ':') != colon)
		return ps_error_at(error, WORD_PLACE, 0,
				   "'%s': an IPv6 address needs brackets: [2001:db8::1]:53", text);
	if (!colon || *colon != ':' || !colon[1])
		return refuse_half(text, error);
	length = (size_t)((close ?: colon) - text) - ret->bracketed;
	if (length >= sizeof(ret->address))
		return ps_error_at(error, WORD_PLACE, 0, "'%s' is not a valid address", text);
	memcpy(ret->address, text + ret->bracketed, length);
	ret->address[length] = '\0';
	ret->port = colon + 1;
	return 0;
}

int ps_address_check(enum ps_family family, const __u8 addr[16], const char *typed,
		     struct ps_error *error)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (family != PS_IPV6 || memcmp(addr, mapped, sizeof(mapped)))
		return 0;
	return ps_error_at(error, WORD_PLACE, 0,
			   "'%s' is an IPv4-mapped address; write the IPv4 address itself", typed);
}

/* Takes "/LEN" off the address; @ret_len is left alone when there is none. */
static int split_prefix_len(struct place *place, int max, int *ret_len, struct ps_error *error)
{
	char *slash = strchr(place->address, '/');
	int offset;

	if (!slash)
		return 0;
	offset = (int)(slash - place->address) + 1 + place->bracketed;
	*ret_len = (int)ps_number_parse(slash + 1, max);
	if (*ret_len < 0)
		return ps_error_at(error, WORD_PLACE, offset,
				   "'%s' is not a valid prefix length; use 0 to %d", slash + 1,
				   max);
	*slash = '\0';
	return 0;
}

static int parse_address(struct place *place, struct ps_endpoint *endpoint, bool *ret_masked,
			 struct ps_error *error)
{
	int max = place->bracketed ? 128 : 32, prefix_len = max;
	__u8 addr[16] = {};

	if (split_prefix_len(place, max, &prefix_len, error))
		return -1;
	if (strchr(place->address, '%'))
		return ps_error_at(error, WORD_PLACE, 0,
				   "'%s' has a scope id; bindings are for every interface",
				   place->address);
	if (inet_pton(place->bracketed ? AF_INET6 : AF_INET, place->address, addr) != 1)
		return ps_error_at(
			error, WORD_PLACE, place->bracketed,
			"'%s' is not a valid %s address; use any, any4, any6, 192.0.2.1, "
			"192.0.2.0/24, [2001:db8::1] or [2001:db8::/32]",
			place->address, place->bracketed ? "IPv6" : "IPv4");
	endpoint->family = place->bracketed ? PS_IPV6 : PS_IPV4;
	if (ps_address_check(endpoint->family, addr, place->address, error))
		return -1;
	endpoint->prefix_len = (__u8)prefix_len;
	memcpy(endpoint->addr, addr, sizeof(addr));
	ps_address_mask(endpoint->addr, endpoint->prefix_len);
	*ret_masked = memcmp(endpoint->addr, addr, sizeof(addr)) != 0;
	return 0;
}

static int parse_prefix(struct place *place, struct ps_endpoint *endpoint, bool *ret_masked,
			struct ps_error *error)
{
	static const char *const words[] = { "any", "any4", "any6" };

	*ret_masked = false;
	for (int i = 0; i < 3 && !place->bracketed; i++) {
		if (strcmp(place->address, words[i]))
			continue;
		endpoint->family = (enum ps_family)i;
		return 0;
	}
	return parse_address(place, endpoint, ret_masked, error);
}

static int parse_port(const struct place *place, const char *text, __u16 *ret,
		      struct ps_error *error)
{
	long port = ps_number_parse(text, 65535);

	if (port == 0)
		return ps_error_at(error, WORD_PLACE, offset_in(place, place->port),
				   "port 0 is not a valid port; for every port write 'any'");
	if (port < 0)
		return ps_error_at(error, WORD_PLACE, offset_in(place, place->port),
				   "'%s' is not a valid port; use 1 to 65535, FIRST-LAST, any, "
				   "or a "
				   "service of /etc/services",
				   place->port);
	*ret = (__u16)port;
	return 0;
}

static int parse_range(const struct place *place, struct ps_endpoint *endpoint,
		       struct ps_error *error)
{
	const char *dash = strchr(place->port, '-');
	char first[16] = "";

	if (parse_port(place, dash ? dash + 1 : place->port, &endpoint->port_last, error))
		return -1;
	endpoint->port_first = endpoint->port_last;
	if (!dash)
		return 0;
	strncat(first, place->port, dash - place->port < 15 ? (size_t)(dash - place->port) : 15);
	if (parse_port(place, first, &endpoint->port_first, error))
		return -1;
	if (endpoint->port_first > endpoint->port_last)
		return ps_error_at(error, WORD_PLACE, offset_in(place, place->port),
				   "range '%s' runs backwards; write %d-%d", place->port,
				   endpoint->port_last, endpoint->port_first);
	return 0;
}

static int refuse_service(const struct place *place, const struct ps_endpoint *endpoint,
			  struct ps_error *error)
{
	return ps_error_at(error, WORD_PLACE, offset_in(place, place->port),
			   "/etc/services has no %s service '%s'", ps_proto_name(endpoint->proto),
			   place->port);
}

static int take_service(const struct place *place, const struct servent *service,
			struct ps_endpoint *endpoint, struct ps_error *error)
{
	if (!service->s_port)
		return ps_error_at(error, WORD_PLACE, offset_in(place, place->port),
				   "/etc/services has port 0 for '%s', which is not a valid port",
				   place->port);
	endpoint->port_first = ntohs((__u16)service->s_port);
	endpoint->port_last = endpoint->port_first;
	return 0;
}

/* "80,443", for who expects a list. */
static int refuse_list(const struct place *place, struct ps_error *error)
{
	size_t prefix = (size_t)(place->port - place->text), room = 256;
	const char *port = place->port;
	char each[256] = "";
	int count = 0;

	for (size_t length; *port; port += length + !!port[length], count++) {
		size_t used = strlen(each);

		length = strcspn(port, ",");
		snprintf(each + used, room - used, "%s%.*s%.*s",
			 !count		 ? ""
			 : !port[length] ? " and "
					 : ", ",
			 (int)prefix, place->text, (int)length, port);
	}
	return ps_error_at(error, WORD_PLACE, offset_in(place, place->port),
			   "'%s' is several ports, and a binding has one port or range; write %s "
			   "bindings: %s",
			   place->port, count == 2 ? "two" : "several", each);
}

/* What is no number may be a service, whatever it begins with. */
static int parse_ports(const struct place *place, struct ps_endpoint *endpoint,
		       struct ps_error *error)
{
	bool is_number = !place->port[strspn(place->port, "0123456789-")];
	const struct servent *service;

	if (!strcmp(place->port, "any")) {
		endpoint->port_first = 0;
		endpoint->port_last = 65535;
		return 0;
	}
	if (is_number)
		return parse_range(place, endpoint, error);
	if (strchr(place->port, ','))
		return refuse_list(place, error);
	service = getservbyname(place->port, ps_proto_name(endpoint->proto));
	if (service)
		return take_service(place, service, endpoint, error);
	if (isalpha((unsigned char)place->port[0]))
		return refuse_service(place, endpoint, error);
	return parse_range(place, endpoint, error);
}

static int find_protocol(const char *text, size_t length)
{
	for (int i = 0; proto_words[i]; i++)
		if (!strncmp(text, proto_words[i], length) && !proto_words[i][length])
			return i;
	return -1;
}

/* An address and a port, which is not looked at. */
static bool is_place(const char *text)
{
	struct ps_endpoint endpoint = {};
	struct ps_error ignored;
	struct place place;
	bool is_masked;

	return !split_place(text, &place, &ignored) &&
	       !parse_prefix(&place, &endpoint, &is_masked, &ignored);
}

/* The part of @text that begins at @offset. */
static int refuse_protocol(const char *text, size_t offset, struct ps_error *error)
{
	size_t length = strcspn(text + offset, ",");
	char name[16] = "";

	if (strchr(text, ' ') || strstr(text, "\u00a0")) /* quoted, or pasted from a web page */
		return ps_error_at(error, WORD_PROTOCOLS, 0,
				   "'%s' is one word; an endpoint has two words, such as tcp "
				   "192.0.2.1:443",
				   text);
	if (is_place(text))
		return ps_error_at(error, WORD_PROTOCOLS, 0,
				   "'%s' has no protocol; write tcp %s, or udp or sctp", text,
				   text);
	strncat(name, text + offset, length < 15 ? length : 15);
	ps_error_unknown(error, WORD_PROTOCOLS, name, "protocol", proto_words);
	error->offset = (int)offset;
	return -1;
}

static int parse_protocols(const char *text, bool wanted[], struct ps_error *error)
{
	for (const char *part = text;; part++) {
		size_t length = strcspn(part, ",");
		int found = find_protocol(part, length);

		if (found < 0)
			return refuse_protocol(text, (size_t)(part - text), error);
		if (wanted[found])
			return ps_error_at(error, WORD_PROTOCOLS, (int)(part - text),
					   "protocol '%s' is named twice", proto_words[found]);
		wanted[found] = true;
		part += length;
		if (!*part)
			return 0;
	}
}

int ps_endpoints_parse(const char *protocols, const char *place_text, struct ps_endpoints *ret,
		       struct ps_error *error)
{
	struct ps_endpoints endpoints = {};
	bool wanted[PS_PROTOS] = {};
	struct ps_endpoint endpoint = {};
	struct place place;

	if (parse_protocols(protocols, wanted, error) || split_place(place_text, &place, error) ||
	    parse_prefix(&place, &endpoint, &endpoints.masked, error))
		return -1;
	for (int i = 0; i < PS_PROTOS; i++) {
		if (!wanted[i])
			continue;
		endpoint.proto = (enum ps_proto)(PS_TCP + i);
		if (parse_ports(&place, &endpoint, error))
			return -1;
		endpoints.item[endpoints.count++] = endpoint;
	}
	*ret = endpoints;
	return 0;
}
