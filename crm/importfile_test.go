package crm

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func recordsOf(t *testing.T, text string) (*importFile, []importRecord, error) {
	t.Helper()
	f, err := openImport(strings.NewReader(text), "", 0)
	if err != nil {
		return nil, nil, err
	}
	var records []importRecord
	for {
		r, err := f.next()
		if errors.Is(err, io.EOF) {
			return f, records, nil
		}
		if err != nil {
			return f, records, err
		}
		records = append(records, r)
	}
}

func TestFilesAreReadByTheirHeader(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"name,notes\nAda,x\n", "\ufeffname;notes\r\nAda;x\r\n", "name\tnotes\nAda\tx", "\"name\",\"notes\"\n\"Ada\",\"x\"\n",
		"\ufeff\"name\";notes\nAda;x\n", "name|notes\nAda|x\n", "name,notes\rAda,x\r", "name,notes\rAda,x", "\"name\", \"notes\"\n\"Ada\", \"x\"\n",
		"name;notes\r\n\"Ada\";\"x\"\r\n", "\xff\xfe" + utf16of("name,notes\nAda,x\n", 0), "\xfe\xff" + utf16of("name,notes\nAda,x\n", 1),
		utf16of("name,notes\r\nAda,x\r\n", 0), utf16of("name\tnotes\nAda\tx\n", 1),
	} {
		f, records, err := recordsOf(t, text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, []string{"name", "notes"}, f.header)
		require.Len(t, records, 1)
		require.Equal(t, []string{"Ada", "x"}, records[0].cells)
		require.Equal(t, 2, records[0].line)
	}
	f, records, err := recordsOf(t, "\"a;b\",\"c;d;e\"\n\"two\nlines\",x\n\ny,z\n")
	require.NoError(t, err)
	require.Equal(t, ',', f.comma, "what is in quotes parts no cells")
	require.Equal(t, 2, records[0].line)
	require.Equal(t, 5, records[1].line)
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, code string }{
		"empty":         {"", "empty_file"},
		"blank":         {" \n\n", "empty_file"},
		"workbook":      {"PK\x03\x04\x14\x00", "zip_file"},
		"old workbook":  {"\xd0\xcf\x11\xe0\xa1\xb1", "workbook"},
		"PDF":           {"%PDF-1.7", "pdf_file"},
		"compressed":    {"\x1f\x8b\x08", "compressed_file"},
		"binary":        {"name,notes\n\x00\x01\x02", "not_text"},
		"many columns":  {strings.Repeat("a,", 10_000) + "a\n", "too_many_columns"},
		"one long line": {strings.Repeat("a", 1<<20), "header_too_long"},
		"open quote":    {"name,\"notes\nAda,x\n", "not_csv"},
	} {
		_, err := openImport(strings.NewReader(c.text), "", 0)
		require.ErrorIs(t, err, core.ErrInvalid, name)
		var e *core.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.code, e.Code, name)
	}
}

// Every kind of row that is none is told of by its line, and no row around it is lost.
func TestARowThatIsNotCSVSpoilsNoOther(t *testing.T) {
	t.Parallel()
	plain := strings.Repeat("Eve,x\n", 300)
	long := strings.Repeat("a", maxImportRecord+10)
	for name, c := range map[string]struct {
		bad  string
		want error
	}{
		"open quote":                  {"\"Ada,open\n", errQuoteOpen},
		"text behind a quote":         {"\"Ada\" Lovelace,x\n", errAfterQuote},
		"a row of a megabyte":         {"Ada," + long + "\n", errRecordTooLong},
		"a megabyte in a quote":       {"\"Ada," + long + "\n", errRecordTooLong},
		"open quote, then a megabyte": {"\"Ada,open\nBob," + long + "\n", errQuoteOpen},
	} {
		text := "name,notes\n" + plain + c.bad + plain + "\"Grace, R.N.\",\"two\nlines\"\n" + plain
		_, records, err := recordsOf(t, text)
		require.NoError(t, err, name)
		var good, bad []importRecord
		for _, r := range records {
			if r.err == nil {
				good = append(good, r)
			} else {
				bad = append(bad, r)
			}
		}
		require.Len(t, good, 901, name)
		require.Equal(t, []string{"Grace, R.N.", "two\nlines"}, good[600].cells, name)
		require.Len(t, bad, strings.Count(c.bad, "\n"), name)
		require.ErrorIs(t, bad[0].err, c.want, name)
		require.Equal(t, 302, bad[0].line, name)
		require.NotEmpty(t, bad[0].cells[0], "what could be kept of it comes back")
		require.Equal(t, 302+len(bad), good[300].line, name)
	}
}

