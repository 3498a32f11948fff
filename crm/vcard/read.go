package vcard

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"slices"
	"strconv"
	"strings"
)

// The limits of a file of cards. A property that is longer is passed over, as most pictures
// are; a card that has more is an error.
const (
	maxProperty   = 64 << 10 // bytes
	maxProperties = 1000
)

// What is wrong with a card.
var (
	ErrTruncated = errors.New("the card has no END")
	ErrTooLarge  = errors.New("the card has too many properties")
	ErrNoCard    = errors.New("the line is outside of any card")
)

// Reader reads cards one after another, of version 4.0 and 3.0, and what is common of 2.1. It
// takes bounded memory whatever it reads. The library go-vcard is not used for it: its lines
// have no bound, and it takes an escaped semicolon for the end of a component.
type Reader struct {
	r    *bufio.Reader
	line int    // the number of the line that was read last
	next string // the line after it, if that was read to see whether it goes on
	at   int    // the number of next; 0: it was not read
	err  error
}

// NewReader is a Reader of UTF-8.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReader(r)} }

// Read reads a card, and says on which line it begins. [io.EOF]: there is none. After any
// other of this package's errors the next card can be read.
func (r *Reader) Read() (c Card, line int, err error) {
	p, line, err := r.property()
	for err == nil && p.name == "" { // blank lines
		p, line, err = r.property()
	}
	if err != nil {
		return Card{}, line, err
	}
	if p.name != "BEGIN" || !strings.EqualFold(p.value, "VCARD") {
		return Card{}, line, r.skip()
	}
	b := builder{labels: map[string]string{}}
	for count := 0; ; count++ {
		if r.beginning() {
			return Card{}, line, ErrTruncated
		}
		p, _, err := r.property()
		switch {
		case errors.Is(err, io.EOF):
			return Card{}, line, ErrTruncated
		case err != nil:
			return Card{}, line, err
		case p.name == "END":
			return b.card(), line, nil
		case count < maxProperties:
			b.add(p)
		case count == maxProperties:
			err = ErrTooLarge
			return Card{}, line, errors.Join(err, r.skip())
		}
	}
}

// skip passes over all up to the next card.
func (r *Reader) skip() error {
	for !r.beginning() {
		if _, _, err := r.logical(); err != nil {
			return ErrNoCard // what ended it is told of next
		}
	}
	return ErrNoCard
}

// beginning reports whether the next line begins a card.
func (r *Reader) beginning() bool {
	r.peek()
	return r.at > 0 && strings.EqualFold(strings.TrimSpace(r.next), "BEGIN:VCARD")
}

// property is the next property.
func (r *Reader) property() (property, int, error) {
	text, line, err := r.logical()
	if err != nil {
		return property{}, line, err
	}
	p := parseProperty(text)
	for p.quotedPrintable() && strings.HasSuffix(text, "=") { // its own way of going on
		more, _, err := r.logical()
		if err != nil || len(text)+len(more) > maxProperty {
			break
		}
		text = strings.TrimSuffix(text, "=") + more
		p = parseProperty(text)
	}
	p.decode()
	return p, line, nil
}

// logical is the next line with those that continue it. Of one that is too long it is nothing.
func (r *Reader) logical() (text string, line int, err error) {
	r.peek()
	if r.at == 0 {
		return "", r.line, r.err
	}
	var b strings.Builder
	b.WriteString(r.next)
	line, r.at = r.at, 0
	for r.peek(); r.at > 0 && r.next != "" && (r.next[0] == ' ' || r.next[0] == '\t'); r.peek() {
		if b.Len() <= maxProperty {
			b.WriteString(r.next[1:])
		}
		r.at = 0
	}
	if b.Len() > maxProperty {
		return "", line, nil
	}
	return b.String(), line, nil
}

// peek reads the next line, unless it has been read.
func (r *Reader) peek() {
	if r.at > 0 || r.err != nil {
		return
	}
	var line []byte
	for {
		part, err := r.r.ReadSlice('\n')
		if len(line) <= maxProperty {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		r.err = err
		break
	}
	if len(line) == 0 && r.err != nil {
		return
	}
	r.line++
	r.next, r.at = string(bytes.TrimRight(line, "\r\n")), r.line
}

// property is a line of a card.
type property struct {
	group, name, value string
	params             []Property // in capitals
}

// parseProperty parts "item1.TEL;TYPE=home:+1": the value begins at the first colon outside of
// quotes.
func parseProperty(text string) (p property) {
	head, quoted := text, false
	for i := range len(text) {
		if text[i] == '"' {
			quoted = !quoted
		}
		if text[i] == ':' && !quoted {
			head, p.value = text[:i], text[i+1:]
			break
		}
	}
	name, params, _ := strings.Cut(head, ";")
	if group, rest, grouped := strings.Cut(name, "."); grouped {
		p.group, name = strings.ToUpper(group), rest
	}
	p.name = strings.ToUpper(strings.TrimSpace(name))
	for param := range strings.SplitSeq(params, ";") {
		key, value, said := strings.Cut(param, "=")
		if !said { // of version 2.1: TEL;HOME
			key, value = "TYPE", param
		}
		for v := range strings.SplitSeq(strings.Trim(value, `"`), ",") {
			p.params = append(p.params, Property{strings.ToUpper(key), strings.ToUpper(strings.Trim(v, `"`))})
		}
	}
	return p
}

func (p *property) param(name string) (values []string) {
	for _, q := range p.params {
		if q.Name == name {
			values = append(values, q.Value)
		}
	}
	return values
}

func (p *property) quotedPrintable() bool {
	return slices.Contains(p.param("ENCODING"), "QUOTED-PRINTABLE") || slices.Contains(p.param("TYPE"), "QUOTED-PRINTABLE")
}

func (p *property) decode() {
	if p.quotedPrintable() {
		if text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(p.value))); err == nil {
			p.value = strings.ReplaceAll(string(text), "\r\n", "\n")
		}
	}
	if encoding := p.param("ENCODING"); slices.Contains(encoding, "B") || slices.Contains(encoding, "BASE64") {
		if text, err := base64.StdEncoding.DecodeString(p.value); err == nil {
			p.value = string(text)
		}
	}
}

// preference is from 1, the most preferred, to 101.
func (p *property) preference() int {
	for _, v := range p.param("PREF") {
		if n, err := strconv.Atoi(v); err == nil {
			return min(max(n, 1), 100)
		}
	}
	if slices.Contains(p.param("TYPE"), "PREF") {
		return 1
	}
	return 101
}

// parts are the components of a value between the signs, without escapes.
func parts(value string, sign byte) (list []string) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			i++
			if value[i] == 'n' || value[i] == 'N' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(value[i])
			}
		case c == sign:
			list = append(list, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(list, b.String())
}

// text is a value that is one text: no sign parts it.
func text(value string) string { return parts(value, 0)[0] }

// ranked is an address with what it is sorted by.
type ranked struct {
	Address
	group string
	rank  int
}

// addressesOf are addresses, the preferred first, with the labels of their groups.
func addressesOf(list []ranked, labels map[string]string) (out []Address) {
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	for _, a := range list {
		if label := labels[a.group]; a.group != "" && label != "" {
			a.Label = label
		}
		out = append(out, a.Address)
	}
	return out
}
