package crm

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// importEncodings are the encodings of files beside UTF-8, by their names in lower case.
var importEncodings = map[string]encoding.Encoding{
	"utf-8":        encoding.Nop,
	"utf-16":       unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"windows-1252": charmap.Windows1252,
	"iso-8859-1":   charmap.Windows1252, // as the WHATWG's Encoding Standard has it: the controls that differ stand in no file
	"macintosh":    charmap.Macintosh,
}

// ImportEncodings are the names of the encodings that an import may be told of.
func ImportEncodings() []string { return slices.Sorted(maps.Keys(importEncodings)) }

var utf8BOM = []byte("\xef\xbb\xbf")

// importText is a file as text in UTF-8 whose lines end with \n, and how it begins.
func importText(r io.Reader, named string) (text *bufio.Reader, start []byte, err error) {
	raw := bufio.NewReaderSize(r, maxImportHeader)
	start, err = raw.Peek(maxImportHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if what, code := noText(start); code != "" {
		return nil, nil, invalidFile(code, "the file is %s: save it as CSV", what)
	}
	if named == "" {
		named = sniffEncoding(start)
	}
	if named != "utf-8" {
		raw = bufio.NewReaderSize(transform.NewReader(raw, importEncodings[named].NewDecoder()), maxImportHeader)
	}
	if start, err = raw.Peek(maxImportHeader); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if bytes.HasPrefix(start, utf8BOM) {
		start = start[len(utf8BOM):]
		_, _ = raw.Discard(len(utf8BOM)) // it has been peeked at
	}
	switch {
	case len(bytes.TrimSpace(start)) == 0:
		return nil, nil, invalidFile("empty_file", "the file is empty")
	case bytes.IndexByte(start, 0) >= 0:
		return nil, nil, invalidFile("not_text", "the file is not text: save it as CSV")
	case bytes.IndexByte(start, '\r') >= 0 && bytes.IndexByte(start, '\n') < 0:
		start = bytes.ReplaceAll(start, []byte{'\r'}, []byte{'\n'})
		raw = bufio.NewReaderSize(&oldLines{raw}, maxImportHeader)
	}
	return raw, start, nil
}

// noText says what a file is by its first bytes, if that is none of text.
func noText(start []byte) (what, code string) {
	for _, known := range []struct{ magic, what, code string }{
		{"PK\x03\x04", "a ZIP archive, as a workbook of a spreadsheet is (.xlsx, .ods)", "zip_file"},
		{"\xd0\xcf\x11\xe0", "a workbook of a spreadsheet (.xls)", "workbook"},
		{"\x1f\x8b", "compressed", "compressed_file"},
		{"%PDF", "a PDF", "pdf_file"},
	} {
		if bytes.HasPrefix(start, []byte(known.magic)) {
			return known.what, known.code
		}
	}
	return "", ""
}

// sniffEncoding is the encoding that a file seems to have. What is neither UTF-8 nor UTF-16 is
// of an old program on Windows, in the West.
func sniffEncoding(start []byte) string {
	switch {
	case bytes.HasPrefix(start, utf8BOM):
		return "utf-8"
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return "utf-16"
	case zeros(start, 1):
		return "utf-16le"
	case zeros(start, 0):
		return "utf-16be"
	case validStart(start):
		return "utf-8"
	}
	return "windows-1252"
}

// zeros reports whether nearly every second byte is zero, from the first or the second on: so
// is text in UTF-16 that is mostly Latin.
func zeros(start []byte, from int) bool {
	pairs, zero := len(start)/2, 0
	for i := from; i < pairs*2; i += 2 {
		if start[i] == 0 {
			zero++
		}
	}
	return pairs > 1 && zero*10 > pairs*7
}

// validStart reports whether the beginning of a file is UTF-8; its last character may be cut.
// A few faults in much that is right are faults of rows.
func validStart(start []byte) bool {
	faults, wide := 0, 0
	for len(start) > 0 {
		r, size := utf8.DecodeRune(start)
		switch {
		case r == utf8.RuneError && size == 1 && utf8.FullRune(start):
			faults++
		case size > 1:
			wide++
		}
		start = start[size:]
	}
	return faults == 0 || faults*10 < wide
}

// oldLines makes \n of \r, by which old programs on the Macintosh end lines.
type oldLines struct{ r io.Reader }

// Read implements [io.Reader].
func (o *oldLines) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// checkFile notes what is wrong with what the options say of the file.
func (o *ImportOptions) checkFile() (encoding string, comma rune, err error) {
	encoding = strings.ToLower(o.Encoding)
	if encoding != "" && importEncodings[encoding] == nil {
		return "", 0, invalidOption("/encoding", "enum", "has to be one of "+strings.Join(ImportEncodings(), ", "))
	}
	switch runes := []rune(o.Delimiter); {
	case len(runes) == 0:
	case len(runes) == 1 && validComma(runes[0]):
		comma = runes[0]
	default:
		return "", 0, invalidOption("/delimiter", "delimiter", "has to be one sign of ASCII, and no quote or line break")
	}
	return encoding, comma, nil
}
