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

// importFile reads the records of a file, whatever it is of: rows of CSV, or vCards as rows of
// columns that we choose. A record takes bounded memory, and one that is nothing spoils no other.
type importFile struct {
	header []string
	comma  rune
	read   func() (importRecord, error)
	cards  bool // vCards or JSON lines: nothing in it was made inert, and it may be of another company

	first    importRecord // that peek has read
	firstErr error
	peeked   bool
}

// importRecord is one row of a file as it stands there.
type importRecord struct {
	line  int
	cells []string
	size  int   // bytes
	err   error // the row is not one: cells has what could be kept of its text
}

func (r importRecord) blank() bool {
	return r.err == nil && !slices.ContainsFunc(r.cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

func invalidFile(code, format string, args ...any) error {
	return &core.Error{Kind: core.ErrInvalid, Code: code, Message: fmt.Sprintf(format, args...)}
}

// openImport reads the header of a file. The encoding and the delimiter are found out where
// they are not said.
func openImport(r io.Reader, encoding string, comma rune) (*importFile, error) {
	source, start, err := importText(r, encoding)
	if err != nil {
		return nil, err
	}
	if isCard(start) {
		return cardFile(source), nil
	}
	if isLines(start) {
		return linesFile(source), nil
	}
	lines := 0
	if said, ok := saidComma(start); ok { // a line that is for spreadsheets only
		_, _ = source.ReadSlice('\n') // it has been peeked at
		start = start[bytes.IndexByte(start, '\n')+1:]
		comma, lines = said, 1
	}
	if comma == 0 {
		comma = sniffComma(start)
	}
	f := &importFile{comma: comma}
	rows := newCSVRows(source, comma, lines)
	f.read = rows.next
	return f, f.readHeader(rows)
}

func (f *importFile) readHeader(rows *csvRows) error {
	rows.limit = maxImportHeader
	record, err := rows.next()
	rows.limit = maxImportRecord
	switch {
	case errors.Is(err, io.EOF):
		return invalidFile("empty_file", "the file is empty")
	case err != nil:
		return err
	case errors.Is(record.err, errRecordTooLong):
		return invalidFile("header_too_long", "the file's first line is longer than %d bytes: it has to be the names of the columns", maxImportHeader)
	case record.err != nil:
		return invalidFile("not_csv", "the file's first line is not CSV: %v", record.err)
	case len(record.cells) > maxImportColumns:
		return invalidFile("too_many_columns", "the file has %d columns, and may have %d", len(record.cells), maxImportColumns)
	}
	for i, name := range record.cells {
		if core.CheckText(name) != nil {
			return invalidFile("not_text", "the file's first line is not text: save it as CSV in UTF-8")
		}
		record.cells[i] = strings.TrimSpace(name)
	}
	f.header = record.cells
	return nil
}

// commas are what is looked for between the cells of a first line.
var commas = []byte{',', ';', '\t', '|'}

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
	best := commas[0]
	for _, c := range commas[1:] {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

// saidComma is the delimiter of a first line "sep=;", which Excel reads.
func saidComma(start []byte) (rune, bool) {
	line, _, _ := bytes.Cut(start, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) != 5 || !bytes.EqualFold(line[:4], []byte("sep=")) || !validComma(rune(line[4])) {
		return 0, false
	}
	return rune(line[4]), true
}

// validComma reports whether a sign can part cells.
func validComma(c rune) bool {
	return c != 0 && c != '"' && c != '\r' && c != '\n' && c < 0x80
}

// peek is the first record, which next will give too.
func (f *importFile) peek() importRecord {
	if !f.peeked {
		f.first, f.firstErr = f.next()
		f.peeked = true
	}
	return f.first
}

// next is the next record. [io.EOF]: there is none. A record that is not one says so itself,
// and the one after it can be read.
func (f *importFile) next() (importRecord, error) {
	if f.peeked {
		f.peeked = false
		return f.first, f.firstErr
	}
	return f.read()
}

// csvRows reads rows of CSV. It finds out itself where each begins and ends, since the reader
// of the library takes all up to the next quote for the row of one that is not closed: here
// that spoils its own line, and the rows after it are read.
type csvRows struct {
	lines *lineReader
	comma byte
	csv   *csv.Reader
	fed   bytes.Reader // what the library reads: one row at a time
	limit int          // of a row
	row   rowScanner
}

func newCSVRows(source *bufio.Reader, comma rune, lines int) *csvRows {
	rows := &csvRows{lines: &lineReader{r: source, number: lines}, comma: byte(comma), limit: maxImportRecord}
	rows.row = rowScanner{comma: rows.comma, trims: comma != '\t' && comma != ' '}
	rows.newReader()
	return rows
}

func (r *csvRows) newReader() {
	r.fed.Reset(nil)
	r.csv = csv.NewReader(&r.fed)
	r.csv.Comma = rune(r.comma)
	r.csv.FieldsPerRecord = -1
	r.csv.LazyQuotes = true // in cells without quotes around them; the others have been looked at
	r.csv.TrimLeadingSpace = r.row.trims
}

var (
	errRecordTooLong = errors.New("the row is longer than a row may be")
	errQuoteOpen     = errors.New("a quote is not closed")
	errAfterQuote    = errors.New("behind a closing quote is more text")
)

func (r *csvRows) next() (importRecord, error) {
	row := &r.row
	row.reset()
	line, err := r.lines.next(r.limit)
	for err == nil && len(bytes.TrimRight(line, "\r\n")) == 0 {
		line, err = r.lines.next(r.limit)
	}
	if err != nil && !errors.Is(err, errRecordTooLong) {
		return importRecord{}, err
	}
	record := importRecord{line: r.lines.number, size: len(line)}
	if err != nil {
		record.err, record.cells = err, []string{string(line[:min(len(line), keptOfLongRow)])}
		return record, nil
	}
	for row.add(line) == rowOpen {
		if line, err = r.lines.next(r.limit); errors.Is(err, errRecordTooLong) {
			r.lines.unreadLong(line)
		}
		if err != nil || len(row.text)+len(line) > r.limit { // there is no more, or too much: the row was not one
			row.end, row.fault = rowBad, errQuoteOpen
			if err == nil {
				r.lines.unread(line)
			}
			break
		}
	}
	if row.end == rowBad {
		r.lines.unread(row.rest())
		record.err, record.cells = row.fault, []string{strings.TrimRight(string(row.first()), "\r\n")}
		return record, nil
	}
	record.size = len(row.text)
	record.cells, record.err = r.split(row.text)
	return record, nil
}

// split has the library part the cells of a row.
func (r *csvRows) split(text []byte) ([]string, error) {
	r.fed.Reset(text)
	before := r.csv.InputOffset()
	cells, err := r.csv.Read()
	if read := r.csv.InputOffset() - before; err == nil && read != int64(len(text)) {
		err = errAfterQuote // the two disagree: not even so may one row's text come into the next
	}
	if err != nil {
		r.newReader()
		return []string{strings.TrimRight(string(text), "\r\n")}, err
	}
	return cells, nil
}

// keptOfLongRow is how much of a row that is too long is told of, in bytes.
const keptOfLongRow = 1 << 10
