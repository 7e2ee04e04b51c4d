# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# bash completion for portsteer. It knows no word of it: 'portsteer complete'
# says what may come next, from the same descriptors that help is printed from.

# bash cuts words at : and =, which portsteer does not. Sets words of _portsteer.
_portsteer_read_words() {
	local word glue=

	words=()
	for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
		if [[ ${#words[@]} -gt 0 && ($glue || $word == [:=]*) ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
		glue=
		[[ $word == *[:=] ]] && glue=1
	done
	# An empty word under the cursor, behind a blank, is no part of "any:".
	if [[ ${COMP_LINE:0:COMP_POINT} == *[[:blank:]] && ${words[-1]} ]]; then
		words+=("")
	fi
}

# WORD: offers it. FILES stands for names of files behind what was typed.
_portsteer_offer() {
	local cut=

	if [[ $1 == *'<FILE>' ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "${typed#"${1%<FILE>}"}")
		compopt -o filenames 2>/dev/null
		return
	fi
	if [[ $COMP_WORDBREAKS == *:* && ! $is_quoted ]]; then
		cut=${typed%"${typed##*[:=]}"} # bash replaces what is behind it
	fi
	COMPREPLY+=("${1#"$cut"}")
	[[ $1 == *: ]] && compopt -o nospace 2>/dev/null
}

_portsteer() {
	local words word typed is_quoted=

	COMPREPLY=()
	_portsteer_read_words
	typed=${words[-1]}
	if [[ $typed == [\'\"]* ]]; then
		typed=${typed:1} is_quoted=1
	fi
	while IFS= read -r word; do
		_portsteer_offer "$word"
	done < <("${COMP_WORDS[0]}" complete -- "${words[@]:0:${#words[@]}-1}" "$typed" \
		2>/dev/null | sort -u)
}

complete -F _portsteer portsteer
