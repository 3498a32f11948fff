package crm

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// The limits of a file that is imported.
const (
	maxImportHeader  = 64 << 10 // bytes
	maxImportColumns = 500
	maxImportRecord  = 1 << 20 // bytes of one row, line breaks in quotes included
)

// importFile reads the records of a CSV file, with a bound on what one may take: a quote
// that is never closed makes all that follows one field.
type importFile struct {
	header []string
	comma  rune
	guard  *recordGuard
	csv    *csv.Reader

	first    importRecord // that peek has read
	firstErr error
	peeked   bool
}

// importRecord is one row of a file as it stands there.
type importRecord struct {
	line  int
	cells []string
	size  int   // bytes
	err   error // the row is not CSV
}

func (r importRecord) blank() bool {
	return r.err == nil && !slices.ContainsFunc(r.cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

func invalidFile(code, format string, args ...any) error {
	return &core.Error{Kind: core.ErrInvalid, Code: code, Message: fmt.Sprintf(format, args...)}
}

// openImport reads the header of a file.
func openImport(r io.Reader) (*importFile, error) {
	source := bufio.NewReaderSize(r, maxImportHeader)
	start, err := source.Peek(maxImportHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(bytes.TrimSpace(start)) == 0 {
		return nil, invalidFile("empty_file", "the file is empty")
	}
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) {
		return nil, invalidFile("not_utf8", "the file is UTF-16: save it as CSV in UTF-8")
	}
	if bom := []byte("\xef\xbb\xbf"); bytes.HasPrefix(start, bom) {
		start = start[len(bom):]
		_, _ = source.Discard(len(bom)) // it has been peeked at
	}
	f := &importFile{comma: sniffComma(start), guard: &recordGuard{r: source, left: maxImportHeader}}
	f.csv = csv.NewReader(f.guard)
	f.csv.Comma = f.comma
	f.csv.FieldsPerRecord = -1
	return f, f.readHeader()
}

func (f *importFile) readHeader() error {
	header, err := f.csv.Read()
	switch {
	case errors.Is(err, errRecordTooLong):
		return invalidFile("header_too_long", "the file's first line is longer than %d bytes: it has to be the names of the columns", maxImportHeader)
	case err != nil:
		return invalidFile("not_csv", "the file's first line is not CSV: %v", err)
	case len(header) > maxImportColumns:
		return invalidFile("too_many_columns", "the file has %d columns, and may have %d", len(header), maxImportColumns)
	}
	for i, name := range header {
		if core.CheckText(name) != nil {
			return invalidFile("not_utf8", "the file's first line is not text in UTF-8: save it as CSV in UTF-8")
		}
		header[i] = strings.TrimSpace(name)
	}
	f.header = header
	return nil
}

// sniffComma is what stands most often between the cells of the first line.
func sniffComma(start []byte) rune {
	counts, quoted := map[byte]int{}, false
	for _, c := range start {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && (c == '\n' || c == '\r') {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

// peek is the first record, which next will give too.
func (f *importFile) peek() importRecord {
	if !f.peeked {
		f.first, f.firstErr = f.next()
		f.peeked = true
	}
	return f.first
}

// next is the next record. [io.EOF]: there is none. A record that is not CSV says so itself,
// and the one after it can be read.
func (f *importFile) next() (importRecord, error) {
	if f.peeked {
		f.peeked = false
		return f.first, f.firstErr
	}
	f.guard.left = maxImportRecord
	before := f.csv.InputOffset()
	cells, err := f.csv.Read()
	var syntax *csv.ParseError
	switch {
	case errors.As(err, &syntax):
		return importRecord{line: syntax.StartLine, err: syntax.Err}, nil
	case errors.Is(err, errRecordTooLong):
		return importRecord{}, f.tooLong()
	case err != nil:
		return importRecord{}, err
	}
	line, _ := f.csv.FieldPos(0)
	return importRecord{line: line, cells: cells, size: int(f.csv.InputOffset() - before)}, nil
}

func (f *importFile) tooLong() error {
	return invalidFile("row_too_long", "the file has a row of more than %d bytes: perhaps a quote that is not closed", maxImportRecord)
}

var errRecordTooLong = errors.New("the record is too long")

// recordGuard fails when more is read than one record may take. The reader of CSV reads
// some thousand bytes ahead, which the next record then has for nothing.
type recordGuard struct {
	r    io.Reader
	left int
}

func (g *recordGuard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errRecordTooLong
	}
	n, err := g.r.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}