func TestQuotesAreReadAsProgramsWriteThem(t *testing.T) {
	t.Parallel()
	for row, want := range map[string][]string{
		`"say ""hi""",x`: {`say "hi"`, "x"}, `"say \"hi\" twice",x`: {`say "hi" twice`, "x"}, `"C:\",x`: {`C:\`, "x"}, `5" pipe,x`: {`5" pipe`, "x"},
		`"a,b" ,x`: nil, `,`: {"", ""}, `"",""`: {"", ""}, ` "a", "b"`: {"a", "b"},
	} {
		_, records, err := recordsOf(t, "name,notes\n"+row+"\nEve,y\n")
		require.NoError(t, err, row)
		require.Len(t, records, 2, row)
		require.Equal(t, want == nil, records[0].err != nil, row)
		if want != nil {
			require.Equal(t, want, records[0].cells, row)
		}
		require.Equal(t, []string{"Eve", "y"}, records[1].cells, row)
	}
}

func TestTextsOfOldEncodingsAreRead(t *testing.T) {
	t.Parallel()
	for text, said := range map[string]string{"n\xe9e,x\nZo\xeb,\x80 5\n": "", "\xfe\xff" + utf16of("née,x\nZoë,€ 5\n", 1): "", "n\x8ee,x\nZo\x91,\xdb 5\n": "macintosh"} {
		f, err := openImport(strings.NewReader(text), said, 0)
		require.NoError(t, err)
		record, err := f.next()
		require.NoError(t, err)
		require.Equal(t, "née", f.header[0])
		require.Equal(t, "Zoë", record.cells[0])
	}
	mixed := "name,notes\n" + strings.Repeat("Zoë,é\n", 50) + "Zo\xeb,x\nEve,y\n"
	_, records, err := recordsOf(t, mixed)
	require.NoError(t, err)
	require.Equal(t, "Zo\xeb", records[50].cells[0], "one row of another encoding is the row's fault")
	require.Equal(t, "Eve", records[51].cells[0])
}

func TestDelimitersThatAreSaid(t *testing.T) {
	t.Parallel()
	f, records, err := recordsOf(t, "sep=;\r\nname;notes\r\nAda;a,b,c\r\n")
	require.NoError(t, err)
	require.Equal(t, []string{"name", "notes"}, f.header)
	require.Equal(t, 3, records[0].line)
	f, err = openImport(strings.NewReader("name^notes\nAda^x\n"), "", '^')
	require.NoError(t, err)
	require.Equal(t, []string{"name", "notes"}, f.header)
	for _, o := range []ImportOptions{{Delimiter: "::"}, {Delimiter: "\""}, {Delimiter: "é"}, {Encoding: "ebcdic"}} {
		_, _, err := o.checkFile()
		require.ErrorIs(t, err, core.ErrInvalid)
	}
}

// utf16of is a text of one plane in UTF-16 without a mark, the low bytes first or second.
func utf16of(text string, low int) string {
	var b []byte
	for _, r := range text {
		pair := [2]byte{byte(r >> 8), byte(r >> 8)}
		pair[low] = byte(r)
		b = append(b, pair[:]...)
	}
	return string(b)
}

// TestALineWithoutEndTakesNoMemory reads 200 MB behind a quote that is never closed.
func TestALineWithoutEndTakesNoMemory(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("name\n\""), io.LimitReader(forever('a'), 200<<20), strings.NewReader("\nEve\n"))
	f, err := openImport(endless, "", 0)
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	record, err := f.next()
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, record.err, errRecordTooLong)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
	record, err = f.next()
	require.NoError(t, err)
	require.Equal(t, []string{"Eve"}, record.cells, "the rows after it are read")
}

type forever byte

func (f forever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(f)
	}
	return len(p), nil
}

func TestGuessesOfColumns(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"name": "name", "Full Name": "name", "first_name": "firstName", "LastName": "lastName", "personality type": "personalityType",
		"innerDrives": "innerDrives", "email": "email", "E-mail": "email", "email_work": "email/work", "Work Email": "email/work",
		"Phone 2": "phone", "phone_home": "phone/home", "Mobile Phone": "phone/mobile", "Mobile": "phone/mobile", "contactNo": "phone",
		"company_name": "company", "title": "designation",
		// Google Contacts
		"Given Name": "firstName", "Organization 1 - Name": "company", "Organization Title": "designation", "E-mail 1 - Value": "email", "E-mail 1 - Label": "",
		"Phone 2 - Value": "phone", "Phone 1 - Type": "", "Website 1 - Value": "website", "Group Membership": "tags", "Address 1 - City": "location",
		// Outlook
		"E-mail Address": "email", "E-mail 2 Address": "email", "E-mail Display Name": "", "Business Phone": "phone/business", "Home Phone 2": "phone/home",
		"Job Title": "designation", "Web Page": "website", "Categories": "tags", "Home Fax": "",
		// HubSpot
		"Mobile Phone Number": "phone/mobile", "Phone Number": "phone", "Website URL": "website", "Record ID": "", "Preferred language": "locale", "Time Zone": "timezone",
		"Original Source": "source", "Country/Region": "", "Tags": "tags", "linkedin_url": "", "sales_id": "", "gender": "", "": "",
	} {
		field, label := guessField(header)
		require.Equal(t, want, importColumn{field: field, label: label}.name(), header)
	}
	columns, err := mapColumns([]string{"company_name", "company", "company"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"", "company", ""}, []string{columns[0].field, columns[1].field, columns[2].field})
	_, err = mapColumns([]string{"foo", "bar"}, nil)
	require.ErrorIs(t, err, core.ErrInvalid)
}

func TestCellsThatASpreadsheetWouldRun(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "Ada": "Ada", "=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+cmd|x": "'+cmd|x", "-2+3+cmd": "'-2+3+cmd", "\t=1": "'\t=1",
		"+55 11 91234-5678": "+55 11 91234-5678", "-12": "-12",
	} {
		require.Equal(t, want, inert(cell))
	}
}

func FuzzImportFile(f *testing.F) {
	f.Add("name,email\nAda,ada@example.org\n")
	f.Add("\ufeffname;\"notes\"\r\n\"two\nlines\";x\r\n")
	f.Add("a\tb\n\"unclosed")
	f.Add("a,b\n\"x\\\"y\", \"z\nw\"\n\"q")
	f.Add("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nTEL;TYPE=home:+1 415 293 3313\nEND:VCARD\nBEGIN:VCARD\nFN:x")
	f.Add("\xff\xfea\x00,\x00b\x00\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		file, records, err := recordsOf(t, text)
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		last := 0
		for _, r := range records {
			require.Greater(t, r.line, last, "lines go forward")
			last = r.line
		}
		columns, err := mapColumns(file.header, nil)
		if err != nil {
			return
		}
		reader := newImportRowReader(columns, &rules{country: "US"}, "", file.cards, &ImportOptions{})
		for _, row := range reader.rows(records) {
			for _, fault := range row.faults {
				require.NotEmpty(t, fault.Message)
				_ = row.columnOf(columns, fault.Field)
			}
		}
	})
}
