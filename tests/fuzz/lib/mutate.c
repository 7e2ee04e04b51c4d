// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Changes to a frame. See mutate.h.
 */
#include <stdbool.h>
#include <string.h>
#include "mutate.h"

#define LINEAR_MIN 14 /* no device puts less than the link header into the first buffer */

/* Where headers begin; 0: there is none. Taken from the frame, which may lie. */
struct layout {
	size_t type; /* the last EtherType */
	size_t ip, transport;
	bool is_ipv6;
};

static __u8 *at(struct sample *sample, size_t offset)
{
	return &sample->data[offset < sample->size ? offset : sample->size - 1];
}

static __u16 get16(const struct sample *sample, size_t offset)
{
	if (offset + 2 > sample->size)
		return 0;
	return (__u16)(sample->data[offset] << 8 | sample->data[offset + 1]);
}

static void put16(struct sample *sample, size_t offset, unsigned int value)
{
	if (offset + 2 > sample->size)
		return;
	sample->data[offset] = (__u8)(value >> 8);
	sample->data[offset + 1] = (__u8)value;
}

static size_t skip_extensions(struct sample *sample, size_t offset, int next)
{
	for (int i = 0; i < 10; i++) {
		int unit = next == 51 ? 4 : next == 44 ? 0 : 8;

		if (next != 0 && next != 43 && next != 44 && next != 51 && next != 60)
			break;
		next = *at(sample, offset);
		offset += 8 + (size_t)(*at(sample, offset + 1) * unit);
	}
	return offset;
}

static struct layout look(struct sample *sample)
{
	struct layout layout = { .type = 12 };

	while (layout.type + 6 < sample->size &&
	       (get16(sample, layout.type) == 0x8100 || get16(sample, layout.type) == 0x88a8))
		layout.type += 4;
	layout.ip = layout.type + 2;
	layout.is_ipv6 = get16(sample, layout.type) == 0x86dd;
	if (layout.is_ipv6)
		layout.transport =
			skip_extensions(sample, layout.ip + 40, *at(sample, layout.ip + 6));
	else
		layout.transport = layout.ip + (*at(sample, layout.ip) & 15) * 4u;
	return layout;
}

static unsigned int odd16(struct dice *dice)
{
	static const unsigned int values[] = { 0,      1,      4,      5,      6,      7,
					       8,      11,     12,     19,     20,     21,
					       28,     39,     40,     60,     80,     81,
					       0x1fff, 0x2000, 0x2001, 0x4000, 0x7fff, 0x8000,
					       0xfff8, 0xfff9, 0xfffe, 0xffff };

	return DICE_PICK(dice, values);
}

/* Twice as often near the truth as far from it. */
static void change_length(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	size_t field = layout->is_ipv6 ? layout->ip + 4 : layout->ip + 2;
	size_t from = layout->is_ipv6 ? layout->ip + 40 : layout->ip;

	if (!dice_roll(dice, 3))
		put16(sample, field, odd16(dice));
	else
		put16(sample, field,
		      (unsigned int)(sample->size - from) + dice_roll(dice, 33) - 16);
}

/* Version and IHL, traffic class. */
static void change_first_byte(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	__u8 *byte = at(sample, layout->ip);

	if (dice_roll(dice, 3))
		*byte = (__u8)((*byte & 0xf0) | dice_roll(dice, 16));
	else
		*byte = (__u8)dice_roll(dice, 256);
}

static void change_type(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	static const __u16 types[] = { 0x0800, 0x86dd, 0x8100, 0x88a8, 0x0806, 0x9100, 0x8847 };

	put16(sample, layout->type, DICE_PICK(dice, types));
}

static void change_next(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	static const __u8 protocols[] = {
		0, 6, 17, 132, 43, 44, 50, 51, 59, 60, 135, 1, 58, 4, 41
	};
	size_t field = layout->ip + (layout->is_ipv6 ? 6 : 9);

	if (layout->is_ipv6 && layout->transport > layout->ip + 48 && dice_roll(dice, 2))
		field = layout->ip + 40 + 8 * dice_roll(dice, 4);
	*at(sample, field) = DICE_PICK(dice, protocols);
}

static void change_fragment(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	static const __u16 fields[] = {
		0, 0x2000, 0x4000, 0x2001, 1, 0x1fff, 0x8000, 8, 9, 0xfff8
	};

	put16(sample, layout->is_ipv6 ? layout->ip + 42 : layout->ip + 6, DICE_PICK(dice, fields));
}

