// Package ical writes appointments as calendar files (RFC 5545, and 5546 for those that are sent to
// somebody), which calendar programs open or subscribe to.
//
//	w, err := ical.NewWriter(out, ical.Calendar{Name: "Haircut", From: from, Until: until})
//	err = w.Appointment(a, ical.Event{Zone: a.Timezone})
//	err = w.Series(series, appointments, ical.Event{})
//	err = w.Close()
//
// A file is written appointment by appointment, so it can be of any length. Lines are folded at 75
// octets, never inside a character, and the zones that are used are described from the first use on.
// It is a package of its own so that a program without calendar files links none of it.
package ical

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"time"
	"unicode"

	goical "github.com/emersion/go-ical"
)

// MediaType is that of a calendar file.
const MediaType = "text/calendar; charset=utf-8"

// Method says what the receiver of a file is asked (RFC 5546).
type Method string

// The methods.
const (
	None    Method = ""        // nothing: a feed
	Request Method = "REQUEST" // to note an appointment, or its change
	Cancel  Method = "CANCEL"  // to remove it
)

// Calendar is what a file says of itself.
type Calendar struct {
	Name   string // of a feed
	Method Method

	// From and Until are the range in which the zones are described: it has to have all that is written.
	From, Until time.Time
}

// Writer writes a calendar. It is used by one goroutine; nothing is of use before Close.
type Writer struct {
	out      *bufio.Writer
	calendar Calendar
	frame    *goical.Calendar // with one component at a time
	text     bytes.Buffer
	zones    map[string]*time.Location // those that are described already
}

const (
	product = "-//Clientele//Scheduling//EN"
	begin   = "\r\nBEGIN:"
	end     = "END:VCALENDAR\r\n"
)

// NewWriter begins a calendar.
func NewWriter(out io.Writer, c Calendar) (*Writer, error) {
	w := &Writer{out: bufio.NewWriter(out), calendar: c, frame: goical.NewCalendar(), zones: map[string]*time.Location{}}
	w.frame.Props.SetText(goical.PropVersion, "2.0")
	w.frame.Props.SetText(goical.PropProductID, product)
	if c.Method != None {
		w.frame.Props.SetText(goical.PropMethod, string(c.Method))
	}
	if c.Name != "" {
		w.frame.Props.SetText(goical.PropName, clean(c.Name))
		calName := *w.frame.Props.Get(goical.PropName) // what came before RFC 7986, and what most read
		calName.Name = "X-WR-CALNAME"
		w.frame.Props.Set(&calName)
	}
	empty := goical.NewComponent("X-NONE") // the library writes none without a component
	if err := w.encode(empty); err != nil {
		return nil, err
	}
	head, _, _ := bytes.Cut(w.text.Bytes(), []byte(begin))
	_, err := w.out.Write(folded(append(head, "\r\n"...)))
	return w, err
}

// encode is a calendar with the one component, in text.
func (w *Writer) encode(c *goical.Component) error {
	w.frame.Children = []*goical.Component{c}
	w.text.Reset()
	return goical.NewEncoder(&w.text).Encode(w.frame)
}

// write adds a component.
func (w *Writer) write(c *goical.Component) error {
	if err := w.encode(c); err != nil {
		return err
	}
	text := w.text.Bytes()
	from := bytes.Index(text, []byte(begin)) + len("\r\n")
	_, err := w.out.Write(folded(text[from : len(text)-len(end)]))
	return err
}

// Close ends the calendar. What it was written to stays open.
func (w *Writer) Close() error {
	if _, err := w.out.WriteString(end); err != nil {
		return err
	}
	return w.out.Flush()
}

// clean is a text without what no calendar file can have: control characters but line breaks
// (RFC 5545, 3.3.11).
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t' || !unicode.IsControl(r):
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
