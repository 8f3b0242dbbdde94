package postgres

import (
	"strconv"
	"strings"
	"sync"
)

// placeholders are the queries of the program with $1, $2, … in place of ?, ?1, ?2, …: a ? that has no number has the one after
// the largest so far, as in SQLite. Queries are constants, so there are as many as the program has.
type placeholders struct{ done sync.Map } // query → string

func (p *placeholders) of(query string) string {
	if done, ok := p.done.Load(query); ok {
		return done.(string) //nolint:forcetypeassert // nothing else is stored
	}
	done := dollars(query)
	p.done.Store(query, done)
	return done
}

func dollars(query string) string {
	var out strings.Builder
	var quote byte // that a text or a name is within; 0 when none
	largest := 0
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			out.WriteByte(c)
		case c != '?':
			if c == '\'' || c == '"' {
				quote = c
			}
			out.WriteByte(c)
		default:
			end := i + 1
			for end < len(query) && '0' <= query[end] && query[end] <= '9' {
				end++
			}
			n, err := strconv.Atoi(query[i+1 : end])
			if err != nil {
				n = largest + 1
			}
			largest = max(largest, n)
			out.WriteString("$" + strconv.Itoa(n))
			i = end - 1
		}
	}
	return out.String()
}
