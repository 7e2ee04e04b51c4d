// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The section `guard` of the file. See internal.h.
 */
#include <string.h>
#include "file/internal.h"
#include "file/words.h"

/*
 * YAML 1.1 has `on` and `off` for truth values, YAML 1.2 and JSON have not. Without quotes they
 * are taken in either way, so that the file means the same to every reader.
 */
static int find_mode(const struct ps_yaml_text *text)
{
	for (enum ps_guard_mode mode = PS_GUARD_OFF; ps_guard_modes[mode]; mode++)
		if (!strcmp(text->text, ps_guard_modes[mode]))
			return (int)mode;
	if (text->is_plain && !strcmp(text->text, "true"))
		return PS_GUARD_ON;
	return text->is_plain && !strcmp(text->text, "false") ? PS_GUARD_OFF : -1;
}

static const char *const harmful[] = { "off", NULL };
static const struct ps_vocabulary modes = { "mode of the guard", ps_guard_modes, harmful, NULL };

static void take_mode(struct ps_yaml *yaml, void *target)
{
	struct ps_guard_setting *setting = target;
	struct ps_yaml_text text;
	struct ps_error error;
	int mode;

	if (ps_yaml_read_text(yaml, &text))
		return;
	mode = find_mode(&text);
	if (mode >= 0) {
		setting->mode = (enum ps_guard_mode)mode;
		return;
	}
	ps_error_unknown_in(&error, 0, text.text, &modes);
	ps_yaml_diagnose(yaml, &text, 0, error.text);
}

static void take_cgroup(struct ps_yaml *yaml, void *target)
{
	struct ps_guard_setting *setting = target;
	struct ps_yaml_text text;

	if (ps_yaml_read_text(yaml, &text))
		return;
	memcpy(setting->cgroup, text.text, sizeof(text.text));
	if (*text.text != '/')
		ps_yaml_diagnose(yaml, &text, 0,
				 "a cgroup begins with '/', as in /proc/PID/cgroup: /system.slice");
}

static const struct ps_yaml_key guard_keys[] = {
	{ "mode", true, take_mode },
	{ "cgroup", false, take_cgroup },
	{ NULL, false, NULL },
};

void ps_file_read_guard(struct ps_yaml *yaml, struct ps_guard_setting *ret)
{
	_Static_assert(sizeof(ret->cgroup) == PS_YAML_TEXT, "take_cgroup() copies one");
	struct ps_guard_setting setting = { .place = ps_yaml_place(yaml) };
	size_t diagnostics = yaml->diagnostics->total;

	if (yaml->event.type == YAML_SCALAR_EVENT)
		take_mode(yaml, &setting);
	else
		ps_yaml_read_mapping(yaml, guard_keys, "the guard", &setting);
	if (diagnostics == yaml->diagnostics->total && setting.mode == PS_GUARD_OFF &&
	    *setting.cgroup)
		ps_diagnostics_add(yaml->diagnostics, setting.place,
				   "a guard that is off has no cgroup; leave 'cgroup' out");
	if (setting.mode != PS_GUARD_OFF && !*setting.cgroup)
		strcpy(setting.cgroup, "/");
	*ret = setting;
}
