// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Offloads and queues by the ethtool ioctl, which needs no capability.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "base/memory.h"
#include "base/scope.h"
#include "host/netns_id.h"
#include "host/offload.h"

#define FEATURES_MAX 1024 /* some 60 are known; more than this no kernel has */

static int ask(int fd, const char *device, void *data)
{
	struct ifreq request = { .ifr_data = data };

	strncpy(request.ifr_name, device, sizeof(request.ifr_name) - 1);
	return ioctl(fd, SIOCETHTOOL, &request);
}

static __u32 count_features(int fd, const char *device)
{
	struct {
		struct ethtool_sset_info head;
		__u32 count;
	} info = { .head = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES } };

	return ask(fd, device, &info) || !info.head.sset_mask ? 0 : info.count;
}

/*
 * The names of all features, ETH_GSTRING_LEN bytes each. Kernels write all that they have, however
 * many were asked for.
 */
static struct ethtool_gstrings *read_names(int fd, const char *device, __u32 count)
{
	struct ethtool_gstrings *names =
		ps_memory_new(1, sizeof(*names) + (size_t)FEATURES_MAX * ETH_GSTRING_LEN);

	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_FEATURES;
	names->len = count;
	if (ask(fd, device, names) || names->len > count)
		names->len = 0;
	return names;
}

static struct ethtool_gfeatures *read_features(int fd, const char *device, __u32 count)
{
	__u32 blocks = (count + 31) / 32;
	struct ethtool_gfeatures *features = ps_memory_new(
		1, sizeof(*features) + FEATURES_MAX / 32 * sizeof(*features->features));

	features->cmd = ETHTOOL_GFEATURES;
	features->size = blocks;
	if (ask(fd, device, features) || features->size > blocks)
		features->size = 0;
	return features;
}

/* Names as in net/ethtool/common.c of the kernel; several may stand for one field. */
static void take_feature(struct ps_offloads *offloads, const char *name)
{
	const struct {
		const char *name;
		bool *field;
	} known[] = {
		{ "rx-lro", &offloads->lro },
		{ "rx-gro-hw", &offloads->gro_hw },
		{ "rx-gro", &offloads->gro },
		{ "rx-vlan-hw-parse", &offloads->rx_vlan },
		{ "tx-checksum-ipv4", &offloads->tx_checksum },
		{ "tx-checksum-ip-generic", &offloads->tx_checksum },
		{ "tx-checksum-ipv6", &offloads->tx_checksum },
		{ "tx-tcp-segmentation", &offloads->tx_segments },
		{ "tx-generic-segmentation", &offloads->tx_segments },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(name, known[i].name))
			*known[i].field = true;
}

static bool take_features(struct ps_offloads *offloads, int fd, const char *device)
{
	__u32 count = count_features(fd, device);
	PS_FREED struct ethtool_gstrings *names = NULL;
	PS_FREED struct ethtool_gfeatures *features = NULL;

	if (!count || count > FEATURES_MAX)
		return false;
	names = read_names(fd, device, count);
	features = read_features(fd, device, count);
	for (__u32 i = 0; i < names->len && i / 32 < features->size; i++)
		if (features->features[i / 32].active & 1U << i % 32)
			take_feature(offloads, (const char *)names->data + i * ETH_GSTRING_LEN);
	return names->len && features->size;
}

struct ps_offloads ps_offloads_read(const char *device)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	PS_CLOSED_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ps_offloads offloads = {};

	if (fd < 0)
		return offloads;
	offloads.is_known = take_features(&offloads, fd, device);
	if (!ask(fd, device, &channels)) {
		offloads.rx_queues = channels.rx_count + channels.combined_count;
		offloads.tx_queues = channels.tx_count + channels.combined_count;
	}
	return offloads;
}

struct ps_offloads ps_offloads_read_peer(const struct ps_device *device)
{
	PS_CLOSED_FD int here = -1;
	struct ps_offloads offloads = {};

	if (!device->knows_peer)
		return offloads;
	if (device->netns_id < 0)
		return ps_offloads_read(device->peer);
	here = ps_netns_visit(device->netns_id, device->peer_netns);
	if (here < 0)
		return offloads;
	offloads = ps_offloads_read(device->peer);
	ps_netns_return(here);
	return offloads;
}
