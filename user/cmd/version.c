// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * version.
 */
#include <stdio.h>
#include "base/version.h"
#include "cmd/context.h"
#include "instance/object.h"

static int run_version(struct ps_context *context)
{
	static const struct ps_column none[] = { {} };
	struct ps_output *output;
	json_t *row;

	if (ps_context_expect(context, 0))
		return -1;
	if (context->format == PS_TEXT) {
		printf("portsteer %s, ABI %d, libbpf %s\n", PS_VERSION, PS_ABI_VERSION,
		       ps_object_libbpf());
		return PS_EXIT_DONE;
	}
	output = ps_output_open(context->format, none);
	row = json_object();
	json_object_set_new(row, "version", json_string(PS_VERSION));
	json_object_set_new(row, "abi_version", json_integer(PS_ABI_VERSION));
	json_object_set_new(row, "libbpf", json_string(ps_object_libbpf()));
	ps_output_add(output, row, NULL);
	return ps_output_close(output, &context->error) ? -1 : PS_EXIT_DONE;
}

PS_COMMAND(version) = {
	.kind = PS_NOUN,
	.name = "version",
	.arguments = "",
	.summary = "show the version of this tool",
	.details = "JSON keys: version, abi_version, libbpf.\n",
	.run = run_version,
};
