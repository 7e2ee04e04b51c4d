// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is told on the way. See report.h.
 */
#include <stdarg.h>
#include "apply/report.h"
#include "base/advice.h"
#include "base/utf8.h"
#include "binding/binding.h"
#include "hook/upgrade.h"

void ps_report_note(const struct ps_report *report, const char *format, ...)
{
	char text[2048];
	va_list args;

	if (!report->note)
		return;
	va_start(args, format);
	ps_utf8_format(text, sizeof(text), format, args);
	va_end(args);
	report->note(report->to, text);
}

void ps_report_warn(const struct ps_report *report, struct ps_position place, const char *format,
		    ...)
{
	char text[2048];
	va_list args;

	if (!report->warning)
		return;
	va_start(args, format);
	ps_utf8_format(text, sizeof(text), format, args);
	va_end(args);
	report->warning(report->to, place, text);
}

void ps_report_conflicts(const struct ps_report *report, const struct ps_conflicts *conflicts)
{
	if (report->conflicts)
		report->conflicts(report->to, conflicts);
}

void ps_report_begin(const struct ps_report *report, const char *what, size_t total)
{
	if (report->begin)
		report->begin(report->to, what, total);
}

void ps_report_end(const struct ps_report *report)
{
	if (report->end)
		report->end(report->to);
}

int ps_report_changed(const struct ps_report *report, const struct ps_transition *transition)
{
	return report->changed ? report->changed(report->to, transition) : 0;
}

void ps_report_upgrade(const struct ps_report *report, const struct ps_instance *instance)
{
	const struct ps_hook_info *info = ps_upgrade_find(instance);

	if (info)
		ps_report_note(report,
			       "note: the programs on '%.15s' are from another build of portsteer; "
			       "upgrade them: %s",
			       info->device, ps_advice("attach", info->device, NULL));
}

void ps_report_masked(const struct ps_report *report, const struct ps_bindings *wanted)
{
	const struct ps_binding *first = NULL;
	char text[PS_ENDPOINT_TEXT];
	size_t count = 0;

	for (size_t i = 0; i < wanted->count; i++) {
		first = first || !wanted->item[i].is_masked ? first : &wanted->item[i];
		count += wanted->item[i].is_masked;
	}
	if (first && wanted->count == 1)
		ps_report_note(report,
			       "note: the address has bits beyond its prefix; it is "
			       "bound as %s",
			       ps_endpoint_format(&first->endpoint, text));
	else if (first)
		ps_report_note(report,
			       "note: %zu addresses have bits beyond their prefix; the first is "
			       "bound as %s",
			       count, ps_endpoint_format(&first->endpoint, text));
}