static void change_address(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	static const __u8 firsts[] = { 0, 1, 10, 126, 127, 128, 192, 223, 224, 239, 240, 254, 255 };
	size_t size = layout->is_ipv6 ? 16 : 4;
	size_t src = layout->ip + (layout->is_ipv6 ? 8 : 12), dst = src + size;
	size_t which = dice_roll(dice, 2) ? src : dst;

	if (dst + size > sample->size)
		return;
	switch (dice_roll(dice, 4)) {
	case 0:
		memcpy(&sample->data[dst], &sample->data[src], size);
		break;
	case 1:
		memset(&sample->data[which], dice_roll(dice, 2) ? 0xff : 0, size);
		sample->data[which + size - 1] ^= (__u8)dice_roll(dice, 3);
		break;
	case 2:
		sample->data[which] = DICE_PICK(dice, firsts);
		break;
	default:
		sample->data[which + dice_roll(dice, (unsigned int)size)] ^=
			(__u8)(1 << dice_roll(dice, 8));
	}
}

/* Ports, UDP length, TCP header length and flags, and what is near. */
static void change_transport(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	static const __u16 ports[] = { 80, 81, 82, 83, 84, 85, 86, 0, 1, 53, 40000, 65535 };

	switch (dice_roll(dice, 4)) {
	case 0:
		put16(sample, layout->transport + 2 * dice_roll(dice, 2), DICE_PICK(dice, ports));
		break;
	case 1:
		put16(sample, layout->transport + 4,
		      dice_roll(dice, 2) ? odd16(dice)
					 : (unsigned int)(sample->size - layout->transport) +
						   dice_roll(dice, 9) - 4);
		break;
	case 2:
		*at(sample, layout->transport + 12) = (__u8)(dice_roll(dice, 16) << 4);
		break;
	default:
		*at(sample, layout->transport + 13) = (__u8)dice_roll(dice, 64);
	}
}

static void change_extension(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	if (layout->is_ipv6)
		*at(sample, layout->ip + 41 + 8 * dice_roll(dice, 4)) =
			(__u8)(dice_roll(dice, 4) ? dice_roll(dice, 4) : dice_roll(dice, 256));
	else
		change_first_byte(dice, sample, layout);
}

static void change_end(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	size_t border = dice_roll(dice, 2) ? layout->transport : layout->ip;
	size_t size = border + dice_roll(dice, 48);

	if (dice_roll(dice, 3) == 0)
		size = 1 + dice_roll(dice, 140);
	if (size > sample->size && size <= FRAME_MAX)
		memset(&sample->data[sample->size], 0x50, size - sample->size);
	sample->size = size <= FRAME_MAX ? size : sample->size;
}

/* Bytes behind the IP packet, or behind those that are there. */
static void add_trailer(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	size_t size = 1 + dice_roll(dice, 64);

	(void)layout;
	if (sample->size + size > FRAME_MAX)
		return;
	memset(&sample->data[sample->size], 0x50, size);
	sample->size += size;
}

/* A program sees the first bytes only; the borders of headers are where that hurts. */
static void change_linear(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	size_t border = dice_roll(dice, 2) ? layout->transport : layout->ip;

	switch (dice_roll(dice, 4)) {
	case 0:
		sample->linear = SAMPLE_WHOLE;
		return;
	case 1:
		sample->linear = LINEAR_MIN + dice_roll(dice, (unsigned int)sample->size + 1);
		return;
	default:
		sample->linear = border + dice_roll(dice, 48);
	}
}

static void insert_tag(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	(void)layout;
	if (sample->size < 12 || sample->size + 4 > FRAME_MAX)
		return;
	memmove(&sample->data[16], &sample->data[12], sample->size - 12);
	sample->size += 4;
	put16(sample, 12, dice_roll(dice, 2) ? 0x8100 : 0x88a8);
	put16(sample, 14, dice_roll(dice, 65536));
}

static void change_any_byte(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	size_t near = layout->transport + 24 < sample->size ? layout->transport + 24 : sample->size;
	__u8 *byte = at(sample, dice_roll(dice, (unsigned int)near));

	if (dice_roll(dice, 2))
		*byte ^= (__u8)(1 << dice_roll(dice, 8));
	else
		*byte = (__u8)dice_roll(dice, 256);
}

/* Noise, behind link addresses that are not multicast. */
static void change_all(struct dice *dice, struct sample *sample, const struct layout *layout)
{
	size_t from = dice_roll(dice, 2) ? layout->ip : 12;

	for (size_t i = from; i < sample->size && i < 256; i++)
		sample->data[i] = (__u8)dice_roll(dice, 256);
}

void mutate_sample(struct dice *dice, struct sample *sample, size_t max)
{
	static void (*const changes[])(struct dice *, struct sample *, const struct layout *) = {
		change_length,	  change_length,    change_first_byte, change_type,
		change_next,	  change_next,	    change_fragment,   change_address,
		change_address,	  change_transport, change_transport,  change_extension,
		change_extension, change_end,	    change_linear,     change_linear,
		add_trailer,	  insert_tag,	    change_any_byte,   change_any_byte,
		change_any_byte,
	};
	struct layout layout = look(sample);

	if (!dice_roll(dice, 64))
		change_all(dice, sample, &layout);
	else
		DICE_PICK(dice, changes)(dice, sample, &layout);
	if (sample->size > max)
		sample->size = max;
	if (!sample->size)
		sample->size = 1;
}
