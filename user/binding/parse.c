// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words to bindings. The grammar of an action is one table: what follows it
 * is read by its own function.
 */
#include <stdio.h>
#include <string.h>
#include "base/memory.h"
#include "base/utf8.h"
#include "binding/device.h"
#include "binding/owner.h"
#include "binding/parse.h"
#include "binding/steered.h"

/* Words yet to be read. */
struct words {
	int count, next;
	char *const *word;
	struct ps_error *error;
};

#define ACTIONS "pass, count, drop, redirect DEV or socket NAME"

const struct ps_syntax_part ps_binding_syntax[] = {
	{ "ACTION", "pass | count | drop | redirect TARGET [on-missing pass|drop] | "
		    "socket SOCKET [on-missing pass|drop]" },
	{ "TARGET", "DEV [via ADDRESS | mac MAC | peer]" },
	{ "OWNER", "user:|cgroup:|pid|NAME" },
	{ NULL, NULL },
};

static const char *const harmful[] = { "drop", NULL };
static const struct ps_synonym action_synonyms[] = {
	{ "accept", "'pass' does that" },
	{ "allow", "'pass' does that" },
	{ "permit", "'pass' does that" },
	{ "deny", "'drop' does that" },
	{ "block", "'drop' does that" },
	{ "discard", "'drop' does that" },
	{ "blackhole", "'drop' does that" },
	{ "account", "'count' does that" },
	{ NULL, NULL },
};
static const struct ps_vocabulary action_vocabulary = { "action", ps_action_words, harmful,
							action_synonyms };

static const char *const option_words[] = { "name", "on-missing", "owner", NULL };
static const char *const redirect_words[] = { "via",	    "mac",   "peer", "name",
					      "on-missing", "owner", NULL };

static const char *peek(const struct words *words)
{
	return words->next < words->count ? words->word[words->next] : NULL;
}

/* The next word, or NULL and an error that says what was expected. */
static const char *take(struct words *words, const char *expected)
{
	const char *word = peek(words);

	if (!word)
		ps_error_at(words->error, words->count - 1, 0, "'%s' must be followed by %s",
			    words->word[words->count - 1], expected);
	else
		words->next++;
	return word;
}

static int at_last(const struct words *words)
{
	return words->next - 1;
}

static int read_device(struct words *words, struct ps_binding *binding)
{
	const char *word = take(words, "the interface to redirect to");
	char address[PS_ADDRESS_TEXT];

	if (!word)
		return -1;
	if (ps_device_is_address(word, address))
		return ps_error_at(words->error, at_last(words), 0,
				   "'%s' is an IP address, where the interface must be that it is "
				   "reached by; write redirect DEV via %s%s",
				   word, address,
				   strcmp(word, address) ? ", and no port: it is never changed"
							 : "");
	if (!ps_device_check(word, words->error)) {
		ps_device_set(binding, word);
		return 0;
	}
	words->error->word = at_last(words);
	return -1;
}

static int refuse_address(struct words *words)
{
	return ps_error_at(words->error, at_last(words), 0, "'%s' is not a valid IP address",
			   words->word[at_last(words)]);
}

/* "fe80::1%eth0": what is behind the % is another word for the interface, or the same. */
static int read_scope(struct words *words, struct ps_binding *binding, const char *scope)
{
	if (binding->target.via_family != PS_IPV6 || !*scope)
		return refuse_address(words);
	if (strcmp(scope, ps_device_word(binding)))
		binding->scope = ps_memory_intern(scope);
	return 0;
}

static int read_via(struct words *words, struct ps_binding *binding)
{
	const char *word = take(words, "the next hop's address");
	char address[PS_ADDRESS_TEXT] = "";
	size_t length;

	if (!word)
		return -1;
	length = strcspn(word, "%");
	if (length < sizeof(address))
		memcpy(address, word, length);
	if (ps_address_parse(address, &binding->target.via_family, binding->target.via))
		return refuse_address(words);
	if (ps_next_hop_check(binding->target.via_family, binding->target.via, address,
			      words->error)) {
		words->error->word = at_last(words);
		return -1;
	}
	binding->target.hop = PS_HOP_VIA;
	return word[length] ? read_scope(words, binding, word + length + 1) : 0;
}

