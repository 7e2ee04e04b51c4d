# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# bash completion for portsteer: commands, options, and the words of attach,
# detach, bind and unbind. Asks the system for interfaces and namespaces, and
# portsteer itself for what is bound and attached. Needs nothing but bash.
#
# Shared by all functions, local to _portsteer: words (what is typed, the last
# is under the cursor), plain (the words before it without options), namespace
# (-n of the line), current (the word under the cursor).

# bash cuts words at : and =, which portsteer does not.
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
	current=${words[-1]}
}

_portsteer_read_options() {
	local i

	plain=() namespace=()
	for ((i = 0; i < ${#words[@]} - 1; i++)); do
		case ${words[i]} in
		-n | -[jpqv]*n | --netns)
			i=$((i + 1))
			namespace=(-n "${words[i]}")
			;;
		-n*) namespace=(-n "${words[i]#-n}") ;;
		--netns=*) namespace=(-n "${words[i]#*=}") ;;
		--color | --wait | --batch | --max-bindings) i=$((i + 1)) ;;
		-*) ;;
		*) plain+=("${words[i]}") ;;
		esac
	done
}

# WORD...: offers those that begin with what was typed.
_portsteer_offer() {
	local word typed=$current cut=

	if [[ $typed == [\'\"]* ]]; then
		typed=${typed:1} # in quotes bash does not cut
	elif [[ $COMP_WORDBREAKS == *:* ]]; then
		cut=${typed%"${typed##*[:=]}"} # and replaces what is behind the cut
	fi
	for word; do
		[[ $word == "$typed"* ]] && COMPREPLY+=("${word#"$cut"}")
	done
}

_portsteer_offer_interfaces() {
	local names

	if [[ ${namespace[*]} ]]; then
		mapfile -t names < <(ip "${namespace[@]}" -br link 2>/dev/null | sed 's/[@ ].*//')
	else
		names=(/sys/class/net/*)
	fi
	_portsteer_offer "${names[@]##*/}"
}

# [PREFIX]: names of network namespaces, behind the prefix.
_portsteer_offer_namespaces() {
	local names=(/run/netns/*)

	names=("${names[@]##*/}")
	[[ ${names[0]} == '*' ]] || _portsteer_offer "${names[@]/#/$1}"
}

# COMMAND KEY: the values of a key in what the command prints, escaped ones aside.
_portsteer_ask() {
	"${COMP_WORDS[0]}" "${namespace[@]}" --wait 0 -j "$1" 2>/dev/null |
		grep -o "\"$2\":\"[^\"\\\\]*\"" | sed 's/^"[^"]*":"//; s/"$//' | sort -u
}

_portsteer_offer_options() {
	_portsteer_offer -n -j -p -q -v -h -V --netns --json --pretty --quiet --verbose \
		--wait --color --help --version
	case ${plain[0]} in
	attach) _portsteer_offer --max-bindings ;;
	bind) _portsteer_offer --replace --strict --batch --max-bindings ;;
	refresh) _portsteer_offer --recover ;;
	esac
}

# True when the word under the cursor is the value of an option.
_portsteer_offer_value() {
	local option='' prefix=''

	[[ ${#words[@]} -gt 1 ]] && option=${words[-2]}
	if [[ $current == --*=* ]]; then
		option=${current%%=*} prefix=$option=
	fi
	case $option in
	-n | -[jpqv]*n | --netns) _portsteer_offer_namespaces "$prefix" ;;
	--color) _portsteer_offer "$prefix"{auto,always,never} ;;
	--batch)
		mapfile -t COMPREPLY < <(compgen -f -- "${current#"$prefix"}")
		compopt -o filenames 2>/dev/null
		;;
	--wait | --max-bindings) ;;
	*) return 1 ;;
	esac
	return 0
}

