/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files that are taken, and files that are refused. For file/file.c.
 */
#ifndef PORTSTEER_TESTS_FILE_ROWS_H
#define PORTSTEER_TESTS_FILE_ROWS_H

#define ONE "bindings:\n- endpoint: "
#define DROP "\n  action: drop\n"

/* The file, and its bindings as "LINE:COLUMN ENDPOINT ACTION (NAME)". */
static const struct {
	const char *text, *bindings;
} accepted[] = {
	{ "bindings: []", "" },
	{ "{\"bindings\": []}", "" },
	{ "---\nbindings: []\n...\n", "" },
	{ "%YAML 1.1\n---\nbindings: []\n", "" },
	{ "\xef\xbb\xbf"
	  "bindings: []\n",
	  "" },
	{ "# a comment\n\nbindings: # another\n  []\n", "" },
	{ ONE "tcp any:23" DROP, "2:13 tcp any:23 drop; " },
	{ ONE "'tcp any:23'" DROP, "2:14 tcp any:23 drop; " },
	{ ONE "\"tcp any:\\x323\"" DROP, "2:13 tcp any:23 drop; " },
	{ ONE " tcp   any:23  " DROP, "2:14 tcp any:23 drop; " },
	{ ONE "tcp\n    any:23" DROP, "2:13 tcp any:23 drop; " },
	{ "bindings:\r\n- endpoint: tcp any:23\r\n  action: drop\r\n", "2:13 tcp any:23 drop; " },
	{ "bindings:\n- action: drop\n  name: no-telnet\n  endpoint: tcp any:23\n",
	  "4:13 tcp any:23 drop (no-telnet); " },
	{ ONE
	  "tcp,udp [2001:db8::/32]:8000-8999\n  action: redirect veth-app\n  on-missing: pass\n",
	  "2:13 tcp [2001:db8::/32]:8000-8999 redirect veth-app on-missing pass; "
	  "2:13 udp [2001:db8::/32]:8000-8999 redirect veth-app on-missing pass; " },
	{ ONE "tcp any:1\n  action: redirect name via 192.0.2.1\n  on-missing: drop",
	  "2:13 tcp any:1 redirect name via 192.0.2.1; " },
	{ ONE "udp 10.1.2.3/8:domain\n  action: count", "2:13 udp 10.0.0.0/8:53 count; " },
	{ "{\"bindings\":[{\"endpoint\":\"tcp "
	  "any:1\",\"action\":\"drop\",\"name\":\"\\u00e9\\/\\n\"},"
	  "{\"endpoint\":\"tcp any:2\",\"action\":\"pass\"}]}",
	  "1:27 tcp any:1 drop (\xc3\xa9/\n); 1:88 tcp any:2 pass; " },
	{ ONE "tcp any:1" DROP "  name: '010'", "2:13 tcp any:1 drop (010); " },
	{ ONE "tcp any:1" DROP "  name: 80-web", "2:13 tcp any:1 drop (80-web); " },
	{ "bindings:\n- {endpoint: tcp any:1-9, action: drop}\n- {endpoint: tcp any:3-5, action: "
	  "drop}\n"
	  "- {endpoint: tcp any:3-3, action: drop}\n- {endpoint: tcp any4:1-9, action: drop}\n"
	  "- {endpoint: udp any:5-19, action: drop}\n- {endpoint: tcp any:any, action: drop}\n"
	  "- {endpoint: tcp 10.0.0.0/8:5-19, action: drop}\n",
	  "2:14 tcp any:1-9 drop; 3:14 tcp any:3-5 drop; 4:14 tcp any:3 drop; "
	  "5:14 tcp any4:1-9 drop; 6:14 udp any:5-19 drop; 7:14 tcp any:any drop; "
	  "8:14 tcp 10.0.0.0/8:5-19 drop; " },
};

#define NO_BINDINGS "the file needs 'bindings'"
#define TAB "a tab; indent and separate with spaces"
#define KEYS "; valid: endpoint, action, name, on-missing, owner"
#define CONTROL "a control character; in double quotes it can be written as \\u001b"