static int read_mac(struct words *words, struct ps_target *target)
{
	const char *word = take(words, "a link address such as 02:00:00:00:00:01");
	__u8 mac[6];
	int used = 0;

	if (!word)
		return -1;
	if (strspn(word, "0123456789abcdefABCDEF:") != 17 ||
	    sscanf(word, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
		   &mac[3], &mac[4], &mac[5], &used) != 6 ||
	    used != 17 || word[used])
		return ps_error_at(words->error, at_last(words), 0,
				   "'%s' is not a link address such as 02:00:00:00:00:01", word);
	memcpy(target->dst_mac, mac, sizeof(mac));
	target->hop = PS_HOP_MAC;
	return 0;
}

static int read_redirect(struct words *words, struct ps_binding *binding)
{
	struct ps_target *target = &binding->target;
	const char *word;

	if (read_device(words, binding))
		return -1;
	word = peek(words);
	if (!word || !strcmp(word, "name") || !strcmp(word, "on-missing") || !strcmp(word, "owner"))
		return 0;
	words->next++;
	if (!strcmp(word, "via"))
		return read_via(words, binding);
	if (!strcmp(word, "mac"))
		return read_mac(words, target);
	if (strcmp(word, "peer"))
		return ps_error_unknown(words->error, at_last(words), word, "word", redirect_words);
	target->hop = PS_HOP_PEER;
	return 0;
}

int ps_socket_name_parse(const char *word, char ret[PS_NAME_SIZE], struct ps_error *error)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.@-";
	size_t length = strlen(word);

	if (!length || length >= PS_NAME_SIZE || word[0] == '-' || word[strspn(word, allowed)])
		return ps_error_at(error, 0, 0,
				   "'%s' is not a valid socket name (1 to %d letters, digits, _ "
				   ". @ -)",
				   word, PS_NAME_SIZE - 1);
	memset(ret, 0, PS_NAME_SIZE);
	memcpy(ret, word, length);
	return 0;
}

static int read_socket(struct words *words, struct ps_target *target)
{
	const char *word = take(words, "the name that a socket is registered by");

	if (!word)
		return -1;
	target->hop = PS_HOP_SOCKET;
	if (!ps_socket_name_parse(word, target->socket, words->error))
		return 0;
	words->error->word = at_last(words);
	return -1;
}

static int read_action(struct words *words, struct ps_binding *binding)
{
	const char *word = take(words, "an action: " ACTIONS);

	if (!word)
		return -1;
	binding->action = ps_action_find(word);
	if (binding->action == PS_REDIRECT)
		return read_redirect(words, binding);
	if (binding->action == PS_SOCKET)
		return read_socket(words, &binding->target);
	if (binding->action == PS_NONE)
		return ps_error_unknown_in(words->error, at_last(words), word, &action_vocabulary);
	return 0;
}

int ps_name_parse(const char *word, struct ps_binding *binding, struct ps_error *error)
{
	if (!*word || strlen(word) >= PS_NAME_SIZE || !ps_utf8_is_valid(word))
		return ps_error_at(error, 0, 0, "a name has 1 to %d bytes of UTF-8",
				   PS_NAME_SIZE - 1);
	strcpy(binding->name, word);
	return 0;
}

static int read_name(struct words *words, struct ps_binding *binding)
{
	const char *word = take(words, "the binding's name");

	if (!word)
		return -1;
	if (binding->name[0])
		return ps_error_at(words->error, at_last(words), 0, "a second name, '%s'", word);
	if (!ps_name_parse(word, binding, words->error))
		return 0;
	words->error->word = at_last(words);
	return -1;
}

