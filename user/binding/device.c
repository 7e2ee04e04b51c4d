// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words for interfaces. See device.h.
 */
#include <string.h>
#include "base/memory.h"
#include "binding/device.h"

bool ps_device_is_address(const char *word, char ret_address[PS_ADDRESS_TEXT])
{
	bool is_bracketed = *word == '[';
	enum ps_family family;
	__u8 addr[16];
	size_t length;

	if (!ps_address_parse(word, &family, addr)) {
		strcpy(ret_address, word);
		return true;
	}
	word += is_bracketed;
	length = strcspn(word, is_bracketed ? "]" : ":");
	if (length >= PS_ADDRESS_TEXT || !word[length])
		return false;
	memcpy(ret_address, word, length);
	ret_address[length] = '\0';
	return !ps_address_parse(ret_address, &family, addr);
}

int ps_device_check(const char *word, struct ps_error *error)
{
	size_t length = strlen(word);
	char address[PS_ADDRESS_TEXT];

	if (ps_device_is_address(word, address))
		return ps_error_at(error, 0, 0,
				   "'%s' is an IP address, where the name of an interface must be, "
				   "such as eth0",
				   word);
	if (!length || length >= PS_DEV_WORD || strpbrk(word, "/: \t\n\v\f\r") ||
	    !strcmp(word, ".") || !strcmp(word, ".."))
		return ps_error_at(error, 0, 0,
				   "'%s' is not a valid interface name (1 to 15 bytes; an "
				   "alternative name, 1 to 127)",
				   word);
	return 0;
}

void ps_device_set(struct ps_binding *binding, const char *word)
{
	struct ps_target *target = &binding->target;
	bool is_long = strlen(word) >= sizeof(target->device);

	memset(target->device, 0, sizeof(target->device));
	binding->device = is_long ? ps_memory_intern(word) : NULL;
	if (!is_long)
		memcpy(target->device, word, strlen(word));
}

const char *ps_device_word(const struct ps_binding *binding)
{
	return binding->device ?: binding->target.device;
}
