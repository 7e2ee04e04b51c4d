/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows of complaints.c, within its array: what explain says when system calls fail.
 */
#define PACKET "tcp 192.0.2.1:1 192.0.2.2:"

{ "explain " PACKET "2", .before = BIND "tcp any:1 drop", .faults = { { "program run", EIO } },
  .text = "cannot run the program on a frame of 54 bytes: Input/output error" },
	{ "explain " PACKET "2", .before = BIND "tcp any:1 drop",
	  .faults = { { "map create", ENOMEM } },
	  .text = "cannot make a map: Cannot allocate memory" },
	{ "explain " PACKET "2 dev eth0", .before = BIND "tcp any:1 drop",
	  .faults = { { "ioctl", EIO } },
	  .text = "cannot look for interface 'eth0': Input/output error" },
	{ "explain " PACKET "1", .before = "attach eth0;" BIND "tcp any:1 redirect eth1",
	  .faults = { { "map lookup", EIO } },
	  .text = "cannot look up where XDP may redirect to: Input/output error" },
	{ "explain " PACKET "1",
	  .before = "attach netns;" BIND "tcp any:1 socket web;socket add " WEB "2001",
	  .faults = { { "program run", EIO } },
	  .text = "cannot run the program that chooses sockets: Input/output error" },
