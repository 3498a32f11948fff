package crm

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lineReader reads lines, and takes some back to give them again.
type lineReader struct {
	r      *bufio.Reader
	again  []byte // lines that were taken back
	long   []byte // the beginning of a line after those, which is too long; nil: there is none
	buf    []byte
	number int // of the line that was read last, from 1
}

// next is the next line with its end; the last one gets one if it has none. Of a line that is
// longer than limit it is the beginning, with [errRecordTooLong], and the rest is passed over.
// It is valid until the next call.
func (l *lineReader) next(limit int) ([]byte, error) {
	if len(l.again) > 0 {
		end := bytes.IndexByte(l.again, '\n') + 1
		line := l.again[:end]
		l.again = l.again[end:]
		l.number++
		return line, nil
	}
	if long := l.long; long != nil {
		l.long = nil
		l.number++
		return long, errRecordTooLong
	}
	l.buf = l.buf[:0]
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if room := limit - len(l.buf); len(part) > room {
			long = true
			part = part[:max(room, 0)]
		}
		l.buf = append(l.buf, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(l.buf) > 0:
			l.buf = append(l.buf, '\n')
		case err != nil:
			return nil, err
		}
		l.number++
		if long {
			return l.buf, errRecordTooLong
		}
		return l.buf, nil
	}
}

// unread takes whole lines back, which were read last.
func (l *lineReader) unread(lines []byte) {
	l.again = append(bytes.Clone(lines), l.again...)
	l.number -= bytes.Count(lines, []byte("\n"))
}

// unreadLong takes the line back that was read last, and was too long.
func (l *lineReader) unreadLong(beginning []byte) {
	l.long = bytes.Clone(beginning[:min(len(beginning), keptOfLongRow)])
	l.number--
}

// How a row stands after a line.
type rowEnd int

const (
	rowOpen rowEnd = iota // it goes on: the line ends inside quotes
	rowDone
	rowBad // it is not CSV
)

// rowScanner finds out where a row ends. In text it makes "" of \", as some programs write a
// quote in quotes.
type rowScanner struct {
	comma byte
	trims bool   // spaces may stand before a cell
	text  []byte // the lines of the row
	raw   []byte // as the file has them
	head  int    // the length of the first in raw
	in    rowState
	end   rowEnd
	fault error
}

type rowState int

const (
	atCell   rowState = iota // before a cell
	inCell                   // in one without quotes around it
	inQuotes                 // in one with quotes
	atQuote                  // behind a quote in quotes
)

// add takes a line of the row, and says whether another is needed.
func (s *rowScanner) add(line []byte) rowEnd {
	if len(s.raw) == 0 {
		s.head = len(line)
	}
	s.raw = append(s.raw, line...)
	for i, c := range line {
		if c == '\\' && s.in == inQuotes && s.escapes(line[i+1:]) {
			c = '"' // before the next one
		}
		s.text = append(s.text, c)
		if !s.step(c) {
			s.end, s.fault = rowBad, errAfterQuote
			if len(s.raw) > s.head { // it goes on and on: the quote that began was not closed
				s.fault = errQuoteOpen
			}
			return s.end
		}
	}
	if s.in != inQuotes {
		s.end = rowDone
	}
	return s.end
}

// step is the next state; false where no state can follow.
func (s *rowScanner) step(c byte) bool {
	switch {
	case s.in == inQuotes:
		if c == '"' {
			s.in = atQuote
		}
	case s.in == atQuote && c == '"':
		s.in = inQuotes
	case c == s.comma:
		s.in = atCell
	case s.in == atQuote:
		return c == '\n' || c == '\r'
	case s.in == atCell && c == '"':
		s.in = inQuotes
	case s.in == atCell && c == ' ' && s.trims:
	default:
		s.in = inCell
	}
	return true
}

// escapes reports whether a backslash stands before a quote that does not end its cell.
func (s *rowScanner) escapes(rest []byte) bool {
	return len(rest) > 1 && rest[0] == '"' && rest[1] != '"' && rest[1] != s.comma && rest[1] != '\n' && rest[1] != '\r'
}

// first is the first line of the row, and rest the others.
func (s *rowScanner) first() []byte { return s.raw[:s.head] }
func (s *rowScanner) rest() []byte  { return s.raw[s.head:] }

// reset makes it ready for another row, in the same memory.
func (s *rowScanner) reset() {
	s.text, s.raw, s.in, s.end, s.fault = s.text[:0], s.raw[:0], atCell, rowOpen, nil
}
