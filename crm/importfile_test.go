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
	f, err := openImport(strings.NewReader(text))
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
		"\ufeff\"name\";notes\nAda;x\n",
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
		"UTF-16":        {"\xff\xfen\x00a\x00", "not_utf8"},
		"UTF-16, plain": {"n\x00a\x00m\x00e\x00,\x00b\x00\n\x00", "not_utf8"},
		"Latin-1":       {"pr\xe9nom,nom\nAda,x\n", "not_utf8"},
		"many columns":  {strings.Repeat("a,", 10_000) + "a\n", "too_many_columns"},
		"one long line": {strings.Repeat("a", 1<<20), "header_too_long"},
		"open quote":    {"name,\"notes\nAda,x\n", "not_csv"},
	} {
		_, err := openImport(strings.NewReader(c.text))
		require.ErrorIs(t, err, core.ErrInvalid, name)
		var e *core.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.code, e.Code, name)
	}
}

func TestARowThatIsNotCSVSpoilsNoOther(t *testing.T) {
	t.Parallel()
	_, records, err := recordsOf(t, "name,notes\nAda,a \"quote\nGrace,x\n")
	require.NoError(t, err)
	require.Len(t, records, 2)
	require.Error(t, records[0].err)
	require.Equal(t, 2, records[0].line)
	require.Equal(t, "Grace", records[1].cells[0])
}

// TestALineWithoutEndTakesNoMemory reads 200 MB behind a quote that is never closed.
func TestALineWithoutEndTakesNoMemory(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("name\n\""), io.LimitReader(forever('a'), 200<<20))
	f, err := openImport(endless)
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = f.next()
	runtime.ReadMemStats(&after)
	var e *core.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "row_too_long", e.Code)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
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
		"company_name": "company", "title": "designation", "Tags": "tags", "linkedin_url": "", "sales_id": "", "gender": "", "": "",
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
		reader := &importRowReader{columns: columns, rules: &rules{country: "US"}}
		for _, row := range reader.rows(records) {
			for _, fault := range row.faults {
				require.NotEmpty(t, fault.Message)
				_ = row.columnOf(columns, fault.Field)
			}
		}
	})
}