static int read_owner(struct words *words, struct ps_binding *binding)
{
	const char *word = take(words, "the binding's owner");

	if (!word)
		return -1;
	if (binding->owner)
		return ps_error_at(words->error, at_last(words), 0, "a second owner, '%s'", word);
	if (!ps_owner_parse(word, binding, words->error))
		return 0;
	words->error->word = at_last(words);
	return -1;
}

int ps_on_missing_parse(const char *word, struct ps_binding *binding, struct ps_error *error)
{
	static const char *const valid[] = { "pass", "drop", NULL };
	static const struct ps_vocabulary vocabulary = { "value", valid, harmful, NULL };

	if (!strcmp(word, "pass"))
		binding->flags |= PS_ON_MISSING_PASS;
	else if (strcmp(word, "drop"))
		return ps_error_unknown_in(error, 0, word, &vocabulary);
	if (!ps_action_has_target(binding->action))
		return ps_error_at(error, -1, 0,
				   "on-missing is for an action that can fail: redirect, socket");
	return 0;
}

static int read_on_missing(struct words *words, struct ps_binding *binding, bool *has)
{
	const char *word = take(words, "pass or drop");

	if (!word)
		return -1;
	if (*has)
		return ps_error_at(words->error, at_last(words) - 1, 0, "a second on-missing");
	*has = true;
	if (!ps_on_missing_parse(word, binding, words->error))
		return 0;
	words->error->word += at_last(words);
	return -1;
}

int ps_action_parse(int count, char *const word[], struct ps_binding *binding,
		    struct ps_error *error)
{
	struct words words = { .count = count, .word = word, .error = error };

	if (!count)
		return ps_error_at(error, 0, 0, "an action is missing: " ACTIONS);
	if (read_action(&words, binding))
		return -1;
	if (peek(&words))
		return ps_error_at(error, words.next, 0, "'%s' is unexpected after the action",
				   peek(&words));
	return 0;
}

int ps_action_check(const struct ps_binding *binding, const struct ps_endpoints *endpoints,
		    struct ps_error *error)
{
	for (int i = 0; i < endpoints->count; i++)
		if (binding->action == PS_SOCKET && endpoints->item[i].proto == PS_SCTP)
			return ps_error_at(error, 0, 0,
					   "'socket' is for tcp and udp: the kernel has no such "
					   "hook for sctp");
	return ps_endpoint_check(&endpoints->item[0], binding->owner, error);
}

static int read_options(struct words *words, struct ps_binding *binding)
{
	bool has_on_missing = false;

	while (peek(words)) {
		const char *word = take(words, "");
		int failed;

		if (!strcmp(word, "name"))
			failed = read_name(words, binding);
		else if (!strcmp(word, "on-missing"))
			failed = read_on_missing(words, binding, &has_on_missing);
		else if (!strcmp(word, "owner"))
			failed = read_owner(words, binding);
		else
			failed = ps_error_unknown(words->error, at_last(words), word, "word",
						  option_words);
		if (failed)
			return -1;
	}
	return 0;
}

int ps_binding_parse(int count, char *const word[], struct ps_bindings *bindings,
		     struct ps_error *error)
{
	struct words words = { .count = count, .next = 2, .word = word, .error = error };
	struct ps_binding binding = {};
	struct ps_endpoints endpoints;

	if (count < 2)
		return ps_error_at(error, count - 1, 0,
				   "an endpoint has two words, such as 'tcp 192.0.2.1:443'");
	if (ps_endpoints_parse(word[0], word[1], &endpoints, error) ||
	    read_action(&words, &binding) || read_options(&words, &binding))
		return -1;
	if (ps_action_check(&binding, &endpoints, error))
		return -1;
	for (int i = 0; i < endpoints.count; i++) {
		binding.endpoint = endpoints.item[i];
		binding.is_masked = endpoints.masked;
		*ps_bindings_add(bindings) = binding;
	}
	return 0;
}
