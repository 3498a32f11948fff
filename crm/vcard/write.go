package vcard

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Writer writes cards one after another. The encoder of go-vcard is not used for it: it folds
// no lines and leaves signs in parameters that end them.
type Writer struct {
	w       io.Writer
	version Version
	buf     []byte
	groups  int // of the card
}

// NewWriter is a Writer of the version. It writes each card by one call of w.
func NewWriter(w io.Writer, v Version) *Writer { return &Writer{w: w, version: v} }

// Write writes a card.
func (w *Writer) Write(c *Card) error {
	w.buf, w.groups = w.buf[:0], 0
	w.line("BEGIN", "VCARD")
	w.line("VERSION", string(w.version))
	w.text("UID", c.UID)
	w.line("FN", escaped(c.Name)) // both versions require it
	w.line("N", ";"+component(c.Name)+";;;")
	w.addresses("TEL", c.Phones)
	w.addresses("EMAIL", c.Emails)
	if c.Organization != "" {
		w.line("ORG", component(c.Organization))
	}
	w.text("TITLE", c.Title)
	if c.Location != "" {
		w.line("ADR", ";;;"+component(c.Location)+";;;")
	}
	w.text("URL", c.URL)
	w.text("NOTE", c.Note)
	for _, category := range c.Categories {
		w.text("CATEGORIES", category)
	}
	w.text("TZ", c.Timezone)
	w.text(w.language(), c.Language)
	for _, p := range c.Extended {
		w.text(p.Name, p.Value)
	}
	w.line("END", "VCARD")
	_, err := w.w.Write(w.buf)
	return err
}

func (w *Writer) language() string {
	if w.version == V4 {
		return "LANG"
	}
	return "X-CLIENTELE-LOCALE"
}

func (w *Writer) addresses(name string, list []Address) {
	for i, a := range list {
		group, params := "", ""
		if i == 0 && w.version == V4 {
			params = ";PREF=1"
		} else if i == 0 {
			params = ";TYPE=pref"
		}
		switch {
		case a.Label == "":
		case standard[a.Label]:
			params += ";TYPE=" + a.Label
		default:
			w.groups++
			group = "item" + strconv.Itoa(w.groups) + "."
		}
		w.line(group+name+params, escaped(a.Value))
		if group != "" {
			w.line(group+"X-ABLabel", escaped(a.Label))
		}
	}
}

// standard are the types that both RFCs know of phones and addresses.
var standard = map[string]bool{"home": true, "work": true, "cell": true, "fax": true, "voice": true, "pager": true, "text": true, "video": true}

// text is a line with one text, unless that is empty.
func (w *Writer) text(name, value string) {
	if value != "" {
		w.line(name, escaped(value))
	}
}

// maxLine is how long a line may be, in octets, without its end. RFC 6350, 3.2: longer ones
// SHOULD be folded.
const maxLine = 75

// line writes a line whose value is escaped, folded between characters.
func (w *Writer) line(name, value string) {
	length := len(name) + 1
	w.buf = append(append(w.buf, name...), ':')
	for length+len(value) > maxLine {
		cut := max(maxLine-length, 0)
		for cut > 0 && !utf8.RuneStart(value[cut]) {
			cut--
		}
		w.buf = append(append(w.buf, value[:cut]...), "\r\n "...)
		value, length = value[cut:], 1
	}
	w.buf = append(append(w.buf, value...), "\r\n"...)
}

var (
	ofText      = strings.NewReplacer("\\", "\\\\", "\n", "\\n", ",", "\\,", "\r", "")
	ofComponent = strings.NewReplacer("\\", "\\\\", "\n", "\\n", ",", "\\,", "\r", "", ";", "\\;")
)

// escaped is a text as a value.
func escaped(text string) string { return ofText.Replace(text) }

// component is a text as a part of a value, between semicolons.
func component(text string) string { return ofComponent.Replace(text) }