/* The file, and all that is wrong with it. */
static const struct {
	const char *text;
	const char *faults;
} refused[] = {
	{ "", "1:1: expected the keys of the file, found nothing\n" },
	{ "# only this\n", "2:1: expected the keys of the file, found nothing\n" },
	{ "bindings:\n", "1:10: expected a list of bindings; an empty one is [], found nothing\n" },
	{ "- a\n", "1:1: expected the keys of the file, found a list\n" },
	{ "interfaces: []\n", "1:1: " NO_BINDINGS "\n" },
	{ "bindngs: []\n", "1:1: unknown key of the file 'bindngs'; valid: bindings, interfaces, "
			   "sockets, guard, max-bindings; did "
			   "you mean 'bindings'?\n1:1: " NO_BINDINGS "\n" },
	{ "bindings: []\nbindings: []\n", "2:1: 'bindings' is given twice\n" },
	{ "bindings: []\n---\nbindings: []\n", "2:1: a second document; a file has one\n" },
	{ "bindings:\n\t- {}\n", "2:1: " TAB "\n" },
	{ "bindings: []\t# why\n", "1:13: " TAB "\n" },
	{ "bindings: [\"\xff\"]\n", "1:13: a byte that is not UTF-8\n" },
	{ "\xc3\xa9\xc3\xa9 \xed\xa0\x80", "1:4: a byte that is not UTF-8\n" },
	{ "# \xf0\x9f\x92", "1:3: the file ends within a character\n" },
	{ "# \xc2\x85", "1:3: " CONTROL "\n" },
	{ "# \xe2\x80\xa8", "1:3: " CONTROL "\n" },
	{ "# \x1b[31m", "1:3: " CONTROL "\n" },
	{ "bindings: &a []\n", "1:11: anchors are not supported\n" },
	{ "bindings: !!seq []\n", "1:11: tags are not supported\n" },
	{ "bindings: *a\n", "1:11: aliases are not supported; write the value out\n" },
	{ "a: &a [x,x]\nb: &b [*a,*a]\nbindings: [{<<: *b}]\n",
	  "1:1: unknown key of the file 'a'; valid: bindings, interfaces, sockets, guard, "
	  "max-bindings\n"
	  "1:4: anchors are not supported\n"
	  "2:1: unknown key of the file 'b'; valid: bindings, interfaces, sockets, guard, "
	  "max-bindings\n"
	  "2:4: anchors are not supported\n"
	  "3:12: a binding needs 'endpoint'\n"
	  "3:12: a binding needs 'action'\n"
	  "3:13: unknown key of a binding '<<'" KEYS "\n"
	  "3:17: aliases are not supported; write the value out\n" },
	{ "bindings: [{endpoint: [tcp, any:1], action: {drop: 1}, name: }, a]\n",
	  "1:23: expected a string, found a list\n"
	  "1:45: expected a string, found keys and values\n"
	  "1:62: '' is not a string in YAML; write \"\"\n"
	  "1:65: expected the keys of a binding, found a string\n" },
	{ "bindings: [{[a]: b, endpoint: tcp any:1, action: drop, action: pass}]\n",
	  "1:13: expected a string, found a list\n1:56: 'action' is given twice\n" },
	/* faults within values */
	{ ONE "tcp" DROP, "2:13: an endpoint has two words, such as 'tcp 192.0.2.1:443'\n" },
	{ ONE "80" DROP, "2:13: an endpoint has two words, such as 'tcp 192.0.2.1:443'\n" },
	{ ONE "tcp any:080" DROP,
	  "2:21: '080' is not a valid port; use 1 to 65535, FIRST-LAST, any, or a service of "
	  "/etc/services\n" },
	{ ONE "' tcp  any:0'" DROP, "2:24: port 0 is not a valid port; for every port write "
				    "'any'\n" },
	{ ONE "tcp any:80-70" DROP, "2:21: range '80-70' runs backwards; write 70-80\n" },
	{ ONE "tcp [::ffff:1.2.3.4]:1" DROP,
	  "2:17: '::ffff:1.2.3.4' is an IPv4-mapped address; write the IPv4 address itself\n" },
	{ ONE "\"tcp \\\n  any:0\"" DROP,
	  "2:13: port 0 is not a valid port; for every port write 'any'\n" }, /* where in it cannot
									       * be said
									       */
	{ ONE "tcp any:1\n  action: dorp\n",
	  "3:11: unknown action 'dorp'; valid: pass, count, drop, redirect, socket; did you mean "
	  "'drop'?\n" },
	{ ONE "tcp any:1\n  action: ''\n",
	  "3:12: an action is missing: pass, count, drop, redirect DEV or socket NAME\n" },
	{ ONE "tcp any:1\n  action: drop name x\n", "3:16: 'name' is unexpected after the "
						    "action\n" },
	{ ONE "tcp,sctp any:1\n  action: socket web\n",
	  "2:13: 'socket' is for tcp and udp: the kernel has no such hook for sctp\n" },
	{ ONE "tcp any:1\n  action: redirect a/b\n",
	  "3:20: 'a/b' is not a valid interface name (1 to 15 bytes)\n" },
	{ ONE "tcp any:1" DROP "  on-missing: pass\n",
	  "4:15: on-missing is for an action that can fail: redirect, socket\n" },
	{ ONE "tcp any:1\n  action: redirect x\n  on-missing: true\n",
	  "4:15: unknown value 'true'; valid: pass, drop\n" },
	{ ONE "tcp any:1" DROP "  name: 010", "4:9: '010' is not a string in YAML; write "
					      "\"010\"\n" },
	{ ONE "tcp any:1" DROP "  name: No", "4:9: 'No' is not a string in YAML; write \"No\"\n" },
	{ ONE "tcp any:1" DROP "  name: '12345678901234567890123456789012'",
	  "4:10: a name has 1 to 31 bytes of UTF-8\n" },
	{ ONE "tcp any:1" DROP "  name: \"a\\0b\"", "4:9: a string cannot contain NUL\n" },
	{ "bindings: []\nmax-bindings: 0x10\n",
	  "2:15: max-bindings is a number from 1 to 16000000\n" },
	{ "bindings: []\nmax-bindings: 010\n",
	  "2:15: max-bindings is a number from 1 to 16000000\n" },
	{ "bindings: []\nmax-bindings: '10'\n",
	  "2:16: max-bindings is a number from 1 to 16000000\n" },
	{ "bindings: []\nmax-bindings: 16000001\n",
	  "2:15: max-bindings is a number from 1 to 16000000\n" },
	{ "bindings: []\ninterfaces: [{device: 1}, {hook: tc}, {device: a, hook: tcx, mode: no}]\n",
	  "2:23: '1' is not a string in YAML; write \"1\"\n"
	  "2:27: an interface needs 'device'\n"
	  "2:57: unknown hook 'tcx'; valid: xdp, tc; did you mean 'tc'?\n"
	  "2:68: unknown mode 'no'; valid: native, generic\n" },
	{ "bindings: []\ninterfaces: [{device: a, hook: tc, mode: native}, {device: a}]\n",
	  "2:23: a mode is for 'hook: xdp'; other hooks have none\n"
	  "2:60: duplicate: interface 'a' is in line 2 already\n" },
	{ "bindings: []\ninterfaces: [{device: netns, hook: tc}, {hook: xdp, device: netns}]\n",
	  "2:23: 'netns' is the network namespace, which has one hook\n"
	  "2:61: 'netns' is the network namespace, which has one hook\n"
	  "2:61: duplicate: interface 'netns' is in line 2 already\n" },
	{ "bindings: []\nguard: yes\n",
	  "2:8: unknown mode of the guard 'yes'; valid: off, report, on\n" },
	{ "bindings: []\nguard: 'true'\n",
	  "2:9: unknown mode of the guard 'true'; valid: off, report, on\n" },
	{ "bindings: []\nguard: {mode: No, cgroup: a/b, x: y}\n",
	  "2:15: unknown mode of the guard 'No'; valid: off, report, on\n"
	  "2:27: a cgroup begins with '/', as in /proc/PID/cgroup: /system.slice\n"
	  "2:32: unknown key of the guard 'x'; valid: mode, cgroup\n" },
	{ "bindings: []\nguard: {cgroup: /a}\n", "2:8: the guard needs 'mode'\n" },
	{ "bindings: []\nguard: {mode: off, cgroup: /a}\n",
	  "2:8: a guard that is off has no cgroup; leave 'cgroup' out\n" },
	{ "bindings: []\nguard: [on]\n", "2:8: expected the keys of the guard, found a list\n" },
	{ "bindings: []\nsockets: [{name: no, listening: tcp any:1}, {name: a, listening: tcp}]\n",
	  "2:18: 'no' is not a string in YAML; write \"no\"\n"
	  "2:66: an endpoint has two words, such as 'tcp 192.0.2.1:443'\n" },
	{ "bindings: []\nsockets: [{name: a, listening: sctp any:1}, {name: b, listening: tcp "
	  "any:any}]\n",
	  "2:32: the kernel has no hook for sockets of sctp\n"
	  "2:66: a socket listens at one port of one address, or of 'any'\n" },
	/* syntax: what is before it is judged, what is behind it cannot be */
	{ "bindings:\n- {endpoint: x, action: y}\n- [a}\n- b\n",
	  "2:14: an endpoint has two words, such as 'tcp 192.0.2.1:443'\n"
	  "2:25: unknown action 'y'; valid: pass, count, drop, redirect, socket\n"
	  "3:3: expected the keys of a binding, found a list\n"
	  "3:5: this is not YAML: did not find expected ',' or ']' (while parsing a flow sequence "
	  "that begins in line 3)\n" },
	/* sound by themselves, wrong together */
	{ ONE "tcp any:23" DROP "- endpoint: tcp any:telnet" DROP,
	  "4:13: duplicate: tcp any:23: bound twice here, first in line 2: tcp any:23 drop\n" },
	{ ONE "tcp 10.1.0.0/8:1" DROP "- endpoint: tcp 10.2.0.0/8:1" DROP
	      "- endpoint: tcp 10.0.0.0/8:1-1" DROP,
	  "4:13: duplicate: tcp 10.0.0.0/8:1: bound twice here, first in line 2: tcp 10.0.0.0/8:1 "
	  "drop\n"
	  "6:13: duplicate: tcp 10.0.0.0/8:1: bound twice here, first in line 2: tcp 10.0.0.0/8:1 "
	  "drop\n" },
	{ "bindings:\n- {endpoint: tcp any:15-20, action: drop}\n"
	  "- {endpoint: tcp any:10-17, action: drop}\n"
	  "- {endpoint: tcp any4:12-18, action: drop}\n"
	  "- {endpoint: tcp any6:1-2, action: drop}\n",
	  "3:14: overlap: tcp any:10-17: shares ports 15-17 with tcp any:15-20 in line 2, and "
	  "neither range is within the other\n"
	  "4:14: overlap: tcp any4:12-18: shares ports 12-17 with tcp any:10-17 in line 3, and "
	  "neither range is within the other\n"
	  "4:14: overlap: tcp any4:12-18: shares ports 15-18 with tcp any:15-20 in line 2, and "
	  "neither range is within the other\n" },
	{ ONE "tcp any:0" DROP "- endpoint: tcp 10.0.0.1:5-6" DROP
	      "- endpoint: tcp 10.0.0.1:6-7" DROP,
	  "2:21: port 0 is not a valid port; for every port write 'any'\n"
	  "6:13: overlap: tcp 10.0.0.1:6-7: shares ports 6-6 with tcp 10.0.0.1:5-6 in line 4, and "
	  "neither range is within the other\n" },
};

#endif
