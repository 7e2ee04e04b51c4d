// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Attributes of nftables. See nat_attributes.h.
 */
#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include "host/nat_attributes.h"
#include "host/netlink.h"

struct ps_nat_attributes ps_nat_nest(const struct nlattr *nest)
{
	struct ps_nat_attributes attributes = {};
	const struct nlattr *attr;

	if (!nest)
		return attributes;
	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) < PS_NAT_ATTRIBUTES)
			attributes.of[mnl_attr_get_type(attr)] = attr;
	}
	return attributes;
}

__u32 ps_nat_number(const struct nlattr *attr)
{
	__be32 number_be = 0;

	ps_netlink_copy(attr, &number_be, sizeof(number_be));
	return ntohl(number_be);
}

__u32 ps_nat_number_at(const struct ps_nat_attributes *attributes, int at)
{
	return attributes->of[at] ? ps_nat_number(attributes->of[at]) : 0;
}

const char *ps_nat_text_at(const struct ps_nat_attributes *attributes, int at)
{
	const struct nlattr *attr = attributes->of[at];

	return attr && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0 ? mnl_attr_get_str(attr)
									 : "";
}

const __u8 *ps_nat_value_at(const struct ps_nat_attributes *attributes, int at, size_t *ret_size)
{
	struct ps_nat_attributes data = ps_nat_nest(attributes->of[at]);
	const struct nlattr *value = data.of[NFTA_DATA_VALUE];

	*ret_size = value ? mnl_attr_get_payload_len(value) : 0;
	return value ? mnl_attr_get_payload(value) : NULL;
}
