// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Syntax, walked while it is read. What is known while walking is at which of
 * the words one may be, as a set of bits; where that is behind the last word,
 * what the syntax wants there is offered.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <linux/types.h>
#include "base/syntax.h"

#define WORDS_MAX 63 /* bits of a set, less one */
#define OPTIONAL_MAX 8 /* brackets in a row */
#define WORD_SIZE 64

struct walk {
	const struct ps_syntax *syntax;
	const char *const *word;
	int count;
};

struct span {
	const char *at, *end;
};

static __u64 walk_text(const struct walk *walk, struct span text, __u64 from);

/* Takes the first token of @text: up to a blank that is in no bracket. Empty at the end. */
static struct span take_token(struct span *text)
{
	struct span token;
	int depth = 0;

	while (text->at < text->end && *text->at == ' ')
		text->at++;
	token.at = text->at;
	while (text->at < text->end && (depth || *text->at != ' ')) {
		depth += (*text->at == '[') - (*text->at == ']');
		text->at++;
	}
	token.end = text->at;
	return token;
}

static bool is_place(const char *word)
{
	return word[0] >= 'A' && word[0] <= 'Z';
}

static const char *find_part(const struct walk *walk, const char *place)
{
	const struct ps_syntax_part *part = walk->syntax->parts;

	for (; part && part->place; part++)
		if (!strcmp(part->place, place))
			return part->syntax;
	return NULL;
}

/* One word or place of the syntax. */
static __u64 walk_word(const struct walk *walk, const char *wanted, __u64 from)
{
	const char *part = find_part(walk, wanted);
	__u64 to = 0;

	if (part)
		return walk_text(walk, (struct span){ part, part + strlen(part) }, from);
	for (int i = 0; i < walk->count; i++)
		if (from >> i & 1 && (is_place(wanted) || !strcmp(walk->word[i], wanted)))
			to |= 2ULL << i;
	if (from >> walk->count & 1)
		walk->syntax->offer(walk->syntax->context, wanted);
	return to;
}

/* "xdp|tc" */
static __u64 walk_choice(const struct walk *walk, struct span token, __u64 from)
{
	__u64 to = 0;

	while (token.at < token.end) {
		size_t length = 0;
		char word[WORD_SIZE];

		while (token.at + length < token.end && token.at[length] != '|')
			length++;
		snprintf(word, sizeof(word), "%.*s", (int)length, token.at);
		to |= walk_word(walk, word, from);
		token.at += length + (token.at + length < token.end);
	}
	return to;
}

/* Those of @groups that are not @used, each at most once, in any order. */
static __u64 walk_optional(const struct walk *walk, const struct span *groups, int count,
			   unsigned int used, __u64 from)
{
	__u64 to = from;

	for (int i = 0; from && i < count; i++)
		if (!(used >> i & 1))
			to |= walk_optional(walk, groups, count, used | 1U << i,
					    walk_text(walk, groups[i], from));
	return to;
}

/* Takes the brackets that follow each other at the beginning of @text. */
static int take_groups(struct span *text, struct span groups[OPTIONAL_MAX])
{
	int count = 0;

	while (count < OPTIONAL_MAX) {
		struct span rest = *text, token = take_token(&rest);

		if (token.at == token.end || *token.at != '[')
			break;
		groups[count++] = (struct span){ token.at + 1, token.end - 1 };
		*text = rest;
	}
	return count;
}

static __u64 walk_text(const struct walk *walk, struct span text, __u64 from)
{
	struct span groups[OPTIONAL_MAX], token;
	__u64 to = 0, at = from;

	for (;;) {
		int count = take_groups(&text, groups);

		at = walk_optional(walk, groups, count, 0, at);
		token = take_token(&text);
		if (token.at == token.end)
			return to | at;
		if (*token.at != '|') {
			at = walk_choice(walk, token, at);
			continue;
		}
		to |= at;
		at = from;
	}
}

void ps_syntax_next(const struct ps_syntax *syntax, const char *text, int count,
		    const char *const words[])
{
	const struct walk walk = { syntax, words, count };

	if (count < WORDS_MAX)
		walk_text(&walk, (struct span){ text, text + strlen(text) }, 1);
}