_portsteer_attach() {
	local at has_hook='' has_mode=''

	if [[ ${#plain[@]} -eq 1 ]]; then
		_portsteer_offer_interfaces
		return
	fi
	for ((at = 2; at + 1 < ${#plain[@]}; at += 2)); do
		case ${plain[at]} in
		hook) has_hook=${plain[at + 1]} ;;
		mode) has_mode=${plain[at + 1]} ;;
		esac
	done
	case ${plain[at]-} in
	hook)
		_portsteer_offer xdp
		[[ $has_mode ]] || _portsteer_offer tc # which has no mode
		;;
	mode) _portsteer_offer native generic ;;
	'')
		[[ $has_hook ]] || _portsteer_offer hook
		[[ $has_mode || $has_hook == tc ]] || _portsteer_offer mode
		;;
	esac
}

_portsteer_detach() {
	local names

	[[ ${#plain[@]} -eq 1 ]] || return
	mapfile -t names < <(_portsteer_ask status interface)
	_portsteer_offer "${names[@]}" all
}

_portsteer_offer_protocols() {
	local protocol others=${current%"${current##*,}"}

	for protocol in tcp udp sctp; do
		[[ ,$others == *,$protocol,* ]] || _portsteer_offer "$others$protocol"
	done
}

# An address of every host, and then a port; what else there is, nobody knows.
_portsteer_offer_place() {
	local names place=${current%:*}:

	case $current in
	\[*\]:* | any:* | any[46]:* | [0-9]*:*)
		_portsteer_offer "${place}any"
		[[ $current == *: ]] && return
		mapfile -t names < <(sed -n \
			"s|^\([a-z][^[:space:]]*\)[[:space:]]*[0-9]*/${plain[1]%%,*}.*|\1|p" \
			/etc/services 2>/dev/null)
		_portsteer_offer "${names[@]/#/$place}"
		;;
	*)
		_portsteer_offer any: any4: any6:
		compopt -o nospace 2>/dev/null
		;;
	esac
}

# What may stand behind the action: after a redirect's interface and next hop, options.
_portsteer_offer_behind_action() {
	local at=4 count=${#plain[@]} left=" name "

	if [[ ${plain[3]} == redirect ]]; then
		left+="on-missing "
		at=5
		case ${plain[5]-} in
		via | mac) at=7 ;;
		peer) at=6 ;;
		esac
		[[ $count -eq 5 ]] && left+="via mac peer"
	fi
	for (( ; at < count; at += 2)); do
		left=${left/ ${plain[at]} / }
	done
	if [[ $at -eq $count ]]; then
		# shellcheck disable=SC2086 # a list of words
		_portsteer_offer $left
	elif [[ ${plain[count - 1]} == on-missing ]]; then
		_portsteer_offer pass drop
	fi
}

_portsteer_bind() {
	case ${#plain[@]} in
	1) _portsteer_offer_protocols ;;
	2) _portsteer_offer_place ;;
	3) _portsteer_offer pass count drop redirect ;;
	4)
		if [[ ${plain[3]} == redirect ]]; then
			_portsteer_offer_interfaces
		else
			_portsteer_offer_behind_action
		fi
		;;
	*) _portsteer_offer_behind_action ;;
	esac
}

_portsteer_unbind() {
	local bound

	case ${#plain[@]}:${plain[1]-} in
	1:)
		_portsteer_offer_protocols
		_portsteer_offer name
		return
		;;
	2:name) mapfile -t bound < <(_portsteer_ask bindings name | grep .) ;;
	2:*)
		mapfile -t bound < <(_portsteer_ask bindings endpoint |
			sed -n "s/^${plain[1]%%,*} //p")
		;;
	esac
	_portsteer_offer "${bound[@]}"
}

_portsteer() {
	local words plain namespace current

	COMPREPLY=()
	_portsteer_read_words
	_portsteer_read_options
	if _portsteer_offer_value; then
		return
	fi
	case $current:${plain[0]-} in
	-*) _portsteer_offer_options ;;
	*:attach) _portsteer_attach ;;
	*:detach) _portsteer_detach ;;
	*:bind) _portsteer_bind ;;
	*:unbind) _portsteer_unbind ;;
	*:)
		_portsteer_offer attach detach bind unbind flush refresh bindings conflicts \
			flows reasons status version
		;;
	esac
}

complete -F _portsteer portsteer
